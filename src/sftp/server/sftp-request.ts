import { ATTRIBUTE, REQUEST } from "./sftp-protocol.ts";

/** What a client asks to set; the rest (owner, permissions) it may send and nobody looks at. */
export interface RequestedAttributes {
  readonly size?: number;
  /** Seconds since 1970. */
  readonly times?: { readonly accessed: number; readonly modified: number };
}

export type SftpRequest = { readonly id: number } & (
  | { readonly verb: "open"; readonly path: string; readonly flags: number }
  | {
      readonly verb: "close" | "fstat" | "readdir" | "fsync" | "fstatvfs";
      readonly handle: string;
    }
  | { readonly verb: "read"; readonly handle: string; readonly offset: number; readonly length: number }
  | { readonly verb: "write"; readonly handle: string; readonly offset: number; readonly data: Buffer }
  | {
      readonly verb: "stat" | "lstat" | "opendir" | "remove" | "realpath" | "statvfs";
      readonly path: string;
    }
  | { readonly verb: "setstat"; readonly path: string; readonly attributes: RequestedAttributes }
  | { readonly verb: "fsetstat"; readonly handle: string; readonly attributes: RequestedAttributes }
  | { readonly verb: "rename" | "posixRename"; readonly from: string; readonly to: string }
  | { readonly verb: "limits" }
  | { readonly verb: "forbidden" }
  | { readonly verb: "unknown" }
);

/** The client does not speak SFTP: nothing that follows can be trusted. */
export class MalformedPacket extends Error {
  override readonly name = "MalformedPacket";
}

const PATH_VERBS = new Map<number, "stat" | "lstat" | "opendir" | "remove" | "realpath">([
  [REQUEST.stat, "stat"],
  [REQUEST.lstat, "lstat"],
  [REQUEST.opendir, "opendir"],
  [REQUEST.remove, "remove"],
  [REQUEST.realpath, "realpath"],
]);

const HANDLE_VERBS = new Map<number, "close" | "fstat" | "readdir">([
  [REQUEST.close, "close"],
  [REQUEST.fstat, "fstat"],
  [REQUEST.readdir, "readdir"],
]);

/** Folders and links are ours to make: nobody else makes, removes or follows any. */
const FORBIDDEN: readonly number[] = [REQUEST.mkdir, REQUEST.rmdir, REQUEST.readlink, REQUEST.symlink];

/** Reads the first packet of a session, without its length; answers the version the client offers. Throws MalformedPacket. */
export function parseInit(packet: Buffer): number {
  const fields = createFields(packet);
  if (fields.byte() !== REQUEST.init) throw new MalformedPacket("a session starts with its version");
  return fields.integer();
}

/** Reads one packet, without its length. Its data is not copied. Throws MalformedPacket. */
export function parseRequest(packet: Buffer): SftpRequest {
  const fields = createFields(packet);
  const type = fields.byte();
  if (type === REQUEST.init) throw new MalformedPacket("a session starts only once");
  const id = fields.integer();
  const pathVerb = PATH_VERBS.get(type);
  if (pathVerb) return { id, verb: pathVerb, path: fields.text() };
  const handleVerb = HANDLE_VERBS.get(type);
  if (handleVerb) return { id, verb: handleVerb, handle: fields.handle() };
  switch (type) {
    case REQUEST.open:
      return { id, verb: "open", path: fields.text(), flags: fields.integer() };
    case REQUEST.read:
      return { id, verb: "read", handle: fields.handle(), offset: fields.long(), length: fields.integer() };
    case REQUEST.write:
      return { id, verb: "write", handle: fields.handle(), offset: fields.long(), data: fields.bytes() };
    case REQUEST.setstat:
      return { id, verb: "setstat", path: fields.text(), attributes: readAttributes(fields) };
    case REQUEST.fsetstat:
      return { id, verb: "fsetstat", handle: fields.handle(), attributes: readAttributes(fields) };
    case REQUEST.rename:
      return { id, verb: "rename", from: fields.text(), to: fields.text() };
    case REQUEST.extended:
      return parseExtension(id, fields);
    default:
      return { id, verb: FORBIDDEN.includes(type) ? "forbidden" : "unknown" };
  }
}

function parseExtension(id: number, fields: Fields): SftpRequest {
  switch (fields.text()) {
    case "posix-rename@openssh.com":
      return { id, verb: "posixRename", from: fields.text(), to: fields.text() };
    case "fsync@openssh.com":
      return { id, verb: "fsync", handle: fields.handle() };
    case "statvfs@openssh.com":
      return { id, verb: "statvfs", path: fields.text() };
    case "fstatvfs@openssh.com":
      return { id, verb: "fstatvfs", handle: fields.handle() };
    case "limits@openssh.com":
      return { id, verb: "limits" };
    case "hardlink@openssh.com":
      return { id, verb: "forbidden" };
    default:
      return { id, verb: "unknown" };
  }
}

function readAttributes(fields: Fields): RequestedAttributes {
  const flags = fields.integer();
  const has = (flag: number) => (flags & flag) !== 0;
  const size = has(ATTRIBUTE.size) ? fields.long() : undefined;
  if (has(ATTRIBUTE.owner)) fields.skip(8);
  if (has(ATTRIBUTE.permissions)) fields.skip(4);
  const times = has(ATTRIBUTE.times) ? { accessed: fields.integer(), modified: fields.integer() } : undefined;
  return { ...(size !== undefined && { size }), ...(times && { times }) };
}

interface Fields {
  byte(): number;
  integer(): number;
  /** 64 bits; above 2^53 not exact, which is far beyond what any file may have. */
  long(): number;
  bytes(): Buffer;
  text(): string;
  handle(): string;
  skip(bytes: number): void;
}

function createFields(packet: Buffer): Fields {
  let offset = 0;
  const take = (bytes: number) => {
    const start = offset;
    if (start + bytes > packet.length) throw new MalformedPacket("a packet is shorter than its fields");
    offset += bytes;
    return start;
  };
  const integer = () => packet.readUInt32BE(take(4));
  const bytes = () => {
    const length = integer();
    const start = take(length);
    return packet.subarray(start, start + length);
  };
  return {
    byte: () => packet.readUInt8(take(1)),
    integer,
    long: () => Number(packet.readBigUInt64BE(take(8))),
    bytes,
    text: () => bytes().toString("utf8"),
    handle: () => bytes().toString("latin1"),
    skip: take,
  };
}
