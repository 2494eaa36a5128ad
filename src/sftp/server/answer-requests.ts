import { link, lstat, rename, statfs, unlink } from "node:fs/promises";
import { pathOf } from "./account-folders.ts";
import { type Act, type FilePlace, findPlace, isAllowed, type Place, renderPath, type Viewer } from "./drop-place.ts";
import { findDroppedName } from "./dropped-name.ts";
import type { FolderUsage, UsageBook } from "./folder-usage.ts";
import { type FileSurroundings, type OpenFile, openFile } from "./open-file.ts";
import { type OpenFolder, openFolder, readAttributes } from "./read-folder.ts";
import { findRefusal, noSuchFile, notAllowed, Refusal } from "./refusal.ts";
import {
  renderAttributes,
  renderData,
  renderHandle,
  renderLimits,
  renderNames,
  renderSpace,
  renderStatus,
  type Space,
} from "./sftp-answer.ts";
import { OPEN, STATUS } from "./sftp-protocol.ts";
import type { RequestedAttributes, SftpRequest } from "./sftp-request.ts";

export interface RequestSurroundings {
  /** Holds a folder per account. */
  readonly root: string;
  readonly viewer: Viewer;
  readonly usageBook: UsageBook;
  /** Makes an account's folders where they are missing. */
  readonly makeFolders: (accountName: string) => Promise<void>;
  readonly maximumHandles: number;
  /** Errors that are not the client's. */
  readonly onTrouble: (error: unknown) => void;
  /** Told the name in IN that the account writes now. */
  readonly onDrop?: (name: string) => void;
}

/** Answers the requests of one channel, one after the other. */
export interface RequestAnswerer {
  /** Never fails: what goes wrong is the answer. */
  answer(request: SftpRequest): Promise<Buffer>;
  /** Closes what the client left open. */
  close(): Promise<void>;
}

type Verb = SftpRequest["verb"];
type Answers = { [V in Verb]: (request: SftpRequest & { readonly verb: V }) => Promise<Buffer> };
type Done = { readonly id: number };

export function createRequestAnswerer(surroundings: RequestSurroundings): RequestAnswerer {
  const handles = createHandles(surroundings.maximumHandles);
  const answers = {
    ...createFileAnswers(surroundings, handles),
    ...createPathAnswers(surroundings),
    ...createSpaceAnswers(surroundings),
    limits: async ({ id }: Done) => renderLimits(id, surroundings.maximumHandles),
    forbidden: async () => {
      throw notAllowed("Folders are fixed, and there are no links");
    },
    unknown: async () => {
      throw new Refusal(STATUS.unsupported, "Not supported");
    },
  } satisfies Answers;
  return {
    async answer(request) {
      try {
        const answer = answers[request.verb] as (request: SftpRequest) => Promise<Buffer>;
        const answered = await answer(request);
        const dropped = findDroppedName(surroundings.viewer, request);
        if (dropped !== undefined) surroundings.onDrop?.(dropped);
        return answered;
      } catch (error) {
        const refusal = findRefusal(error);
        if (!refusal) surroundings.onTrouble(error);
        return renderStatus(request.id, refusal?.code ?? STATUS.failure, refusal?.message ?? "The server failed");
      }
    },
    close: handles.closeAll,
  };
}

const done = ({ id }: Done) => renderStatus(id, STATUS.ok);

function createHandles(maximum: number) {
  const open = new Map<string, OpenFile | OpenFolder>();
  let last = 0;
  const get = (handle: string) => {
    const found = open.get(handle);
    if (!found) throw new Refusal(STATUS.failure, "No such handle");
    return found;
  };
  return {
    /** Before something is opened for it. */
    checkRoom() {
      if (open.size >= maximum) throw new Refusal(STATUS.failure, "Too many open handles");
    },
    add(opened: OpenFile | OpenFolder): string {
      last += 1;
      const handle = last.toString(36);
      open.set(handle, opened);
      return handle;
    },
    get,
    getFile(handle: string): OpenFile {
      const found = get(handle);
      if (found.kind !== "file") throw new Refusal(STATUS.failure, "Not the handle of a file");
      return found;
    },
    getFolder(handle: string): OpenFolder {
      const found = get(handle);
      if (found.kind !== "folder") throw new Refusal(STATUS.failure, "Not the handle of a folder");
      return found;
    },
    async close(handle: string) {
      const found = get(handle);
      open.delete(handle);
      await found.close();
    },
    async closeAll() {
      const all = [...open.values()];
      open.clear();
      await Promise.allSettled(all.map((one) => one.close()));
    },
  };
}

function createFileAnswers(surroundings: RequestSurroundings, handles: ReturnType<typeof createHandles>) {
  const { root, viewer, makeFolders } = surroundings;
  return {
    async open({ id, path, flags }) {
      handles.checkRoom();
      const place = getFilePlace(viewer, path);
      if (viewer.kind === "gateway" && (flags & OPEN.create) !== 0) await makeFolders(place.accountName);
      return renderHandle(id, handles.add(await openFile(await surroundingsOf(surroundings, place), place, flags)));
    },
    async opendir({ id, path }) {
      handles.checkRoom();
      const place = getPlace(viewer, path);
      if (viewer.kind === "gateway" && place.kind === "folder") await makeFolders(place.accountName);
      return renderHandle(id, handles.add(await openFolder(root, place)));
    },
    async close(request) {
      await handles.close(request.handle);
      return done(request);
    },
    async read({ id, handle, offset, length }) {
      const content = await handles.getFile(handle).read(offset, length);
      return content ? renderData(id, content.answer, content.length) : renderStatus(id, STATUS.endOfFile);
    },
    async write(request) {
      await handles.getFile(request.handle).write(request.offset, request.data);
      return done(request);
    },
    async readdir({ id, handle }) {
      const files = await handles.getFolder(handle).next();
      return files.length > 0 ? renderNames(id, files) : renderStatus(id, STATUS.endOfFile);
    },
    fstat: async ({ id, handle }) => renderAttributes(id, await handles.get(handle).attributes()),
    async fsetstat(request) {
      await handles.getFile(request.handle).set(request.attributes);
      return done(request);
    },
    async fsync(request) {
      await handles.getFile(request.handle).sync();
      return done(request);
    },
  } satisfies Partial<Answers>;
}

