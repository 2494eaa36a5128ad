import { type BenchDatabase, startBenchDatabase } from "./bench-database.ts";
import { createTwinTables, type FloorTimes, requireFloorPrograms, runFloor } from "./floor/run-floor.ts";
import { createDataDirectory } from "./gateway.ts";
import { describeMachine } from "./machine.ts";
import { type LoadStage, type MeasuredLoad, measureLoad, prepareStore } from "./measure-load.ts";
import { type PeerLoad, runPeer } from "./peer/run-peer.ts";
import { type PreparedFiles, prepareFiles } from "./prepared-files.ts";
import { atLeast, atMost, type BenchReport, median } from "./report.ts";

export interface BenchOutcome {
  readonly report: BenchReport;
  /** Sentences below the table: what the figures were made of, and what went wrong. */
  readonly notes: readonly string[];
}

export const LOAD_SEED = 1;
export const MEGABYTE = 1_000_000;
export const MAXIMUM_MEMORY_MB = 256;
const MAXIMUM_RATIO = 3;
const LOWEST_FLOOR = 40_000;
const MAXIMUM_OUTCOME_BYTES = 64;
const PEER_RECORDS = 20_000;
const MOST_PAIRS = 3;
/** The default size must end within 50 s on two cores: no further pair is begun that would end after this. */
const TIME_BUDGET_MS = 46_000;

interface Pair {
  readonly floor: FloorTimes;
  readonly ours: MeasuredLoad;
}

/** Loads `records` through the gateway and over the floor alternately, and a smaller file the typical way. */
export async function benchLoad(records: number): Promise<BenchOutcome> {
  await requireFloorPrograms();
  const files = await prepareFiles({ records, seed: LOAD_SEED });
  const peerFiles = await prepareFiles({ records: PEER_RECORDS, seed: LOAD_SEED });
  const database = await startBenchDatabase();
  try {
    const stage = { database, dataDirectory: createDataDirectory() };
    const store = await prepareStore(stage, [files]);
    const peer = await database.withCopy(undefined, (url) => runPeer(url, peerFiles.contractFile));
    const pairs = await measurePairs(stage, store, files);
    return describeOutcome(`${describeMachine()}, ${database.version}`, pairs, peer);
  } finally {
    await database.stop();
  }
}

async function measurePairs(stage: LoadStage, store: string, files: PreparedFiles): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (;;) {
    const start = performance.now();
    const floor = await measureFloor(stage.database, files);
    const ours = await measureLoad(stage, store, files);
    pairs.push({ floor, ours });
    // performance.now() counts from the start of this process, preparation included.
    const now = performance.now();
    if (pairs.length === MOST_PAIRS || now + (now - start) > TIME_BUDGET_MS) return pairs;
  }
}

async function measureFloor(database: BenchDatabase, files: PreparedFiles): Promise<FloorTimes> {
  return await database.withCopy(undefined, async (url) => {
    await createTwinTables(url);
    return await runFloor(url, files.folder, files.contractFile);
  });
}

const floorMs = ({ floor }: Pair) => floor.validateMs + floor.copyMs;

function describeOutcome(machine: string, pairs: readonly Pair[], peer: PeerLoad): BenchOutcome {
  const { records } = pairs[0]!.ours;
  const perSecond = (ms: number) => (records / ms) * 1000;
  const medianOf = (value: (pair: Pair) => number) => median(pairs.map(value));
  const oursMs = medianOf(({ ours }) => ours.totalMs);
  const floorRate = perSecond(medianOf(floorMs));
  const slowestFloor = perSecond(Math.max(...pairs.map(floorMs)));
  const peerRate = (peer.records / peer.totalMs) * 1000;
  const peakMemory = Math.max(...pairs.map(({ ours }) => ours.peakMemoryBytes)) / MEGABYTE;
  const outcomeBytes = Math.max(...pairs.map(({ ours }) => ours.outcomeBytesPerRecord));
  const figures = [
    atMost(
      MAXIMUM_RATIO,
      "time over the floor",
      medianOf((pair) => pair.ours.totalMs / floorMs(pair)),
      "times",
    ),
    atMost((MAXIMUM_RATIO * medianOf(floorMs)) / 1000, "first byte sent to report ready", oursMs / 1000, "s"),
    atLeast(floorRate / MAXIMUM_RATIO, "rate", perSecond(oursMs), "records/s"),
    atMost(MAXIMUM_MEMORY_MB, "peak memory of all gateway processes", peakMemory, "MB"),
    atMost(MAXIMUM_OUTCOME_BYTES, "stored outcome of an accepted record", outcomeBytes, "bytes"),
    atLeast(LOWEST_FLOOR, "slowest floor", slowestFloor, "records/s"),
    atLeast(
      1,
      `rate over the typical way's on ${formatCount(PEER_RECORDS)} records`,
      perSecond(oursMs) / peerRate,
      "times",
    ),
  ];
  return { report: { bench: "load", machine, figures }, notes: describeRuns(pairs, peer, slowestFloor) };
}

function describeRuns(pairs: readonly Pair[], peer: PeerLoad, slowestFloor: number): string[] {
  const records = formatCount(pairs[0]!.ours.records);
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const runs = pairs.map(
    ({ floor, ours }, index) =>
      `  ${index + 1}: floor ${seconds(floor.validateMs)} s xmllint + ${seconds(floor.copyMs)} s copy; ` +
      `gateway ${seconds(ours.totalMs)} s, of which ${seconds(ours.receiveMs)} s until the receipt, ` +
      `${Math.round(ours.peakMemoryBytes / MEGABYTE)} MB`,
  );
  const disturbed = `The floor is below ${formatCount(LOWEST_FLOOR)} records/s: the machine was disturbed, these figures say nothing.`;
  return [
    `${records} records, ${pairs.length === 1 ? "one pair" : `${pairs.length} pairs, the medians above`} (memory: the highest):`,
    ...runs,
    `  typical way: ${formatCount(peer.records)} records in ${seconds(peer.totalMs)} s, ${Math.round(peer.peakBytes / MEGABYTE)} MB`,
    ...(slowestFloor < LOWEST_FLOOR ? [disturbed] : []),
  ];
}

export function formatCount(count: number): string {
  return count.toLocaleString("en");
}
