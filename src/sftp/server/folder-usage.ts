import { lstat, opendir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";
import { STATUS } from "./sftp-protocol.ts";

export interface UsageLimits {
  /** Of one account's `IN`, what has not been taken up yet. */
  readonly folderBytes: number;
  readonly folderFiles: number;
  /** That nobody but the gateway may use of the disk. */
  readonly freeBytes: number;
}

/** What stands in one account's `IN`. Counts what its sessions add and remove; reads the disk anew from time to time. */
export interface FolderUsage {
  /** Before a file grows by that much. Throws Refusal where there is no room. */
  takeBytes(bytes: number): Promise<void>;
  /** Before a file is made. Throws Refusal. */
  takeFile(): void;
  giveBack(files: number, bytes: number): void;
  bytesLeft(): number;
}

const RECOUNT_MS = 60_000;
const FREE_SPACE_MS = 1000;

export interface UsageBook {
  /** The same for all sessions of an account. */
  usageOf(accountName: string): Promise<FolderUsage>;
}

/** Keeps what each account under `root` uses. */
export function createUsageBook(root: string, limits: UsageLimits): UsageBook {
  const usages = new Map<string, { usage: FolderUsage; recount(): Promise<void>; countedAt: number }>();
  const checkFree = createFreeSpaceCheck(root, limits.freeBytes);
  return {
    async usageOf(accountName) {
      let entry = usages.get(accountName);
      if (!entry) {
        entry = { ...createFolderUsage(join(root, accountName, "IN"), limits, checkFree), countedAt: 0 };
        usages.set(accountName, entry);
      }
      if (Date.now() - entry.countedAt > RECOUNT_MS) {
        entry.countedAt = Date.now();
        await entry.recount();
      }
      return entry.usage;
    },
  };
}

function createFolderUsage(folder: string, limits: UsageLimits, checkFree: () => Promise<void>) {
  const used = { files: 0, bytes: 0 };
  const usage: FolderUsage = {
    async takeBytes(bytes) {
      if (bytes <= 0) return;
      await checkFree();
      if (used.bytes + bytes > limits.folderBytes) {
        throw new Refusal(STATUS.failure, "No space left: the folder holds as much as it may");
      }
      used.bytes += bytes;
    },
    takeFile() {
      if (used.files >= limits.folderFiles) {
        throw new Refusal(STATUS.failure, "No space left: the folder holds as many files as it may");
      }
      used.files += 1;
    },
    giveBack(files, bytes) {
      used.files = Math.max(0, used.files - files);
      used.bytes = Math.max(0, used.bytes - bytes);
    },
    bytesLeft: () => Math.max(0, limits.folderBytes - used.bytes),
  };
  const recount = async () => {
    const counted = { files: 0, bytes: 0 };
    for await (const entry of await opendir(folder)) {
      const size = await lstat(join(folder, entry.name)).then(
        (status) => status.size,
        () => undefined,
      );
      if (size === undefined) continue;
      counted.files += 1;
      counted.bytes += size;
    }
    Object.assign(used, counted);
  };
  return { usage, recount };
}

/** Asks the file system once a second at most. */
function createFreeSpaceCheck(root: string, freeBytes: number): () => Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let isFull = false;
  return async () => {
    if (Date.now() - askedAt > FREE_SPACE_MS) {
      askedAt = Date.now();
      const { bavail, bsize } = await statfs(root);
      isFull = bavail * bsize < freeBytes;
    }
    if (isFull) throw new Refusal(STATUS.failure, "No space left on this server");
  };
}
