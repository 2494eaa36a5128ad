import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BenchDatabase, startBenchDatabase, withClient } from "../bench-database.ts";
import { type BenchOutcome, MEGABYTE } from "../load.ts";
import { describeMachine } from "../machine.ts";
import { atLeast, atMost } from "../report.ts";
import { FEED_EVENTS, fillFeedStore, measureFeedPages } from "./feed-store.ts";
import type { JulyNight } from "./july-night.ts";
import { fillJulyStore } from "./july-store.ts";
import { measurePure } from "./pure.ts";

const SCALE = { persons: 70_000, contracts: 95_000, insurers: 20 };
const NIGHT = fileURLToPath(new URL("july-night.ts", import.meta.url));

const LOWEST_PURE = 20_000;
const LOWEST_FACTS = 20_000;
const MOST_NIGHT_S = 30;
const MOST_MEMORY_MB = 512;
const MOST_PAGE_MS = 30;

/** The July night: facts, everybody evaluated, files of status; the pure part by itself; the feed that is full by then. */
export async function benchEvaluate(): Promise<BenchOutcome> {
  const pure = measurePure();
  const database = await startBenchDatabase();
  try {
    const july = `july_${hashFiles(listJulyFiles())}`;
    const feed = `feed_${hashFiles(FEED_FILES)}`;
    await database.prepare(july, (url) => fillJulyStore(url, SCALE));
    await database.prepare(feed, fillFeedStore);
    const { night, floorMs } = await database.withCopy(july, runNight);
    const pageMs = await database.read(feed, measureFeedPages);
    return describe(database, pure, night, floorMs, pageMs);
  } finally {
    await database.stop();
  }
}

const MIGRATIONS = new URL("../../drizzle/", import.meta.url);
/** What a page of the feed is read from and by; other tables may change beside it. */
const FEED_FILES = ["feed-store.ts", "../../src/events/event-tables.ts"].map((name) => new URL(name, import.meta.url));

/** A store is as the migrations, and the code that fills it, make it. */
function listJulyFiles(): URL[] {
  const migrations = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  return [...migrations.sort().map((name) => new URL(name, MIGRATIONS)), new URL("july-store.ts", import.meta.url)];
}

function hashFiles(files: readonly URL[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 8);
}

async function runNight(url: string): Promise<{ night: JulyNight; floorMs: number }> {
  // A process of its own: its memory is that of the night alone.
  const { stdout } = await promisify(execFile)(process.execPath, [NIGHT, url, String(SCALE.persons)]);
  const night = JSON.parse(stdout) as JulyNight;
  return { night, floorMs: await withClient(url, copyRows) };
}

/** The floor: the same rows written again by the server alone, one table after the other, without keys, checks and events. */
async function copyRows(sql: Parameters<Parameters<typeof withClient>[1]>[0]): Promise<number> {
  const start = performance.now();
  for (const table of ["dossier", "dossier_event", "evaluation_block", "social_advantage", "event"])
    await sql`create table ${sql(`floor_${table}`)} as select * from ${sql(table)}`;
  return performance.now() - start;
}

function describe(
  { version }: BenchDatabase,
  pure: number,
  night: JulyNight,
  floorMs: number,
  pageMs: number,
): BenchOutcome {
  const nightMs = night.evaluationMs + night.statusMs;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const pureMs = (SCALE.persons / pure) * 1000;
  return {
    report: {
      bench: "evaluate",
      machine: `${describeMachine()}, ${version}`,
      figures: [
        atLeast(LOWEST_PURE, "pure evaluation", pure, "dossiers/s"),
        atLeast(LOWEST_FACTS, "facts loaded", (night.factLines / night.factsMs) * 1000, "rows/s"),
        atMost(MOST_NIGHT_S, "everybody evaluated, events written, files of status ready", nightMs / 1000, "s"),
        atMost(MOST_MEMORY_MB, "peak memory of the night's process", night.peakBytes / MEGABYTE, "MB"),
        atMost(MOST_PAGE_MS, "feed page of 1,000, 99th percentile", pageMs, "ms"),
      ],
    },
    notes: [
      `${count(SCALE.persons)} persons, ${count(SCALE.contracts)} contracts, ${SCALE.insurers} insurers; ${count(night.factLines)} lines of facts`,
      `${count(night.evaluated)} dossiers evaluated in ${seconds(night.evaluationMs)}, ${night.statusFiles} files of status in ${seconds(night.statusMs)}`,
      `floor: the pure part alone ${seconds(pureMs)}; the rows alone, written again by the server without keys and checks, ${seconds(floorMs)}`,
      `feed of one insurer in a store of ${count(FEED_EVENTS)} events, pages all over it`,
    ],
  };
}

function count(number: number): string {
  return number.toLocaleString("en");
}
