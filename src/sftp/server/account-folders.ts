import type { Stats } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FOLDERS, type Place } from "./drop-place.ts";

/** Makes what is missing of an account's folders. Throws where something else stands in their place, a link above all. */
export async function makeAccountFolders(root: string, accountName: string): Promise<void> {
  const folders = ["", ...FOLDERS].map((name) => join(root, accountName, name));
  for (const folder of folders) {
    // Nearly always it is there: this is asked before every listing.
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
