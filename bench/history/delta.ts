import { startBenchDatabase } from "../bench-database.ts";
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
const PAIRS = 3;
const CONNECTIONS = 32;

interface Pair {
  readonly floorMs: number;
  readonly oursMs: number;
  readonly peakBytes: number;
}

/** A delta of a large portfolio with its history, beside the floor; then single calls at a steady rate. */
export async function benchDelta(isFull: boolean): Promise<BenchOutcome> {
  await requireFloorPrograms();
  const database = await startBenchDatabase();
  try {
    const stage = { database, dataDirectory: createDataDirectory() };
    const store = await prepareHistory(stage, isFull ? FULL_CONTRACTS : CONTRACTS);
    const pairs = await measurePairs(stage, store);
    const calls = await database.withCopy(store.name, (url) =>
      withDoor(stage, url, CONNECTIONS, (door) => measureSingleCalls(door, url)),
    );
    const small = isFull ? await measurePairs(stage, await prepareHistory(stage, SMALL_CONTRACTS)) : undefined;
    const figures = [
      ...describeDelta(pairs),
      atMost(MAXIMUM_CALL_MS, `PUT at ${CALLS_PER_SECOND} calls/s, p99`, percentile(calls, 0.99), "ms"),
      ...(small ? [describeGrowth(pairs, small)] : []),
    ];
    const machine = `${describeMachine()}, ${database.version}`;
    const bench = isFull ? "delta --full" : "delta";
    return { report: { bench, machine, figures }, notes: describeRuns(store, pairs, calls, small) };
  } finally {
    await database.stop();
  }
}

/** The gateway and the floor in turns, each on a fresh copy of the store. */
async function measurePairs(stage: LoadStage, store: HistoryStore): Promise<Pair[]> {
  const delta = await composeDelta(stage.database.urlOf(store.name), RECORDS);
  const pairs: Pair[] = [];
  while (pairs.length < PAIRS) {
    const ours = await measureDelta(stage, store, delta);
    const floorMs = await stage.database.withCopy(store.name, (url) => runDeltaFloor(url, delta));
    pairs.push({ ...ours, floorMs });
  }
  return pairs;
}

async function measureDelta(stage: LoadStage, store: HistoryStore, delta: DeltaFile) {
  return await stage.database.withCopy(store.name, async (url) => {
    const gateway = await startGateway(url, stage.dataDirectory);
    try {
      const identity = await readClientIdentity(stage.dataDirectory);
      const { totalMs } = await sendAndAwaitReport(gateway.url, identity, delta);
      await keepRowsOfDelta(url, delta);
      return { oursMs: totalMs, peakBytes: gateway.memory.peakBytes() };
    } finally {
      await gateway.stop();
    }
  });
}

function describeDelta(pairs: readonly Pair[]): Figure[] {
  const floorMs = median(pairs.map((pair) => pair.floorMs));
  const oursMs = median(pairs.map((pair) => pair.oursMs));
  const targetMs = Math.max(ALWAYS_ENOUGH_MS, MAXIMUM_RATIO * floorMs);
  const records = formatCount(RECORDS);
  return [
    atMost(targetMs / 1000, `delta of ${records} records, first byte sent to report ready`, oursMs / 1000, "s"),
    atMost(
      MAXIMUM_MEMORY_MB,
      "peak memory of all gateway processes",
      Math.max(...pairs.map(({ peakBytes }) => peakBytes)) / MEGABYTE,
      "MB",
    ),
  ];
}

function describeGrowth(pairs: readonly Pair[], small: readonly Pair[]): Figure {
  const costOf = (measured: readonly Pair[]) => median(measured.map(({ oursMs }) => oursMs));
  const name = "cost of a record at ten million versions over a hundred thousand";
  return atMost(MAXIMUM_GROWTH, name, costOf(pairs) / costOf(small), "times");
}

function describeRuns(
  store: HistoryStore,
  pairs: readonly Pair[],
  calls: readonly number[],
  small: readonly Pair[] | undefined,
): string[] {
  const describe = ({ oursMs, floorMs }: Pair) =>
    `gateway ${Math.round(oursMs)} ms, floor ${Math.round(floorMs)} ms (${(oursMs / floorMs).toFixed(2)} times)`;
  const at = (share: number) => percentile(calls, share).toFixed(1);
  return [
    `${formatCount(store.contracts)} contracts with ${formatCount(store.versions)} versions, ${PAIRS} pairs, the medians above (memory: the highest):`,
    ...pairs.map((pair, index) => `  ${index + 1}: ${describe(pair)}`),
    ...(small ?? []).map(
      (pair, index) => `  ${index + 1}, with ${formatCount(SMALL_CONTRACTS)} contracts: ${describe(pair)}`,
    ),
    `PUT: ${formatCount(calls.length)} calls, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`,
  ];
}
