import { startBenchDatabase, withClient } from "../bench-database.ts";
import { requireFloorPrograms } from "../floor/run-floor.ts";
import { createDataDirectory, readClientIdentity, startGateway } from "../gateway.ts";
import { type BenchOutcome, formatCount, MAXIMUM_MEMORY_MB, MEGABYTE } from "../load.ts";
import { describeMachine } from "../machine.ts";
import type { LoadStage } from "../measure-load.ts";
import { percentile } from "../read/drive.ts";
import { atMost, type Figure, median } from "../report.ts";
import { sendAndAwaitReport } from "../submission-client.ts";
import { composeDelta, type DeltaFile } from "./delta-file.ts";
import { keepRowsOfDelta, runDeltaFloor } from "./delta-floor.ts";
import { withDoor } from "./history-door.ts";
import { type HistoryStore, prepareHistory } from "./history-store.ts";
import { CALLS_PER_SECOND, measureSingleCalls } from "./single-calls.ts";

export const CONTRACTS = 100_000;
export const FULL_CONTRACTS = 1_000_000;
/** A hundred thousand versions. */
const SMALL_CONTRACTS = 10_000;
const RECORDS = 5_000;
const MAXIMUM_RATIO = 4;
const ALWAYS_ENOUGH_MS = 2_000;
const MAXIMUM_CALL_MS = 25;
const MAXIMUM_GROWTH = 1.3;
const ROUNDS = 5;
const CONNECTIONS = 32;

/** Of a gateway that has just started. */
interface Run {
  readonly oursMs: number;
  readonly peakBytes: number;
}

interface Measured {
  readonly runs: readonly Run[];
  readonly floorsMs: readonly number[];
  readonly smallRuns: readonly Run[];
}

/** Deltas of a large portfolio with its history, beside the floor; then single calls at a steady rate. */
export async function benchDelta(isFull: boolean): Promise<BenchOutcome> {
  await requireFloorPrograms();
  const database = await startBenchDatabase();
  try {
    const stage = { database, dataDirectory: createDataDirectory() };
    const store = await prepareHistory(stage, isFull ? FULL_CONTRACTS : CONTRACTS);
    const small = isFull ? await prepareHistory(stage, SMALL_CONTRACTS) : undefined;
    const measured = await measureStores(stage, store, small);
    const calls = await database.withCopy(store.name, (url) =>
      withDoor(stage, url, CONNECTIONS, (door) => measureSingleCalls(door, url)),
    );
    const figures = [
      ...describeDelta(measured),
      atMost(MAXIMUM_CALL_MS, `PUT at ${CALLS_PER_SECOND} calls/s, p99`, percentile(calls, 0.99), "ms"),
      ...(small ? [describeGrowth(measured)] : []),
    ];
    const machine = `${describeMachine()}, ${database.version}`;
    const bench = isFull ? "delta --full" : "delta";
    return { report: { bench, machine, figures }, notes: describeRuns(store, measured, calls) };
  } finally {
    await database.stop();
  }
}

/**
 * The gateway and the floor in turns, each on a fresh copy of the store. Where there is a small store too, both copies are
 * made before either is measured, now the one first, now the other: a copy as large leaves nothing in memory as it was.
 */
async function measureStores(stage: LoadStage, store: HistoryStore, small?: HistoryStore): Promise<Measured> {
  const { database } = stage;
  const delta = await composeFor(stage, store);
  const smallDelta = small && (await composeFor(stage, small));
  const runs: Run[] = [];
  const smallRuns: Run[] = [];
  const floorsMs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await database.withCopy(store.name, async (url) => {
      const measureLarge = async () => runs.push(await measureDelta(stage, url, delta));
      if (!small) return await measureLarge();
      return await database.withCopy(small.name, async (smallUrl) => {
        if (round % 2 === 0) await measureLarge();
        smallRuns.push(await measureDelta(stage, smallUrl, smallDelta!));
        if (round % 2 === 1) await measureLarge();
      });
    });
    floorsMs.push(await database.withCopy(store.name, (url) => runDeltaFloor(url, delta)));
  }
  return { runs, floorsMs, smallRuns };
}

async function composeFor({ database }: LoadStage, { name }: HistoryStore): Promise<DeltaFile> {
  return await composeDelta(database.urlOf(name), name, RECORDS);
}

async function measureDelta(stage: LoadStage, url: string, delta: DeltaFile): Promise<Run> {
  // Each pays for its own pages only.
  await withClient(url, (sql) => sql`checkpoint`);
  const gateway = await startGateway(url, stage.dataDirectory);
  try {
    const identity = await readClientIdentity(stage.dataDirectory);
    const { totalMs } = await sendAndAwaitReport(gateway.url, identity, delta);
    await keepRowsOfDelta(url, delta);
    return { oursMs: totalMs, peakBytes: gateway.memory.peakBytes() };
  } finally {
    await gateway.stop();
  }
}

const medianOf = (runs: readonly Run[]) => median(runs.map(({ oursMs }) => oursMs));

function describeDelta({ runs, floorsMs }: Measured): Figure[] {
  const targetMs = Math.max(ALWAYS_ENOUGH_MS, MAXIMUM_RATIO * median(floorsMs));
  const name = `delta of ${formatCount(RECORDS)} records, first byte sent to report ready`;
  const peakBytes = Math.max(...runs.map((run) => run.peakBytes));
  return [
    atMost(targetMs / 1000, name, medianOf(runs) / 1000, "s"),
    atMost(MAXIMUM_MEMORY_MB, "peak memory of all gateway processes", peakBytes / MEGABYTE, "MB"),
  ];
}

function describeGrowth({ runs, smallRuns }: Measured): Figure {
  const name = "cost of a record at ten million versions over a hundred thousand";
  return atMost(MAXIMUM_GROWTH, name, medianOf(runs) / medianOf(smallRuns), "times");
}

function describeRuns(store: HistoryStore, measured: Measured, calls: readonly number[]): string[] {
  const { runs, floorsMs, smallRuns } = measured;
  const at = (share: number) => percentile(calls, share).toFixed(1);
  return [
    `${formatCount(store.contracts)} contracts with ${formatCount(store.versions)} versions, ${ROUNDS} rounds, the medians above (memory: the highest):`,
    ...runs.map(({ oursMs }, round) => {
      const floorMs = floorsMs[round]!;
      const small = smallRuns[round];
      return (
        `  ${round + 1}: gateway ${Math.round(oursMs)} ms, floor ${Math.round(floorMs)} ms (${(oursMs / floorMs).toFixed(2)} times)` +
        (small ? `; with ${formatCount(SMALL_CONTRACTS)} contracts ${Math.round(small.oursMs)} ms` : "")
      );
    }),
    `PUT: ${formatCount(calls.length)} calls, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`,
  ];
}
