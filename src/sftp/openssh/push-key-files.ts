import { randomUUID } from "node:crypto";
import type { AccountKeys } from "../../exchange/accounts.ts";
import { hasExtension, readRemoteFile, writeRemoteFile } from "../file-transfer.ts";
import type { SftpSession } from "../sftp-session.ts";

/** What stands in the folder of key files, as far as this process knows. */
export type KnownKeyFiles = Map<
  string,
  { readonly content: string; readonly size: number; readonly modifiedAt: number }
>;

export interface PushResult {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** A process that was killed leaves one behind, which nobody else needs. */
const ABANDONED_MS = 3_600_000;

/**
 * Makes the folder hold one file of `authorized_keys` for each account that has keys, under its name, and nothing else.
 * A file is whole or as it was before: written beside, then renamed. Throws SftpFault.
 */
export async function pushKeyFiles(
  session: SftpSession,
  folder: string,
  accounts: readonly AccountKeys[],
  known: KnownKeyFiles,
): Promise<PushResult> {
  const { client, steps } = session;
  const present = new Map(
    (await steps.run("list keys", () => client.list(folder))).map((file) => [file.name, file] as const),
  );
  const wanted = new Map(
    accounts.flatMap((account) =>
      account.publicKeys.length > 0 ? [[account.accountName, renderKeyFile(account)] as const] : [],
    ),
  );
  const removed: string[] = [];
  // What is taken back first: it is what cannot wait.
  for (const { name, modifyTime } of present.values()) {
    if (wanted.has(name) || (name.startsWith(".") && Date.now() - modifyTime < ABANDONED_MS)) continue;
    await steps.run("remove keys", () => client.delete(`${folder}/${name}`, true));
    known.delete(name);
    removed.push(name);
  }
  const written: string[] = [];
  for (const [name, content] of wanted) {
    const file = present.get(name);
    const path = `${folder}/${name}`;
    const seen = known.get(name);
    const isAsSeen =
      file && seen?.content === content && seen.size === file.size && seen.modifiedAt === file.modifyTime;
    if (isAsSeen) continue;
    if (file?.size !== Buffer.byteLength(content) || (await readText(session, path)) !== content) {
      await replaceFile(session, folder, name, content);
      written.push(name);
    }
    const { size, modifyTime } = await steps.run("look at keys", () => client.stat(path));
    known.set(name, { content, size, modifiedAt: modifyTime });
  }
  return { written, removed };
}

/** Whatever the server allows, these keys open files only. */
function renderKeyFile({ publicKeys }: AccountKeys): string {
  return publicKeys.map((key) => `restrict ${key}\n`).join("");
}

async function replaceFile(session: SftpSession, folder: string, name: string, content: string): Promise<void> {
  const { client, steps, wire } = session;
  const unfinished = `${folder}/.${name}.${randomUUID()}`;
  await writeRemoteFile(session, unfinished, [Buffer.from(content)]);
  if (!hasExtension(wire, "posix-rename@openssh.com")) {
    await steps.run("remove keys", () => client.delete(`${folder}/${name}`, true));
    await steps.run("rename keys", () => client.rename(unfinished, `${folder}/${name}`));
    return;
  }
  await steps.run("rename keys", () => client.posixRename(unfinished, `${folder}/${name}`));
}

async function readText(session: SftpSession, path: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of readRemoteFile(session, path)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
