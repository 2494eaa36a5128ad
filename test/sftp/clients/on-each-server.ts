import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Test } from "tap";
import { connect, type DropServer, startEmbeddedServer } from "../drop-server.ts";
import { skipWithout, type Tool } from "../installed.ts";
import { startSshd } from "../sshd.ts";

const run = promisify(execFile);

export const NAME = "FI.DICO.0403019261.20261122.00001.S";
export const GO = NAME.replace("FI", "GO");

/** What an insurer has on its side, and the server it drops it on. */
export interface Exchange {
  readonly server: DropServer;
  /** Folder of the insurer. */
  readonly folder: string;
  /** A file of some megabytes to drop, with its name in the exchange, and its GO. */
  readonly file: string;
  readonly go: string;
  readonly content: Buffer;
  /** What stands in a folder of the account at the server. */
  readonly names: (folder: "IN" | "OUT") => string[];
  readonly contentOf: (folder: "IN" | "OUT", name: string) => Buffer;
  /** As the gateway does it: an answer and its GO. */
  readonly publish: (name: string, content: string) => Promise<void>;
  /** Puts half of the file into `IN`, as an upload leaves it that was cut. */
  readonly leaveHalf: (name: string) => Promise<void>;
}

/** Tells the same story with the embedded server and with OpenSSH as shipped. */
export async function onEachServer(
  t: Test,
  tools: readonly Tool[],
  story: (t: Test, exchange: Exchange) => Promise<void>,
): Promise<void> {
  await t.test("at the embedded server", { skip: skipWithout(...tools) }, async (t) =>
    story(t, await openExchange(t, await startEmbeddedServer(t))),
  );
  await t.test("at OpenSSH", { skip: skipWithout(...tools, "sshd", "nss_wrapper") }, async (t) =>
    story(t, await openExchange(t, await startSshd(t))),
  );
}

async function openExchange(t: Test, server: DropServer): Promise<Exchange> {
  // The test's own folder is the server's.
  const folder = mkdtempSync(join(tmpdir(), "infoss-insurer-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of ["drop", "fetched"]) mkdirSync(join(folder, name));
  const content = randomBytes(3_000_001);
  const file = join(folder, "drop", NAME);
  const go = join(folder, "drop", GO);
  writeFileSync(file, content);
  writeFileSync(go, "");
  const gateway = await connect(t, server, "infoss-gateway", server.gateway);
  const alpha = await connect(t, server, "alpha", server.accounts.alpha);
  return {
    server,
    folder,
    file,
    go,
    content,
    names: (one) => readdirSync(join(server.folderOf("alpha"), one)).sort(),
    contentOf: (one, name) => readFileSync(join(server.folderOf("alpha"), one, name)),
    async publish(name, text) {
      const path = `${server.pathOf("alpha")}/OUT/${name}`;
      await gateway.put(Buffer.from(text), `${path}.unfinished`);
      await gateway.posixRename(`${path}.unfinished`, path);
    },
    async leaveHalf(name) {
      await alpha.put(content.subarray(0, content.length / 2), `/IN/${name}`);
    },
  };
}

/** Runs a program of the insurer; answers what it printed. A status other than 0 is an error that tells it. */
export async function runClient(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, [...args], { timeout: 60_000, maxBuffer: 64 * 1024 ** 2 });
  return stdout;
}

/** Options of OpenSSH's programs: this key, this host key, and nothing of the user's. */
export function sshOptions({ server }: Exchange): string[] {
  return [
    "-F/dev/null",
    "-oBatchMode=yes",
    `-oIdentityFile=${server.accounts.alpha.file}`,
    "-oIdentitiesOnly=yes",
    `-oUserKnownHostsFile=${server.knownHostsFile}`,
    "-oStrictHostKeyChecking=yes",
    "-oLogLevel=ERROR",
  ];
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
