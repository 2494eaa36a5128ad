import { startBenchDatabase, withClient } from "../bench-database.ts";
import { BenchError } from "../bench-error.ts";
import { createDataDirectory } from "../gateway.ts";
import { type BenchOutcome, formatCount } from "../load.ts";
import { describeMachine } from "../machine.ts";
import { percentile } from "../read/drive.ts";
import { composeRequest, type HttpConnection } from "../read/http-connection.ts";
import { atMost, type Figure, median } from "../report.ts";
import { measureVerification } from "../verification.ts";
import { CONTRACTS, FULL_CONTRACTS } from "./delta.ts";
import { CONTRACTS as CONTRACTS_PATH, type HistoryDoor, withDoor } from "./history-door.ts";
import { prepareHistory } from "./history-store.ts";

const MAXIMUM_PAGE_MS = 30;
/** Of the last pages over the first ones. */
const MAXIMUM_GROWTH = 1.25;
const WARM_UP_PAGES = 50;
const MOST_PAGES = 300;
const NUMBERS = 50;

interface Question {
  readonly name: string;
  /** Asked one after the other, each page by page, until there are pages enough. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
}

interface Walk {
  readonly name: string;
  readonly pagesMs: readonly number[];
}

/** Pages of `POST /contracts/query` over a large portfolio with its history, one after the other. */
export async function benchQuery(isFull: boolean): Promise<BenchOutcome> {
  const database = await startBenchDatabase();
  try {
    const stage = { database, dataDirectory: createDataDirectory() };
    const store = await prepareHistory(stage, isFull ? FULL_CONTRACTS : CONTRACTS);
    const { depth, walks, verified } = await database.withCopy(store.name, async (url) => {
      const questions = await composeQuestions(url);
      const starts = await pickStarts(url);
      const pages = await withDoor(stage, url, 1, async (door) => {
        await walk(door, { name: "warm-up", bodies: [{}] }, WARM_UP_PAGES);
        const walks: Walk[] = [];
        for (const question of questions) walks.push(await walk(door, question, MOST_PAGES));
        return { walks, depth: await measureDepth(door, starts) };
      });
      return { ...pages, verified: await measureVerification(url) };
    });
    const figures = [...walks.map(describeWalk), describeDepth(depth), ...verified.figures];
    const machine = `${describeMachine()}, ${database.version}`;
    const notes = [
      `${formatCount(store.contracts)} contracts with ${formatCount(store.versions)} versions; pages of 100 contracts, one connection:`,
      ...walks.map(
        ({ name, pagesMs }) =>
          `  ${name}: ${pagesMs.length} pages, p50 ${percentile(pagesMs, 0.5).toFixed(1)} ms, p99 ${percentile(pagesMs, 0.99).toFixed(1)} ms`,
      ),
      ...verified.notes,
    ];
    return { report: { bench: isFull ? "query --full" : "query", machine, figures }, notes };
  } finally {
    await database.stop();
  }
}

const WALKS_OF_NUMBERS = 60;
const RARE_KINDS = ["deathCover", "guaranteedIncome", "combined"];

/** What insurers ask for: rare and frequent things, of one moment. */
async function composeQuestions(url: string): Promise<Question[]> {
  return await withClient(url, async (sql) => {
    const drawn = await sql<{ inamiRoot: string; ssin: string | null }[]>`
      select c.inami_root as "inamiRoot", v.ssin from contract c join contract_version v using (insurer_id, contract_id)
      where v.version = 1 and v.ssin is not null
      order by hashtextextended(contract_id::text, 3) limit ${WALKS_OF_NUMBERS * NUMBERS}`;
    const [last] = await sql<{ at: Date }[]>`select max(contracts_recorded_at) as at from insurer`;
    const since = (months: number) => new Date(last!.at.getTime() - months * 31 * 24 * 3_600_000).toISOString();
    const groups = Array.from({ length: WALKS_OF_NUMBERS }, (_, index) =>
      drawn.slice(index * NUMBERS, (index + 1) * NUMBERS),
    );
    return [
      { name: "all contracts", bodies: [{}] },
      { name: "those that are active", bodies: [{ state: "active" }] },
      { name: "those that ended", bodies: [{ state: "ended" }] },
      { name: "those that were cancelled", bodies: [{ state: "cancelled" }] },
      // All that are rare: of one there are too few pages for a percentile.
      { name: "those of a rare kind", bodies: RARE_KINDS.map((contractKind) => ({ contractKind })) },
      {
        name: `those of ${NUMBERS} INAMI numbers`,
        bodies: groups.map((group) => ({ inamiNumbers: group.map(({ inamiRoot }) => inamiRoot) })),
      },
      { name: `those of ${NUMBERS} SSINs`, bodies: groups.map((group) => ({ ssins: group.map(({ ssin }) => ssin) })) },
      { name: "those that changed this month", bodies: [{ changedSince: since(1) }] },
      { name: "those that changed in five years", bodies: [{ changedSince: since(60) }] },
    ];
  });
}

async function walk(door: HistoryDoor, { name, bodies }: Question, mostPages: number): Promise<Walk> {
  const pagesMs: number[] = [];
  for (const body of bodies) {
    for (let path: string | undefined = `${CONTRACTS_PATH}/query`; path !== undefined && pagesMs.length < mostPages; ) {
      const { next, pageMs } = await askPage(door, path, body);
      pagesMs.push(pageMs);
      path = next;
    }
  }
  return { name, pagesMs };
}

async function askPage(
  { connections: [connection], authorization }: HistoryDoor,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<{ next: string | undefined; pageMs: number }> {
  const text = JSON.stringify(body);
  const headers = { ...authorization, "Content-Type": "application/json", "Content-Length": String(text.length) };
  const request = composeRequest("POST", path, headers, text);
  const askedAt = performance.now();
  const answer = await (connection as HttpConnection).ask(request);
  const pageMs = performance.now() - askedAt;
  if (answer.status !== 200) throw new BenchError(`A page was answered by ${answer.status}: ${answer.body}`);
  const { items, next } = JSON.parse(answer.body) as { items: readonly unknown[]; next?: string };
  if (items.length === 0) throw new BenchError(`${path} found nothing for ${text.slice(0, 80)}: nothing was measured.`);
  return { next, pageMs };
}

/** Contracts behind which pages begin: of the first tenth of the portfolio and of the last. */
interface Starts {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

const PAGES_OF_A_DEPTH = 100;

async function pickStarts(url: string): Promise<Starts> {
  return await withClient(url, async (sql) => {
    const rows = await sql<{ contractId: string; tenth: number }[]>`
      select contract_id as "contractId", tenth from (
        select contract_id, ntile(10) over (order by contract_id) as tenth,
          row_number() over (order by contract_id desc) as from_end from contract) placed
      where tenth in (1, 10) and from_end > 100 order by hashtextextended(contract_id::text, 4)`;
    const of = (tenth: number) =>
      rows
        .filter((row) => row.tenth === tenth)
        .slice(0, PAGES_OF_A_DEPTH)
        .map(({ contractId }) => contractId);
    return { first: of(1), last: of(10) };
  });
}

/** Pages of the beginning and of the end in turns: whatever slows the machine slows both. */
async function measureDepth(door: HistoryDoor, { first, last }: Starts): Promise<number> {
  const page = async (after: string | undefined) =>
    (await askPage(door, `${CONTRACTS_PATH}/query?afterContract=${after}`, { state: "active" })).pageMs;
  const shallow: number[] = [];
  const deep: number[] = [];
  for (let turn = 0; turn < PAGES_OF_A_DEPTH; turn += 1) {
    shallow.push(await page(first[turn]));
    deep.push(await page(last[turn]));
  }
  return median(deep) / median(shallow);
}

function describeWalk({ name, pagesMs }: Walk): Figure {
  return atMost(MAXIMUM_PAGE_MS, `page of ${name}, p99`, percentile(pagesMs, 0.99), "ms");
}

function describeDepth(growth: number): Figure {
  return atMost(MAXIMUM_GROWTH, "page of the last tenth over one of the first, medians", growth, "times");
}
