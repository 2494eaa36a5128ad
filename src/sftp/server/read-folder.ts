import type { Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { pathOf } from "./account-folders.ts";
import { FOLDERS, isAccountName, type Place } from "./drop-place.ts";
import { noSuchFile } from "./refusal.ts";
import type { FileAttributes, NamedFile } from "./sftp-answer.ts";

/** Entries of one answer: well below the largest packet, whatever their names. */
const BATCH = 100;

/** An open folder, read in batches. */
export interface OpenFolder {
  readonly kind: "folder";
  /** The next entries; none at the end. */
  next(): Promise<readonly NamedFile[]>;
  attributes(): Promise<FileAttributes>;
  close(): Promise<void>;
}

/** Opens what may be listed: files of a folder, folders above. Links and whatever else is none of both are left out. */
export async function openFolder(root: string, place: Place): Promise<OpenFolder> {
  if (place.kind === "file") throw noSuchFile();
  const path = pathOf(root, place);
  const batches =
    place.kind === "account" ? listFixed(path) : listBatches(path, place.kind === "root" ? "accounts" : "files");
  // Opens the folder, so that one that is missing shows now.
  let first: IteratorResult<readonly NamedFile[]> | undefined = await batches.next();
  return {
    kind: "folder",
    async next() {
      for (;;) {
        const result = first ?? (await batches.next());
        first = undefined;
        if (result.done) return [];
        // All of a batch may have gone meanwhile: that is not the end.
        if (result.value.length > 0) return result.value;
      }
    },
    attributes: async () => readAttributes(await lstat(path)),
    async close() {
      await batches.return?.(undefined);
    },
  };
}

async function* listFixed(path: string): AsyncGenerator<readonly NamedFile[]> {
  yield await readEntries(path, FOLDERS);
}

async function* listBatches(path: string, kind: "accounts" | "files"): AsyncGenerator<readonly NamedFile[]> {
  let names: string[] = [];
  for await (const entry of await opendir(path, { bufferSize: BATCH })) {
    if (kind === "files" ? !entry.isFile() : !(entry.isDirectory() && isAccountName(entry.name))) continue;
    names.push(entry.name);
    if (names.length < BATCH) continue;
    yield await readEntries(path, names);
    names = [];
  }
  if (names.length > 0) yield await readEntries(path, names);
}

/** What has gone since it was listed is left out. */
async function readEntries(path: string, names: readonly string[]): Promise<readonly NamedFile[]> {
  const entries = await Promise.all(
    names.map(async (name) => {
      const status = await lstat(join(path, name)).catch(() => undefined);
      return status && { name, attributes: readAttributes(status) };
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

/** What is told of a file, from what the file system says. */
export function readAttributes({ size, mode, atimeMs, mtimeMs }: Stats): FileAttributes {
  return { size, mode, accessed: Math.floor(atimeMs / 1000), modified: Math.floor(mtimeMs / 1000) };
}
