import { startBenchDatabase } from "./bench-database.ts";
import { createDataDirectory } from "./gateway.ts";
import { type BenchOutcome, formatCount, LOAD_SEED, MAXIMUM_MEMORY_MB, MEGABYTE } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { type MeasuredLoad, measureLoad, prepareStore } from "./measure-load.ts";
import { prepareFiles } from "./prepared-files.ts";
import { atMost, median } from "./report.ts";

const SMALL_RECORDS = 95_000;
const LARGE_RECORDS = 640_000;
const LOAD_RECORDS = 200_000;
const STORED_RECORDS = 1_000_000;
/** Contract numbers of different seeds differ: the stored contracts are others of the same insurer. */
const STORED_SEED = 2;
const MAXIMUM_GROWTH = 1.2;
const MAXIMUM_SLOWDOWN = 1.3;
const ROUNDS = 3;

interface Round {
  readonly small: MeasuredLoad;
  readonly large: MeasuredLoad;
  readonly first: MeasuredLoad;
  readonly second: MeasuredLoad;
}

/** What becomes of time and memory as files and the store grow; every load has a gateway process of its own. */
export async function benchLoadGrowth(): Promise<BenchOutcome> {
  const small = await prepareFiles({ records: SMALL_RECORDS, seed: LOAD_SEED });
  const large = await prepareFiles({ records: LARGE_RECORDS, seed: LOAD_SEED });
  const load = await prepareFiles({ records: LOAD_RECORDS, seed: LOAD_SEED });
  const million = await prepareFiles({ records: STORED_RECORDS, seed: STORED_SEED, reference: "STORED-2026-01" });
  const database = await startBenchDatabase();
  try {
    const stage = { database, dataDirectory: createDataDirectory() };
    // One register for all: what differs is the contracts. That of the large file holds the small one's providers.
    const registers = [large, million];
    const empty = await prepareStore(stage, registers);
    const full = await prepareStore(stage, registers, [million]);
    const rounds: Round[] = [];
    while (rounds.length < ROUNDS) {
      rounds.push({
        small: await measureLoad(stage, empty, small),
        large: await measureLoad(stage, empty, large),
        first: await measureLoad(stage, empty, load),
        second: await measureLoad(stage, full, load),
      });
    }
    return describeOutcome(`${describeMachine()}, ${database.version}`, rounds);
  } finally {
    await database.stop();
  }
}

function describeOutcome(machine: string, rounds: readonly Round[]): BenchOutcome {
  const medianOf = (value: (round: Round) => number) => median(rounds.map(value));
  const perRecord = ({ totalMs, records }: MeasuredLoad) => totalMs / records;
  const highest = (which: keyof Round) => Math.max(...rounds.map((round) => round[which].peakMemoryBytes));
  const large = formatCount(LARGE_RECORDS);
  const small = formatCount(SMALL_RECORDS);
  const figures = [
    atMost(MAXIMUM_MEMORY_MB, `peak memory at ${large} records`, highest("large") / MEGABYTE, "MB"),
    atMost(
      MAXIMUM_GROWTH,
      `peak memory at ${large} over ${small} records`,
      highest("large") / highest("small"),
      "times",
    ),
    atMost(
      MAXIMUM_GROWTH,
      `cost of a record at ${large} over ${small} records`,
      medianOf((round) => perRecord(round.large) / perRecord(round.small)),
      "times",
    ),
    atMost(
      MAXIMUM_SLOWDOWN,
      `${formatCount(LOAD_RECORDS)} records beside ${formatCount(STORED_RECORDS)} contracts over an empty store`,
      medianOf((round) => round.second.totalMs / round.first.totalMs),
      "times",
    ),
  ];
  return { report: { bench: "load --growth", machine, figures }, notes: describeRounds(rounds) };
}

function describeRounds(rounds: readonly Round[]): string[] {
  const describe = ({ records, totalMs, peakMemoryBytes }: MeasuredLoad) =>
    `${formatCount(records)} in ${(totalMs / 1000).toFixed(2)} s, ${Math.round(peakMemoryBytes / MEGABYTE)} MB`;
  return [
    `${rounds.length} rounds, the medians above (memory: the highest), each load by a gateway process of its own:`,
    ...rounds.map(
      ({ small, large, first, second }, index) =>
        `  ${index + 1}: ${describe(small)}; ${describe(large)}; ${describe(first)}; ` +
        `beside ${formatCount(STORED_RECORDS)} stored: ${describe(second)}`,
    ),
  ];
}
