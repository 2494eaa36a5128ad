import type { Stats } from "ssh2";
import { type DropFolder, type DropFolders, type RemoteFile, SftpFault } from "../exchange/drop-folders.ts";
import { hasExtension, readRemoteFile, writeRemoteFile } from "./file-transfer.ts";
import type { FolderAccess } from "./folder-access.ts";
import type { SessionPool } from "./session-pool.ts";
import type { SftpSession } from "./sftp-session.ts";

/** Hidden, so that `get FO.*` leaves it alone, and the same each time, so that none is left behind. */
export const temporaryName = (name: string) => `.${name}.unfinished`;

/** Over sessions of a pool; `{account}` in user or path stands for the account's name. */
export function createSessionAccess(
  sessions: SessionPool,
  places: { readonly user: string; readonly path: string },
): FolderAccess {
  return {
    async take(accountName) {
      const fill = (template: string) => template.replaceAll("{account}", accountName);
      const user = fill(places.user);
      const session = await sessions.take(user);
      return {
        folders: openDropFolders(session, fill(places.path)),
        breakOff: (fault) => session.steps.breakWith(fault),
        giveBack: () => sessions.giveBack(user, session),
      };
    },
    close: () => sessions.close(),
  };
}

/** The folders `IN` and `OUT` below `path` (absolute, or empty for the root) over one session. */
export function openDropFolders(session: SftpSession, path: string): DropFolders {
  const { client, steps } = session;
  const listedSizes = new Map<string, number>();
  const place = (folder: DropFolder, name: string) => `${path}/${folder}/${checkName(name)}`;
  return {
    async list(folder) {
      const entries = await steps.run(`list ${folder}`, () => client.list(`${path}/${folder}`));
      const files = entries.filter(({ type, name }) => type === "-" && isName(name));
      if (folder === "IN") {
        listedSizes.clear();
        for (const { name, size } of files) listedSizes.set(name, size);
      }
      return files.map(({ name, size, modifyTime }) => ({ name, size, modifiedAt: new Date(modifyTime) }));
    },
    read: (name) => readRemoteFile(session, place("IN", name), listedSizes.get(name)),
    // Asked for together, answered in order.
    find: (names) => Promise.all(names.map((name) => findFile(session, place("IN", name), name))),
    async remove(folder, name) {
      await steps.run("remove", () => client.delete(place(folder, name), true));
    },
    async publish(name, content) {
      const target = place("OUT", name);
      // Whole as soon as it is there.
      if (Array.isArray(content) && content.length === 0) return await writeRemoteFile(session, target, content);
      const temporary = place("OUT", temporaryName(name));
      await writeRemoteFile(session, temporary, content);
      if (!hasExtension(session.wire, "posix-rename@openssh.com")) {
        // Plain rename refuses an existing target.
        await steps.run("remove", () => client.delete(target, true));
        await steps.run("rename", () => client.rename(temporary, target));
        return;
      }
      await steps.run("rename", () => client.posixRename(temporary, target));
    },
  };
}

async function findFile({ wire, steps }: SftpSession, path: string, name: string): Promise<RemoteFile | undefined> {
  try {
    const stats = await steps.call<Stats>("stat", (done) => wire.lstat(path, done));
    return stats.isFile() ? { name, size: stats.size, modifiedAt: new Date(stats.mtime * 1000) } : undefined;
  } catch (error) {
    if (error instanceof SftpFault && error.code === "fileMissing") return undefined;
    throw error;
  }
}

/** A server could name a file so that the gateway would act outside of the folder. */
export function isName(name: string): boolean {
  return name !== "." && name !== ".." && !/[/\0]/.test(name);
}

function checkName(name: string): string {
  if (!isName(name)) throw new SftpFault("operationFailed", "name");
  return name;
}
