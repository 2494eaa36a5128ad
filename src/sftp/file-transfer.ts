import type { SFTPWrapper } from "ssh2";
import { SftpFault } from "../exchange/drop-folders.ts";
import type { SftpSession } from "./sftp-session.ts";

/** A multiple of what every server gives at once (32 KiB) and less than what OpenSSH does (255 KiB). */
const CHUNK_BYTES = 7 * 32 * 1024;
/** Requests under way at once: 1 MiB or a little less. */
const REQUESTS = 4;

/**
 * The bytes of a file, asked for ahead by a bounded number of requests. Throws `sizeChanged` when the file has another
 * size than expected, before its last byte was read or after.
 */
export async function* readRemoteFile(
  session: SftpSession,
  path: string,
  expectedSize?: number,
): AsyncGenerator<Buffer> {
  const { wire, steps } = session;
  const handle = await steps.call<Buffer>("open for reading", (done) => wire.open(path, "r", done));
  const underWay: Promise<Buffer>[] = [];
  try {
    const size = expectedSize ?? (await statHandle(session, handle));
    let asked = 0;
    let got = 0;
    while (got < size) {
      while (underWay.length < REQUESTS && asked < size) {
        const chunk = readChunk(session, handle, asked, Math.min(CHUNK_BYTES, size - asked));
        chunk.catch(() => {}); // heard when its turn comes
        underWay.push(chunk);
        asked += CHUNK_BYTES;
      }
      const chunk = await underWay.shift()!;
      got += chunk.length;
      if (chunk.length < Math.min(CHUNK_BYTES, size - got + chunk.length)) throw new SftpFault("sizeChanged", "read");
      yield chunk;
    }
    if ((await statHandle(session, handle)) !== size) throw new SftpFault("sizeChanged", "read");
  } finally {
    await Promise.allSettled(underWay);
    await closeHandle(session, handle).catch(() => {});
  }
}

/** As many bytes as asked for, or fewer where the file ends; a server may give them in several pieces. */
async function readChunk(
  { wire, steps }: SftpSession,
  handle: Buffer,
  position: number,
  length: number,
): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const start = filled;
    const count = await steps.call<number>("read", (done) =>
      wire.read(handle, chunk, start, length - start, position + start, (error: Error | undefined, bytesRead: number) =>
        done(error, bytesRead),
      ),
    );
    if (count === 0) break;
    filled += count;
  }
  return chunk.subarray(0, filled);
}

/**
 * Writes a file anew under `path`, on the server's disk where the server can promise that. Throws `sizeChanged` when the
 * server has another number of bytes in the end.
 */
export async function writeRemoteFile(
  session: SftpSession,
  path: string,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const { wire, steps } = session;
  const handle = await steps.call<Buffer>("open for writing", (done) => wire.open(path, "w", done));
  const underWay: Promise<void>[] = [];
  try {
    let written = 0;
    for await (const piece of content) {
      for (let start = 0; start < piece.length; start += CHUNK_BYTES) {
        const chunk = piece.subarray(start, start + CHUNK_BYTES);
        const position = written;
        const writing = steps.call<void>("write", (done) => wire.write(handle, chunk, 0, chunk.length, position, done));
        writing.catch(() => {});
        underWay.push(writing);
        written += chunk.length;
        if (underWay.length >= REQUESTS) await underWay.shift();
      }
    }
    await Promise.all(underWay);
    // Asked for together, answered in order. An empty file has no bytes that could be missing.
    if (written > 0) {
      const [size] = await Promise.all([statHandle(session, handle), synchronize(session, handle)]);
      if (size !== written) throw new SftpFault("sizeChanged", "write");
    }
  } catch (error) {
    await Promise.allSettled(underWay);
    await closeHandle(session, handle).catch(() => {});
    throw error;
  }
  // Some servers tell only here that the disk is full.
  await closeHandle(session, handle);
}

async function statHandle({ wire, steps }: SftpSession, handle: Buffer): Promise<number> {
  const stats = await steps.call<{ size: number }>("stat", (done) => wire.fstat(handle, done));
  return stats.size;
}

async function closeHandle({ wire, steps }: SftpSession, handle: Buffer): Promise<void> {
  await steps.call<void>("close", (done) => wire.close(handle, done));
}

async function synchronize({ wire, steps }: SftpSession, handle: Buffer): Promise<void> {
  if (hasExtension(wire, "fsync@openssh.com")) {
    await steps.call<void>("fsync", (done) => wire.ext_openssh_fsync(handle, done));
  }
}

/** ssh2 throws when asked for what the server has not, and says in no other way what it has. */
export function hasExtension(wire: SFTPWrapper, name: string): boolean {
  const extensions: unknown = Reflect.get(wire, "_extensions");
  return typeof extensions === "object" && extensions !== null && name in extensions;
}
