import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeSshKey } from "../test/sftp/ssh-keys.ts";
import { startSshd } from "../test/sftp/sshd.ts";
import { BenchError } from "./bench-error.ts";
import { type MemoryWatch, watchMemory } from "./process-memory.ts";
import { runSftp } from "./sftp/run-sftp.ts";

const EMBEDDED = fileURLToPath(new URL("embedded-sftp-server.ts", import.meta.url));

export interface ServerThroughput {
  readonly bytes: number;
  /** Of the best of its rounds, in bytes a second, logging in included. */
  readonly embedded: number;
  readonly openSsh: number;
  /** `embedded` as a part of `openSsh`. */
  readonly ratio: number;
  /** The embedded server's process at its highest. */
  readonly embeddedPeakBytes: number;
}

export interface ThroughputOptions {
  readonly bytes: number;
  /** The servers take turns, so that both meet the same machine. */
  readonly rounds: number;
  /** Handed to OpenSSH's `sftp`, e.g. `-oRekeyLimit=64M`. */
  readonly clientOptions?: readonly string[];
}

interface Target {
  readonly port: number;
  readonly hostKey: string;
  readonly keyFile: string;
  /** Where what is uploaded stands on this machine. */
  readonly folder: string;
}

/** Uploads one file into the embedded server and into OpenSSH as shipped, by OpenSSH's own client. Takes root. */
export async function measureServerThroughput(options: ThroughputOptions): Promise<ServerThroughput> {
  const closers: (() => unknown)[] = [];
  const folder = mkdtempSync(join(tmpdir(), "infoss-throughput-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const file = join(folder, "upload");
    writeRandomFile(file, options.bytes);
    const { target: embedded, memory } = await startEmbedded(folder, closers);
    const sshd = await startSshd({ teardown: (close: () => unknown) => void closers.push(close) });
    const openSsh: Target = {
      port: sshd.port,
      hostKey: sshd.hostKey,
      keyFile: sshd.accounts.alpha.file,
      folder: sshd.folderOf("alpha"),
    };
    const seconds = { embedded: Number.POSITIVE_INFINITY, openSsh: Number.POSITIVE_INFINITY };
    for (let round = 0; round < options.rounds; round += 1) {
      seconds.embedded = Math.min(seconds.embedded, await upload(folder, file, embedded, options));
      seconds.openSsh = Math.min(seconds.openSsh, await upload(folder, file, openSsh, options));
    }
    const embeddedPeakBytes = memory.peakBytes();
    memory.stop();
    return {
      bytes: options.bytes,
      embedded: options.bytes / seconds.embedded,
      openSsh: options.bytes / seconds.openSsh,
      ratio: seconds.openSsh / seconds.embedded,
      embeddedPeakBytes,
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Random, so that nothing on the way can make it smaller; the same mebibyte again and again, so that it is made fast. */
function writeRandomFile(file: string, bytes: number): void {
  const block = randomBytes(1024 ** 2);
  const descriptor = openSync(file, "w");
  for (let written = 0; written < bytes; written += block.length) {
    writeSync(descriptor, block, 0, Math.min(block.length, bytes - written));
  }
  closeSync(descriptor);
}

async function startEmbedded(
  folder: string,
  closers: (() => unknown)[],
): Promise<{ target: Target; memory: MemoryWatch }> {
  const key = makeSshKey(folder, "alpha");
  const data = join(folder, "embedded");
  mkdirSync(data);
  const child = spawn(process.execPath, [EMBEDDED, data, key.publicKey], { stdio: ["ignore", "pipe", "inherit"] });
  closers.push(() => endProcess(child));
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(() => [""]),
  ])) as [string];
  if (line === "") throw new BenchError("The embedded SFTP server did not start.");
  const { port, hostKey } = JSON.parse(line) as { port: number; hostKey: string };
  const target = { port, hostKey, keyFile: key.file, folder: join(data, "accounts", "alpha") };
  return { target, memory: watchMemory(child.pid!) };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** Answers the seconds it took. */
async function upload(folder: string, file: string, target: Target, options: ThroughputOptions): Promise<number> {
  const knownHosts = join(folder, `known_hosts-${target.port}`);
  writeFileSync(knownHosts, `[127.0.0.1]:${target.port} ${target.hostKey}\n`);
  const { port, keyFile } = target;
  const login = { port, user: "alpha", keyFile, knownHostsFile: knownHosts, options: options.clientOptions };
  const seconds = (await runSftp(folder, login, `put ${file} IN/upload`)) / 1000;
  const { size } = statSync(join(target.folder, "IN", "upload"));
  if (size !== options.bytes) throw new BenchError(`${size} bytes arrived, not ${options.bytes}.`);
  rmSync(join(target.folder, "IN", "upload"));
  return seconds;
}
