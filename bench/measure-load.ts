import type { BenchDatabase } from "./bench-database.ts";
import { withClient } from "./bench-database.ts";
import { loadRegister, readClientIdentity, startGateway } from "./gateway.ts";
import { hashOf, type PreparedFiles } from "./prepared-files.ts";
import { settleStore } from "./settle-store.ts";
import { sendAndAwaitReport } from "./submission-client.ts";

/** What one load through a gateway process of its own took. */
export interface MeasuredLoad {
  readonly records: number;
  readonly receiveMs: number;
  readonly totalMs: number;
  readonly peakMemoryBytes: number;
  /** Size of all that is stored of plainly accepted records' outcomes, indexes included, per record. */
  readonly outcomeBytesPerRecord: number;
}

export interface LoadStage {
  readonly database: BenchDatabase;
  readonly dataDirectory: string;
}

/** Sends a file to a fresh gateway on a copy of the prepared database `template`. */
export async function measureLoad(stage: LoadStage, template: string, files: PreparedFiles): Promise<MeasuredLoad> {
  return await stage.database.withCopy(template, async (url) => {
    const times = await loadThroughGateway(stage, url, files);
    return { ...times, outcomeBytesPerRecord: await measureOutcomes(url, times.submissionId) };
  });
}

async function loadThroughGateway({ dataDirectory }: LoadStage, databaseUrl: string, files: PreparedFiles) {
  const gateway = await startGateway(databaseUrl, dataDirectory);
  try {
    const identity = await readClientIdentity(dataDirectory);
    const times = await sendAndAwaitReport(gateway.url, identity, files);
    return { ...times, records: files.records, peakMemoryBytes: gateway.memory.peakBytes() };
  } finally {
    await gateway.stop();
  }
}

/**
 * Prepares a database with the register of `registers` and the contracts of `stored`, each sent as a file of its own;
 * answers its name. Made by the gateway itself, and made anew whenever code that writes to it has changed.
 */
export async function prepareStore(
  stage: LoadStage,
  registers: readonly PreparedFiles[],
  stored: readonly PreparedFiles[] = [],
): Promise<string> {
  const writers = [
    "drizzle",
    "src/database",
    "src/register",
    "src/identity",
    "src/contracts",
    "src/intake",
    "src/advantage",
  ];
  const content = JSON.stringify([registers, stored].map((list) => list.map((files) => files.sha256.toString("hex"))));
  const name = `store_${stored.reduce((sum, files) => sum + files.records, 0)}_${await hashOf(writers, content)}`;
  await stage.database.prepare(name, async (url) => {
    for (const files of registers) await loadRegister(url, stage.dataDirectory, files.registerFile);
    for (const files of stored) await loadThroughGateway(stage, url, files);
    await settleStore(url);
  });
  return name;
}

/** The submission is the only one of its database unless contracts were stored before: then its share is taken. */
async function measureOutcomes(url: string, submissionId: string): Promise<number> {
  return await withClient(url, async (sql) => {
    const [row] = await sql<{ bytes: number }[]>`
      select pg_total_relation_size('quiet_result_block')
        / (select sum(record_count) from quiet_result_block where outcome = 'accepted')::float as bytes
      from submission where submission_id = ${submissionId}`;
    return row!.bytes;
  });
}
