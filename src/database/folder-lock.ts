import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EmbeddedDatabaseError } from "./embedded-database-error.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes an existing folder for this process alone; throws EmbeddedDatabaseError when another start holds it.
 * The lock is the operating system's, taken through SQLite since Node has no call for it: however its holder dies, the
 * kernel frees it. A file with a process number would be believed after a crash, or when the number is used again.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const holderFile = join(folder, "holder.pid");
  const lock = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY)) throw error;
    const holder = await readFile(holderFile, "utf8").catch(() => "unknown");
    throw new EmbeddedDatabaseError(
      `The database in ${folder} is in use by process ${holder.trim()}. ` +
        "Stop that process first, or set DATA_DIRECTORY to another folder.",
    );
  }
  await writeFile(holderFile, `${process.pid}\n`);
  return {
    async release() {
      await rm(holderFile, { force: true });
      lock.close();
    },
  };
}

const SQLITE_BUSY = 5;
