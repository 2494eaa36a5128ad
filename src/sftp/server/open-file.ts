import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { pathOf } from "./account-folders.ts";
import { type FilePlace, isAllowed, type Viewer } from "./drop-place.ts";
import type { FolderUsage } from "./folder-usage.ts";
import { readAttributes } from "./read-folder.ts";
import { noSuchFile, notAllowed, Refusal } from "./refusal.ts";
import { DATA_HEADER_BYTES, type FileAttributes } from "./sftp-answer.ts";
import { MAXIMUM_DATA_BYTES, OPEN, STATUS } from "./sftp-protocol.ts";
import type { RequestedAttributes } from "./sftp-request.ts";

/** An open file. Each function throws Refusal, or an error of the file system. */
export interface OpenFile {
  readonly kind: "file";
  /** Content behind room for the header of its answer; undefined at the end of the file. */
  read(offset: number, length: number): Promise<{ answer: Buffer; length: number } | undefined>;
  write(offset: number, data: Buffer): Promise<void>;
  attributes(): Promise<FileAttributes>;
  set(attributes: RequestedAttributes): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileSurroundings {
  readonly root: string;
  readonly viewer: Viewer;
  /** Of the account, where what is written counts. */
  readonly usage: FolderUsage | undefined;
}

/** No link is followed, no pipe waited for. */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a regular file with `pflags` of the protocol, as far as the viewer may. Throws as OpenFile's functions do. */
export async function openFile(surroundings: FileSurroundings, place: FilePlace, pflags: number): Promise<OpenFile> {
  const { root, viewer, usage } = surroundings;
  const has = (flag: number) => (pflags & flag) !== 0;
  const wantsWrite = has(OPEN.write | OPEN.append | OPEN.create | OPEN.truncate);
  const canWrite = wantsWrite && isAllowed(viewer, place.folder, "write");
  // Whoever resumes an upload may ask for both: then the handle writes only.
  const canRead = has(OPEN.read) && isAllowed(viewer, place.folder, "read");
  if (wantsWrite ? !canWrite : !canRead) throw notAllowed();

  const path = pathOf(root, place);
  const existing = await lstat(path).catch(() => undefined);
  if (existing && !existing.isFile()) throw notAllowed("Not a file");
  if (!existing && !has(OPEN.create)) throw noSuchFile();
  if (!existing) usage?.takeFile();
  let flags = SAFELY | (canWrite ? (canRead ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY);
  if (has(OPEN.append)) flags |= constants.O_APPEND;
  if (has(OPEN.create)) flags |= constants.O_CREAT;
  if (has(OPEN.create) && has(OPEN.exclusive)) flags |= constants.O_EXCL;
  const file = await open(path, flags, 0o600).catch((error: unknown) => {
    if (!existing) usage?.giveBack(1, 0);
    throw error;
  });
  try {
    const status = await file.stat();
    if (!status.isFile()) throw notAllowed("Not a file");
    const opened = createOpenFile({ file, usage, canRead, canWrite, append: has(OPEN.append), size: status.size });
    if (has(OPEN.truncate)) await opened.set({ size: 0 });
    return opened;
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface FileState {
  readonly file: FileHandle;
  readonly usage: FolderUsage | undefined;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly append: boolean;
  size: number;
}

function createOpenFile(state: FileState): OpenFile {
  const { file, usage, canRead, canWrite, append } = state;
  const resize = async (size: number) => {
    checkOffset(size);
    const growth = size - state.size;
    await usage?.takeBytes(growth);
    try {
      await file.truncate(size);
    } catch (error) {
      usage?.giveBack(0, Math.max(0, growth));
      throw error;
    }
    usage?.giveBack(0, Math.max(0, -growth));
    state.size = size;
  };
  return {
    kind: "file",
    async read(offset, length) {
      if (!canRead) throw notAllowed();
      checkOffset(offset);
      const wanted = Math.min(length, MAXIMUM_DATA_BYTES);
      const answer = Buffer.allocUnsafe(DATA_HEADER_BYTES + wanted);
      const { bytesRead } = await file.read(answer, DATA_HEADER_BYTES, wanted, offset);
      return bytesRead === 0 ? undefined : { answer, length: bytesRead };
    },
    async write(offset, data) {
      if (!canWrite) throw notAllowed();
      const start = append ? state.size : offset;
      checkOffset(start + data.length);
      const growth = Math.max(0, start + data.length - state.size);
      await usage?.takeBytes(growth);
      state.size += growth;
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await file.write(data, done, data.length - done, start + done);
        done += bytesWritten;
      }
    },
    attributes: async () => readAttributes(await file.stat()),
    async set({ size, times }) {
      if (!canWrite) throw notAllowed();
      if (size !== undefined) await resize(size);
      if (times) await file.utimes(times.accessed, times.modified);
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

function checkOffset(offset: number): void {
  if (!Number.isSafeInteger(offset)) throw new Refusal(STATUS.failure, "The file would be too large");
}
