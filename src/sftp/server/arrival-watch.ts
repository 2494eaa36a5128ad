import { type FSWatcher, watch } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";

export interface ArrivalWatch {
  /** From now on, if not yet. */
  add(accountName: string): void;
  close(): void;
}

/** GO and TD, whatever name follows: a file alone waits for them. */
const STARTS_SOMETHING = /^(GO|TD)\./;

/**
 * Tells of accounts in whose `IN` something is to begin, as soon as the file system says so: by whatever way the file
 * came. Where the file system cannot tell, nothing is told; whoever looks now and then finds it.
 */
export function watchArrivals(root: string, onArrival: (accountName: string) => void): ArrivalWatch {
  const watches = new Map<string, FSWatcher>();
  const drop = (accountName: string) => {
    watches.get(accountName)?.close();
    watches.delete(accountName);
  };
  return {
    add(accountName) {
      if (watches.has(accountName)) return;
      const folder = join(root, accountName, "IN");
      try {
        const watcher = watch(folder, { persistent: false }, (event, name) => {
          if (event !== "rename" || name === null || !STARTS_SOMETHING.test(name)) return;
          // Files that leave are told of too.
          lstat(join(folder, name)).then(
            () => onArrival(accountName),
            () => {},
          );
        });
        watcher.on("error", () => drop(accountName));
        watches.set(accountName, watcher);
      } catch {
        // No folder, or the system watches as many as it may.
      }
    },
    close() {
      for (const accountName of [...watches.keys()]) drop(accountName);
    },
  };
}