function createPathAnswers(surroundings: RequestSurroundings) {
  const { root, viewer } = surroundings;
  const look = async ({ id, path }: Done & { path: string }) =>
    renderAttributes(id, readAttributes(await statusOf(root, getPlace(viewer, path))));
  return {
    stat: look,
    lstat: look,
    realpath: async ({ id, path }) =>
      renderNames(id, [{ name: renderPath(path), attributes: { size: 0, mode: 0, accessed: 0, modified: 0 } }]),
    async setstat(request) {
      await setAttributes(surroundings, getPlace(viewer, request.path), request.attributes);
      return done(request);
    },
    async remove(request) {
      const place = getAllowed(viewer, request.path, "remove");
      const { usage } = await surroundingsOf(surroundings, place);
      const { size } = await statusOf(root, place);
      await unlink(pathOf(root, place));
      usage?.giveBack(1, size);
      return done(request);
    },
    async rename(request) {
      const { from, to } = await getBothPaths(surroundings, request);
      // Never over another file, as version 3 has it: a link is refused where there is one.
      await link(from, to);
      await unlink(from);
      return done(request);
    },
    async posixRename(request) {
      const { from, to, usage } = await getBothPaths(surroundings, request);
      const replaced = from === to ? undefined : await lstat(to).catch(() => undefined);
      await rename(from, to);
      if (replaced) usage?.giveBack(1, replaced.size);
      return done(request);
    },
  } satisfies Partial<Answers>;
}

function createSpaceAnswers(surroundings: RequestSurroundings) {
  const { root, viewer, usageBook } = surroundings;
  const measure = async (id: number) => {
    const { bsize, blocks, bavail, files, ffree } = await statfs(root);
    const usage = viewer.kind === "account" ? await usageBook.usageOf(viewer.accountName) : undefined;
    const left = usage ? Math.floor(usage.bytesLeft() / bsize) : bavail;
    const space: Space = {
      blockBytes: bsize,
      blocks,
      blocksFree: Math.min(bavail, left),
      files,
      filesFree: ffree,
    };
    return renderSpace(id, space);
  };
  return {
    statvfs: ({ id }: Done) => measure(id),
    fstatvfs: ({ id }: Done) => measure(id),
  } satisfies Partial<Answers>;
}

function getPlace(viewer: Viewer, path: string): Place {
  const place = findPlace(viewer, path);
  if (!place) throw noSuchFile();
  return place;
}

function getFilePlace(viewer: Viewer, path: string): FilePlace {
  const place = getPlace(viewer, path);
  if (place.kind !== "file") throw notAllowed("Not a file");
  return place;
}

function getAllowed(viewer: Viewer, path: string, act: Act): FilePlace {
  const place = getFilePlace(viewer, path);
  if (!isAllowed(viewer, place.folder, act)) throw notAllowed();
  return place;
}

/** Links and other things that somebody may have put on the disk are as if they were not there. */
async function statusOf(root: string, place: Place) {
  const status = await lstat(pathOf(root, place));
  if (place.kind === "file" ? !status.isFile() : !status.isDirectory()) throw noSuchFile();
  return status;
}

async function getBothPaths(
  surroundings: RequestSurroundings,
  request: { readonly from: string; readonly to: string },
): Promise<{ from: string; to: string; usage: FolderUsage | undefined }> {
  const { root, viewer } = surroundings;
  const from = getAllowed(viewer, request.from, "rename");
  const to = getAllowed(viewer, request.to, "rename");
  if (from.accountName !== to.accountName || from.folder !== to.folder) {
    throw notAllowed("A file stays in its folder");
  }
  await statusOf(root, from);
  const { usage } = await surroundingsOf(surroundings, from);
  return { from: pathOf(root, from), to: pathOf(root, to), usage };
}

/** What counts is `IN`; what the gateway itself writes is neither counted nor refused. */
async function surroundingsOf(surroundings: RequestSurroundings, place: FilePlace): Promise<FileSurroundings> {
  const { root, viewer, usageBook } = surroundings;
  return { root, viewer, usage: place.folder === "IN" ? await usageBook.usageOf(place.accountName) : undefined };
}

async function setAttributes(
  surroundings: RequestSurroundings,
  place: Place,
  attributes: RequestedAttributes,
): Promise<void> {
  // Clients that copy folders like to set something of them, and mind a refusal: nothing is set, and nothing is said.
  if (place.kind !== "file") return;
  const opened = await openFile(await surroundingsOf(surroundings, place), place, OPEN.write);
  try {
    await opened.set(attributes);
  } finally {
    await opened.close();
  }
}
