import { readFileSync } from "node:fs";
import { skipWithout } from "../../test/sftp/installed.ts";
import { type BenchDatabase, startBenchDatabase } from "../bench-database.ts";
import { BenchError } from "../bench-error.ts";
import { createDataDirectory, startGateway } from "../gateway.ts";
import { type BenchOutcome, LOAD_SEED, MAXIMUM_MEMORY_MB, MEGABYTE } from "../load.ts";
import { describeMachine } from "../machine.ts";
import { measureLoad, prepareStore } from "../measure-load.ts";
import { type PreparedFiles, prepareFiles } from "../prepared-files.ts";
import { atLeast, atMost } from "../report.ts";
import { measureServerThroughput } from "../sftp-server-throughput.ts";
import { measureClientThroughput } from "./client-throughput.ts";
import {
  awaitAnswer,
  type DropAccount,
  developmentAccount,
  openDropAccounts,
  putFile,
  putGo,
  readAnswer,
} from "./drop-accounts.ts";
import { type LargeDrop, type LargeDrops, measureLargeDrops } from "./large-drops.ts";

const ACCOUNTS = 50;
const BURST_RECORDS = 1_000;
const FILE_RECORDS = 95_000;
const FILE_ROUNDS = 2;
const HIGHEST_P95_SECONDS = 2;
const HIGHEST_REST_RATIO = 1.25;
const LOWEST_CLIENT_RATIO = 0.8;
const LOWEST_SERVER_RATIO = 0.5;
/** Of memory, and of the time for a megabyte, at ten times the size. */
const HIGHEST_GROWTH = 1.2;
const DEFAULT_SIZE = { mebibytes: 160, rounds: 2 };
/** What insurers send at most in a year of contracts, and more than OpenSSH transfers under one key with some ciphers. */
const LARGE_SIZE = { mebibytes: 1_200, rounds: 1 };

/** Drops files as insurers do and waits for the answers; compares the ways with REST and with OpenSSH. */
export async function benchSftp(isLarge: boolean): Promise<BenchOutcome> {
  const missing = skipWithout("sshd", "sftp", "nss_wrapper");
  if (missing) throw new BenchError(`The benchmark compares with OpenSSH: ${missing}.`);
  const { mebibytes, rounds } = isLarge ? LARGE_SIZE : DEFAULT_SIZE;
  const burstFile = await prepareFiles({ records: BURST_RECORDS, seed: LOAD_SEED });
  const file = await prepareFiles({ records: FILE_RECORDS, seed: LOAD_SEED });
  const database = await startBenchDatabase();
  try {
    const dataDirectory = createDataDirectory();
    const stage = { database, dataDirectory };
    const burst = await measureBurst(database, await prepareStore(stage, [burstFile]), burstFile);
    const store = await prepareStore(stage, [file]);
    const pairs: { restMs: number; sftpMs: number; peakBytes: number }[] = [];
    for (let round = 0; round < FILE_ROUNDS; round += 1) {
      const { totalMs } = await measureLoad(stage, store, file);
      pairs.push({ restMs: totalMs, ...(await measureDrop(database, store, file)) });
    }
    const restMs = Math.min(...pairs.map((pair) => pair.restMs));
    const sftpMs = Math.min(...pairs.map((pair) => pair.sftpMs));
    const client = await measureClientThroughput(mebibytes, rounds);
    const server = await measureServerThroughput({ bytes: mebibytes * 1024 ** 2, rounds });
    const peakMb = Math.max(burst.peakBytes, ...pairs.map(({ peakBytes }) => peakBytes)) / MEGABYTE;
    const large = isLarge ? await measureLargeDrops(database, store, file) : [];
    const figures = [
      atMost(HIGHEST_P95_SECONDS, `GO to receipt, p95 of ${ACCOUNTS} accounts at once`, burst.p95Ms / 1000, "s"),
      atMost(HIGHEST_REST_RATIO, `GO to report over REST, ${FILE_RECORDS} records`, sftpMs / restMs, "times"),
      atLeast(LOWEST_CLIENT_RATIO, "our upload over OpenSSH's sftp", client.ours.put / client.openSsh.put, "times"),
      atLeast(LOWEST_CLIENT_RATIO, "our download over OpenSSH's sftp", client.ours.get / client.openSsh.get, "times"),
      atLeast(LOWEST_SERVER_RATIO, "upload into the embedded server over OpenSSH's", server.ratio, "times"),
      atMost(MAXIMUM_MEMORY_MB, "peak memory of the gateway, embedded server included", peakMb, "MB"),
      ...large.flatMap(describeLarge),
    ];
    const rate = (bytes: number) => `${Math.round(bytes / MEGABYTE)} MB/s`;
    const notes = [
      `GO to receipt: median ${Math.round(burst.medianMs)} ms, slowest ${Math.round(burst.slowestMs)} ms`,
      ...pairs.map(
        (pair) => `${FILE_RECORDS} records: REST ${Math.round(pair.restMs)} ms, SFTP ${Math.round(pair.sftpMs)} ms`,
      ),
      `${mebibytes} MiB to and from OpenSSH: ours ${rate(client.ours.put)} and ${rate(client.ours.get)}, ` +
        `sftp ${rate(client.openSsh.put)} and ${rate(client.openSsh.get)}`,
      `${mebibytes} MiB up: embedded ${rate(server.embedded)} (${Math.round(server.embeddedPeakBytes / MEGABYTE)} MB of memory), ` +
        `OpenSSH ${rate(server.openSsh)}`,
      ...large.map(noteLarge),
    ];
    return { report: { bench: "sftp", machine: `${describeMachine()}, ${database.version}`, figures }, notes };
  } finally {
    await database.stop();
  }
}

