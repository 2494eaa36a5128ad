import { ANSWER, ATTRIBUTE, MAXIMUM_DATA_BYTES, MAXIMUM_PACKET_BYTES, type StatusCode } from "./sftp-protocol.ts";

/** What is told of a file or folder. */
export interface FileAttributes {
  readonly size: number;
  /** Type and permission bits, as in `stat`. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly accessed: number;
  readonly modified: number;
}

export interface NamedFile {
  readonly name: string;
  readonly attributes: FileAttributes;
}

/** Of a file system, in the words of `statvfs`. */
export interface Space {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly files: number;
  readonly filesFree: number;
}

const EXTENSIONS: readonly (readonly [string, string])[] = [
  ["posix-rename@openssh.com", "1"],
  ["statvfs@openssh.com", "2"],
  ["fstatvfs@openssh.com", "2"],
  ["fsync@openssh.com", "1"],
  ["limits@openssh.com", "1"],
];

export function renderVersion(): Buffer {
  return frame(ANSWER.version, integer(3), ...EXTENSIONS.flatMap(([name, data]) => [text(name), text(data)]));
}

export function renderStatus(id: number, code: StatusCode, message = ""): Buffer {
  return frame(ANSWER.status, integer(id), integer(code), text(message), text(""));
}

export function renderHandle(id: number, handle: string): Buffer {
  return frame(ANSWER.handle, integer(id), string(Buffer.from(handle, "latin1")));
}

/** Bytes of a data answer before its content. */
export const DATA_HEADER_BYTES = 13;

/** Completes an answer whose content stands behind its header, so that content is never copied; `length` of it counts. */
export function renderData(id: number, answer: Buffer, length: number): Buffer {
  answer.writeUInt32BE(DATA_HEADER_BYTES - 4 + length, 0);
  answer.writeUInt8(ANSWER.data, 4);
  answer.writeUInt32BE(id, 5);
  answer.writeUInt32BE(length, 9);
  return answer.subarray(0, DATA_HEADER_BYTES + length);
}

/** Answers `readdir` and `realpath`. */
export function renderNames(id: number, files: readonly NamedFile[]): Buffer {
  const entries = files.flatMap(({ name, attributes }) => [
    text(name),
    text(renderLongName(name, attributes)),
    renderFields(attributes),
  ]);
  return frame(ANSWER.name, integer(id), integer(files.length), ...entries);
}

export function renderAttributes(id: number, attributes: FileAttributes): Buffer {
  return frame(ANSWER.attributes, integer(id), renderFields(attributes));
}

/** Answers `limits@openssh.com`. */
export function renderLimits(id: number, openHandles: number): Buffer {
  const limits = [MAXIMUM_PACKET_BYTES, MAXIMUM_DATA_BYTES, MAXIMUM_DATA_BYTES, openHandles];
  return frame(ANSWER.extended, integer(id), ...limits.map(long));
}

/** Answers `statvfs@openssh.com`. */
export function renderSpace(id: number, space: Space): Buffer {
  const { blockBytes, blocks, blocksFree, files, filesFree } = space;
  const noSetUid = 2;
  const longestName = 255;
  const numbers = [blockBytes, blockBytes, blocks, blocksFree, blocksFree, files, filesFree, filesFree];
  return frame(ANSWER.extended, integer(id), ...[...numbers, 0, noSetUid, longestName].map(long));
}

function renderFields({ size, mode, accessed, modified }: FileAttributes): Buffer {
  const flags = ATTRIBUTE.size | ATTRIBUTE.owner | ATTRIBUTE.permissions | ATTRIBUTE.times;
  const owner = integer(0);
  return Buffer.concat([integer(flags), long(size), owner, owner, integer(mode), integer(accessed), integer(modified)]);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A line like that of `ls -l`: some clients show it, some read it. */
function renderLongName(name: string, { size, mode, modified }: FileAttributes): string {
  const day = new Date(modified * 1000);
  const letters = "rwxrwxrwx";
  const permissions = [...letters].map((letter, index) => (mode & (0o400 >> index) ? letter : "-")).join("");
  const kind = (mode & 0o170000) === 0o040000 ? "d" : "-";
  const date = `${MONTHS[day.getUTCMonth()]} ${String(day.getUTCDate()).padStart(2)}  ${day.getUTCFullYear()}`;
  return `${kind}${permissions}    1 0        0        ${String(size).padStart(8)} ${date} ${name}`;
}

function frame(type: number, ...fields: readonly Buffer[]): Buffer {
  const length = fields.reduce((sum, field) => sum + field.length, 1);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 0);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, ...fields], length + 4);
}

function integer(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value >>> 0, 0);
  return buffer;
}

function long(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value), 0);
  return buffer;
}

function string(bytes: Buffer): Buffer {
  return Buffer.concat([integer(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return string(Buffer.from(value, "utf8"));
}
