import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../../src/sftp/sftp-session.ts";
import { startSshd } from "../../test/sftp/sshd.ts";
import type { BenchDatabase } from "../bench-database.ts";
import { BenchError } from "../bench-error.ts";
import { createDataDirectory, startGateway } from "../gateway.ts";
import type { PreparedFiles } from "../prepared-files.ts";
import { awaitAnswer, developmentAccount } from "./drop-accounts.ts";
import { runSftp, type SftpLogin } from "./run-sftp.ts";

/** Bytes; the second is what insurers send at most, and more than a gibibyte. */
export const LARGE_DROPS = { small: 120e6, large: 1_200e6 } as const;
const REKEY = "RekeyLimit 256M";
const PATIENCE_MS = 600_000;

/** What a file took at one server. */
export interface LargeDrop {
  readonly bytes: number;
  /** By OpenSSH's `sftp`. */
  readonly uploadMs: number;
  readonly goToReceiptMs: number;
  /** Of the gateway until then, in bytes. */
  readonly peakBytes: number;
}

export interface LargeDrops {
  readonly server: "embedded" | "OpenSSH";
  readonly small: LargeDrop;
  readonly large: LargeDrop;
}

interface Place {
  readonly server: LargeDrops["server"];
  readonly dataDirectory: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly login: SftpLogin;
  readonly folder: string;
}

/**
 * Files of two sizes on each server, from upload to receipt, keys changed every 256 MiB. Circuit tests (letter T): the bytes
 * are received and kept as any others, and not processed.
 */
export async function measureLargeDrops(
  database: BenchDatabase,
  store: string,
  file: PreparedFiles,
): Promise<LargeDrops[]> {
  const closers: (() => unknown)[] = [];
  const folder = mkdtempSync(join(tmpdir(), "infoss-large-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const places = [await openEmbedded(), await openOpenSsh((close) => void closers.push(close))];
    const measured: LargeDrops[] = [];
    for (const place of places) {
      measured.push(await database.withCopy(store, (url) => measurePlace(url, place, folder, file)));
    }
    return measured;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function measurePlace(url: string, place: Place, folder: string, file: PreparedFiles): Promise<LargeDrops> {
  const gateway = await startGateway(url, place.dataDirectory, place.settings);
  try {
    const drop = async (bytes: number): Promise<LargeDrop> => {
      const path = join(folder, "drop");
      writeLargeFile(path, file, bytes);
      const times = await dropAndAwait(folder, path, place);
      return { bytes, ...times, peakBytes: gateway.memory.peakBytes() };
    };
    return { server: place.server, small: await drop(LARGE_DROPS.small), large: await drop(LARGE_DROPS.large) };
  } finally {
    await gateway.stop();
  }
}

/** The records of the file again and again: what compresses as real files do. */
function writeLargeFile(path: string, { contractFile }: PreparedFiles, bytes: number): void {
  const text = readFileSync(contractFile, "utf8")
    .replace('environment="S"', 'environment="T"')
    .replace(/ reference="[^"]*"/, ` reference="LARGE-${bytes}"`);
  const begin = text.indexOf("<record");
  const end = text.lastIndexOf("</record>") + "</record>".length;
  const records = Buffer.from(text.slice(begin, end));
  const descriptor = openSync(path, "w");
  let written = writeSync(descriptor, text.slice(0, begin));
  for (; written < bytes; written += records.length) writeSync(descriptor, records);
  writeSync(descriptor, text.slice(end));
  closeSync(descriptor);
}

async function dropAndAwait(folder: string, path: string, { login, folder: account }: Place) {
  for (const name of readdirSync(join(account, "OUT"))) rmSync(join(account, "OUT", name));
  const rest = "DICO.0403019261.20261122.00001.T";
  const uploadMs = await runSftp(folder, login, `put ${path} IN/FI.${rest}`);
  rmSync(path);
  writeFileSync(join(folder, "go"), "");
  const startedAt = Date.now();
  await runSftp(folder, login, `put ${join(folder, "go")} IN/GO.${rest}`);
  const goToReceiptMs = (await awaitAnswer({ folder: account }, "ACRF", PATIENCE_MS)) - startedAt;
  const answers = readdirSync(join(account, "OUT")).filter((name) => name.startsWith("FO."));
  const isTested = readFileSync(join(account, "OUT", answers[0]!), "utf8").includes("<state>tested</state>");
  if (!isTested) throw new BenchError("The large file was not received: nothing was measured.");
  return { uploadMs, goToReceiptMs };
}

async function openEmbedded(): Promise<Place> {
  const dataDirectory = createDataDirectory();
  const { folder, accountName } = developmentAccount(dataDirectory);
  const port = await findFreePort();
  const keyFile = join(dataDirectory, "certificates", `${accountName}-ssh-key`);
  const login = { port, user: accountName, keyFile, options: [`-o${REKEY.replace(" ", "=")}`] };
  return { server: "embedded", dataDirectory, settings: { SFTP_PORT: String(port) }, login, folder };
}

async function openOpenSsh(teardown: (close: () => unknown) => void): Promise<Place> {
  const sshd = await startSshd({ teardown }, { prefix: "client-", lines: [REKEY] });
  const settings = {
    SFTP_URL: `sftp://infoss-gateway@127.0.0.1:${sshd.port}/accounts/{account}`,
    SFTP_KEY_FILE: sshd.gateway.file,
    SFTP_HOST_KEYS: fingerprint(Buffer.from(sshd.hostKey.split(" ")[1] ?? "", "base64")),
  };
  const { file: keyFile } = sshd.accounts.alpha;
  const login = { port: sshd.port, user: "client-alpha", keyFile, knownHostsFile: sshd.knownHostsFile };
  return { server: "OpenSSH", dataDirectory: createDataDirectory(), settings, login, folder: sshd.folderOf("alpha") };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new BenchError("No port is free.");
  return address.port;
}
