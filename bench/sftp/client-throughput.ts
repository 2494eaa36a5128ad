import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDropFolders } from "../../src/sftp/session-folders.ts";
import { fingerprint, openSession } from "../../src/sftp/sftp-session.ts";
import { type Sshd, startSshd } from "../../test/sftp/sshd.ts";
import { BenchError } from "../bench-error.ts";
import { runSftp } from "./run-sftp.ts";

const BLOCK = Buffer.alloc(1024 ** 2, "one line of a file as insurers send it\n");

export interface ClientThroughput {
  /** Bytes a second of the best round, logging in included. */
  readonly ours: { readonly put: number; readonly get: number };
  readonly openSsh: { readonly put: number; readonly get: number };
}

/** Puts and gets a file of so many mebibytes at OpenSSH: by the gateway's sessions, and by OpenSSH's own `sftp`. */
export async function measureClientThroughput(mebibytes: number, rounds: number): Promise<ClientThroughput> {
  const closers: (() => unknown)[] = [];
  const folder = mkdtempSync(join(tmpdir(), "infoss-client-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const sshd = await startSshd({ teardown: (close: () => unknown) => void closers.push(close) });
    const bytes = mebibytes * BLOCK.length;
    const file = join(folder, "file");
    writeFileSync(file, Buffer.alloc(bytes, BLOCK));
    const best = { ours: { put: 0, get: 0 }, openSsh: { put: 0, get: 0 } };
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, once] of [
        ["ours", transferByUs],
        ["openSsh", transferByOpenSsh],
      ] as const) {
        const { putMs, getMs } = await once(sshd, folder, file, mebibytes);
        best[name].put = Math.max(best[name].put, (bytes / putMs) * 1000);
        best[name].get = Math.max(best[name].get, (bytes / getMs) * 1000);
      }
    }
    return best;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

interface Times {
  readonly putMs: number;
  readonly getMs: number;
}

async function transferByUs(sshd: Sshd, _folder: string, _file: string, mebibytes: number): Promise<Times> {
  const blob = Buffer.from(sshd.hostKey.split(" ")[1] ?? "", "base64");
  const target = {
    host: "127.0.0.1",
    port: sshd.port,
    user: "infoss-gateway",
    privateKey: Buffer.from(sshd.gateway.privateKey),
    hostKeys: [fingerprint(blob)],
    timeoutMs: 30_000,
  };
  const [out, incoming] = ["OUT", "IN"].map((name) => join(sshd.folderOf("alpha"), name, "FILE"));
  const start = performance.now();
  const session = await openSession(target);
  const folders = openDropFolders(session, sshd.pathOf("alpha"));
  await folders.publish("FILE", repeat(mebibytes));
  await session.close();
  const putMs = performance.now() - start;
  renameSync(out!, incoming!);
  const again = performance.now();
  const second = await openSession(target);
  let got = 0;
  for await (const chunk of openDropFolders(second, sshd.pathOf("alpha")).read("FILE")) got += chunk.length;
  await second.close();
  const getMs = performance.now() - again;
  if (got !== mebibytes * BLOCK.length) throw new BenchError(`${got} bytes came back, not ${mebibytes} MiB.`);
  rmSync(incoming!);
  return { putMs, getMs };
}

function* repeat(times: number): Generator<Buffer> {
  for (let count = 0; count < times; count += 1) yield BLOCK;
}

async function transferByOpenSsh(sshd: Sshd, folder: string, file: string): Promise<Times> {
  const remote = `${sshd.pathOf("alpha")}/OUT/FILE`;
  const { port, gateway, knownHostsFile } = sshd;
  const login = { port, user: "infoss-gateway", keyFile: gateway.file, knownHostsFile };
  const putMs = await runSftp(folder, login, `put ${file} ${remote}`);
  const getMs = await runSftp(folder, login, `get ${remote} ${join(folder, "back")}`);
  if (statSync(join(folder, "back")).size !== statSync(file).size) throw new BenchError("The file did not come back.");
  rmSync(join(sshd.folderOf("alpha"), "OUT", "FILE"));
  return { putMs, getMs };
}
