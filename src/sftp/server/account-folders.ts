import type { Stats } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FOLDERS, type Place } from "./drop-place.ts";

/** How long folders that were there are taken to be: they are asked for before every listing. */
const TRUST_MS = 5_000;

/** Makes the folders of accounts below `root` where they are missing, and looks after them now and then. */
export function createFolderMaker(root: string): (accountName: string) => Promise<void> {
  const seenAt = new Map<string, number>();
  return async (accountName) => {
    if (performance.now() < (seenAt.get(accountName) ?? Number.NEGATIVE_INFINITY) + TRUST_MS) return;
    await makeAccountFolders(root, accountName);
    seenAt.set(accountName, performance.now());
  };
}

/** Makes what is missing of an account's folders. Throws where something else stands in their place, a link above all. */
async function makeAccountFolders(root: string, accountName: string): Promise<void> {
  const folders = ["", ...FOLDERS].map((name) => join(root, accountName, name));
  for (const folder of folders) {
    // Nearly always it is there.
    const status = (await lstat(folder).catch(ignore("ENOENT"))) ?? (await make(folder));
    if (!status.isDirectory()) throw new Error("an account's folder is not a folder");
  }
}

async function make(folder: string): Promise<Stats> {
  await mkdir(folder, { mode: 0o700 }).catch(ignore("EEXIST"));
  return await lstat(folder);
}

function ignore(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
  };
}

/** Where a place is on the disk. */
export function pathOf(root: string, place: Place): string {
  switch (place.kind) {
    case "root":
      return root;
    case "account":
      return join(root, place.accountName);
    case "folder":
      return join(root, place.accountName, place.folder);
    case "file":
      return join(root, place.accountName, place.folder, place.name);
  }
}