function describeLarge({ server, small, large }: LargeDrops) {
  const perMegabyte = ({ goToReceiptMs, bytes }: LargeDrop) => goToReceiptMs / bytes;
  const sizes = `${Math.round(large.bytes / MEGABYTE)} over ${Math.round(small.bytes / MEGABYTE)} MB`;
  return [
    atMost(
      HIGHEST_GROWTH,
      `${server}: GO to receipt for a MB, ${sizes}`,
      perMegabyte(large) / perMegabyte(small),
      "times",
    ),
    atMost(HIGHEST_GROWTH, `${server}: peak memory, ${sizes}`, large.peakBytes / small.peakBytes, "times"),
  ];
}

function noteLarge({ server, small, large }: LargeDrops): string {
  const describe = ({ bytes, uploadMs, goToReceiptMs, peakBytes }: LargeDrop) =>
    `${Math.round(bytes / MEGABYTE)} MB up in ${(uploadMs / 1000).toFixed(1)} s, GO to receipt ` +
    `${(goToReceiptMs / 1000).toFixed(1)} s (${(goToReceiptMs / (bytes / MEGABYTE)).toFixed(1)} ms a MB), ` +
    `${Math.round(peakBytes / MEGABYTE)} MB of memory`;
  return `${server}, keys changed every 256 MiB: ${describe(small)}; ${describe(large)}`;
}

async function measureBurst(database: BenchDatabase, store: string, file: PreparedFiles) {
  return await database.withCopy(store, async (url) => {
    const dataDirectory = createDataDirectory();
    const accounts = await openDropAccounts(url, dataDirectory, ACCOUNTS);
    const gateway = await startGateway(url, dataDirectory);
    try {
      const text = readFileSync(file.contractFile, "utf8");
      const drops = accounts.map((account) => ({
        account,
        rest: putFile(account, text.replaceAll("0403019261", account.enterpriseNumber)),
      }));
      // The first look at each account is over when all begin at once.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const started = drops.map(({ account, rest }) => ({ account, at: putGo(account, rest) }));
      const latencies = await Promise.all(
        started.map(async ({ account, at }) => (await awaitAnswer(account, "ACRF")) - at),
      );
      for (const { account } of drops) checkReceipt(account);
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
      return { p95Ms: at(0.95), medianMs: at(0.5), slowestMs: sorted.at(-1)!, peakBytes: gateway.memory.peakBytes() };
    } finally {
      await gateway.stop();
    }
  });
}

function checkReceipt(account: DropAccount): void {
  if (!readAnswer(account, "ACRF").includes("<state>received</state>")) {
    throw new BenchError(`The file of ${account.accountName} was not received: nothing was measured.`);
  }
}

async function measureDrop(database: BenchDatabase, store: string, file: PreparedFiles) {
  return await database.withCopy(store, async (url) => {
    const dataDirectory = createDataDirectory();
    const account = developmentAccount(dataDirectory);
    const gateway = await startGateway(url, dataDirectory);
    try {
      const rest = putFile(account, readFileSync(file.contractFile));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const startedAt = putGo(account, rest);
      const sftpMs = (await awaitAnswer(account, "NOTI")) - startedAt;
      if (!readAnswer(account, "NOTI").includes(`<accepted>${file.records}</accepted>`)) {
        throw new BenchError("Not every record was accepted: nothing was measured.");
      }
      return { sftpMs, peakBytes: gateway.memory.peakBytes() };
    } finally {
      await gateway.stop();
    }
  });
}
