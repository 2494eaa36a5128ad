import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type DropFolder, type DropFolders, type RemoteFile, SftpFault } from "../../src/exchange/drop-folders.ts";

interface StoredFile {
  readonly content: Buffer;
  readonly modifiedAt: Date;
}

/**
 * The two folders of an account in memory, as a server keeps them: instants in whole seconds. `onCall` sees every call
 * before it is done, and may throw or change what is there.
 */
export function createMemoryFolders(onCall: (call: string) => void | Promise<void> = () => {}) {
  const stored: Record<DropFolder, Map<string, StoredFile>> = { IN: new Map(), OUT: new Map() };
  const listedSizes = new Map<string, number>();
  let second = 1_800_000_000;

  const folders: DropFolders = {
    async list(folder) {
      await onCall(`list ${folder}`);
      const files = [...stored[folder]].map(
        ([name, { content, modifiedAt }]): RemoteFile => ({ name, size: content.length, modifiedAt }),
      );
      if (folder === "IN") for (const { name, size } of files) listedSizes.set(name, size);
      return files;
    },
    async *read(name) {
      await onCall(`read ${name}`);
      const file = stored.IN.get(name);
      if (!file) throw new SftpFault("fileMissing", "read");
      for (let at = 0; at < file.content.length; at += 1000) yield file.content.subarray(at, at + 1000);
      if (file.content.length !== listedSizes.get(name)) throw new SftpFault("sizeChanged", "read");
    },
    async find(names) {
      await onCall(`find ${names.join(" ")}`);
      return names.map((name) => {
        const file = stored.IN.get(name);
        return file && { name, size: file.content.length, modifiedAt: file.modifiedAt };
      });
    },
    async remove(folder, name) {
      await onCall(`remove ${folder} ${name}`);
      stored[folder].delete(name);
    },
    async publish(name, content) {
      await onCall(`publish ${name}`);
      const bytes = await buffer(Readable.from(content, { objectMode: true }));
      stored.OUT.set(name, { content: Buffer.from(bytes), modifiedAt: new Date(second * 1000) });
    },
  };

  return {
    folders,
    stored,
    /** Lets time go by at the server. */
    tick: (seconds = 1) => {
      second += seconds;
    },
    /** What a client does. */
    put(name: string, content: string | Buffer = "") {
      stored.IN.set(name, { content: Buffer.from(content), modifiedAt: new Date(second * 1000) });
    },
    names: (folder: DropFolder) => [...stored[folder].keys()].toSorted(),
    text(name: string): string {
      const file = stored.OUT.get(name);
      if (!file) throw new Error(`OUT has no ${name}`);
      return file.content.toString();
    },
    /** Takes an answer and its GO away, as an insurer does; answers its text. */
    fetch(name: string): string {
      const file = stored.OUT.get(name);
      if (!file || !stored.OUT.has(`GO${name.slice(2)}`)) throw new Error(`OUT has no ${name} with its GO`);
      stored.OUT.delete(name);
      stored.OUT.delete(`GO${name.slice(2)}`);
      return file.content.toString();
    },
  };
}

export type MemoryFolders = ReturnType<typeof createMemoryFolders>;
