import { lstat, rename, unlink } from "node:fs/promises";
import { type DropFolders, type RemoteFile, SftpFault } from "../../exchange/drop-folders.ts";
import type { FolderAccess } from "../folder-access.ts";
import { isName, temporaryName } from "../session-folders.ts";
import { FAULT_OF_STATUS } from "../session-steps.ts";
import { pathOf } from "./account-folders.ts";
import { type ArrivalWatch, watchArrivals } from "./arrival-watch.ts";
import { type FilePlace, type Folder, findPlace, type Viewer } from "./drop-place.ts";
import type { UsageBook } from "./folder-usage.ts";
import { type OpenFile, openFile } from "./open-file.ts";
import { openFolder, readAttributes } from "./read-folder.ts";
import { findRefusal, noSuchFile } from "./refusal.ts";
import { DATA_HEADER_BYTES, type NamedFile } from "./sftp-answer.ts";
import { OPEN, STATUS } from "./sftp-protocol.ts";

export interface OwnFolderSurroundings {
  /** Holds a folder per account. */
  readonly root: string;
  readonly usageBook: UsageBook;
  readonly makeFolders: (accountName: string) => Promise<void>;
}

const GATEWAY: Viewer = { kind: "gateway" };
const CHUNK_BYTES = 224 * 1024;
const WRITE_ANEW = OPEN.write | OPEN.create | OPEN.truncate;

/** The folders of the embedded server as its own process sees them: the same files by the same rules, with no connection between. */
export function createOwnFolders(surroundings: OwnFolderSurroundings): FolderAccess {
  let arrivals: ArrivalWatch | undefined;
  return {
    onArrival(listener) {
      arrivals = watchArrivals(surroundings.root, listener);
    },
    async take(accountName) {
      await surroundings.makeFolders(accountName).catch(() => {}); // told by the first call
      arrivals?.add(accountName);
      let broken: SftpFault | undefined;
      const run: Run = async (step, work) => {
        if (broken) throw broken;
        try {
          return await work();
        } catch (error) {
          throw toFault(step, error);
        }
      };
      return {
        folders: openOwnFolders(surroundings, accountName, run),
        breakOff(fault) {
          broken ??= fault;
        },
        giveBack() {},
      };
    },
    async close() {
      arrivals?.close();
    },
  };
}

type Run = <Result>(step: string, work: () => Promise<Result>) => Promise<Result>;

function toFault(step: string, cause: unknown): SftpFault {
  if (cause instanceof SftpFault) return cause;
  return new SftpFault(FAULT_OF_STATUS[findRefusal(cause)?.code ?? STATUS.failure]!, step, { cause });
}

function openOwnFolders(
  { root, usageBook, makeFolders }: OwnFolderSurroundings,
  accountName: string,
  run: Run,
): DropFolders {
  const listedSizes = new Map<string, number>();
  const placeOf = (folder: Folder, name: string): FilePlace => {
    if (!isName(name)) throw new SftpFault("operationFailed", "name");
    const place = findPlace(GATEWAY, `/${accountName}/${folder}/${name}`);
    if (place?.kind !== "file") throw noSuchFile();
    return place;
  };
  const open = (place: FilePlace, flags: number) => openFile({ root, viewer: GATEWAY, usage: undefined }, place, flags);
  return {
    list: (folder) =>
      run(`list ${folder}`, async () => {
        await makeFolders(accountName);
        const files = (await readAll(root, accountName, folder)).filter(({ name }) => isName(name));
        if (folder === "IN") {
          listedSizes.clear();
          for (const { name, attributes } of files) listedSizes.set(name, attributes.size);
        }
        return files.map(({ name, attributes }) => describe(name, attributes));
      }),
    async *read(name) {
      const file = await run("open for reading", () => open(placeOf("IN", name), OPEN.read));
      try {
        yield* readWhole(file, run, listedSizes.get(name));
      } finally {
        await file.close();
      }
    },
    find: (names) => Promise.all(names.map((name) => run("stat", () => findFile(root, placeOf("IN", name))))),
    remove: (folder, name) =>
      run("remove", async () => {
        const path = pathOf(root, placeOf(folder, name));
        const found = await lstat(path).catch(missing);
        if (!found?.isFile()) return;
        await unlink(path).catch(missing);
        // What counts is IN.
        if (folder === "IN") (await usageBook.usageOf(accountName)).giveBack(1, found.size);
      }),
    async publish(name, content) {
      // Whole as soon as it is there.
      const isEmpty = Array.isArray(content) && content.length === 0;
      const writtenName = isEmpty ? name : temporaryName(name);
      const file = await run("open for writing", async () => {
        await makeFolders(accountName);
        return await open(placeOf("OUT", writtenName), WRITE_ANEW);
      });
      await writeWhole(file, run, content);
      if (isEmpty) return;
      await run("rename", () => rename(pathOf(root, placeOf("OUT", writtenName)), pathOf(root, placeOf("OUT", name))));
    },
  };
}

async function readAll(root: string, accountName: string, folder: Folder): Promise<NamedFile[]> {
  const opened = await openFolder(root, { kind: "folder", accountName, folder });
  const files: NamedFile[] = [];
  try {
    for (let batch = await opened.next(); batch.length > 0; batch = await opened.next()) files.push(...batch);
  } finally {
    await opened.close();
  }
  return files;
}

function describe(name: string, { size, modified }: NamedFile["attributes"]): RemoteFile {
  return { name, size, modifiedAt: new Date(modified * 1000) };
}

async function findFile(root: string, place: FilePlace): Promise<RemoteFile | undefined> {
  const status = await lstat(pathOf(root, place)).catch(missing);
  return status?.isFile() ? describe(place.name, readAttributes(status)) : undefined;
}

function missing(error: unknown): undefined {
  if (findRefusal(error)?.code !== STATUS.noSuchFile) throw error;
}

/** Throws `sizeChanged` when the file has another size than expected, before its last byte was read or after. */
async function* readWhole(file: OpenFile, run: Run, expectedSize?: number): AsyncGenerator<Buffer> {
  const sizeNow = () => run("stat", async () => (await file.attributes()).size);
  const size = expectedSize ?? (await sizeNow());
  for (let got = 0; got < size; ) {
    const piece = await run("read", () => file.read(got, Math.min(CHUNK_BYTES, size - got)));
    if (!piece) throw new SftpFault("sizeChanged", "read");
    got += piece.length;
    yield piece.answer.subarray(DATA_HEADER_BYTES, DATA_HEADER_BYTES + piece.length);
  }
  if ((await sizeNow()) !== size) throw new SftpFault("sizeChanged", "read");
}

/** Closes the file, whose bytes are on the disk then. */
async function writeWhole(file: OpenFile, run: Run, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  try {
    let written = 0;
    for await (const bytes of content) {
      await run("write", () => file.write(written, bytes));
      written += bytes.length;
    }
    // An empty file has no bytes that could be missing.
    if (written > 0) await run("fsync", () => file.sync());
  } finally {
    await file.close();
  }
}
