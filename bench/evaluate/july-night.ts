/** `node july-night.ts URL`: loads the facts of everybody and evaluates them, as one process; prints what it took as JSON. */

import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { evaluateEverybody } from "../../src/advantage/evaluate-everybody.ts";
import { loadFacts } from "../../src/advantage/facts/load-facts.ts";
import { projectWhatIsDue } from "../../src/advantage/keep-projected.ts";
import { loadRulesInForce } from "../../src/advantage/rules-in-force.ts";
import { createFixedBusinessClock } from "../../src/clock.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { runTransaction } from "../../src/database/run-transaction.ts";
import { generateFacts, listActiveProviders } from "../../src/synthetic/fact-file.ts";
import { readPeakBytes } from "../process-memory.ts";
import { writeStatusFiles } from "./status-night.ts";

const PREMIUM_YEAR = 2024;
const BUSINESS_DATE = "2025-07-01";

/** What a July night took; times in milliseconds. */
export interface JulyNight {
  readonly factLines: number;
  readonly factsMs: number;
  readonly evaluated: number;
  readonly evaluationMs: number;
  readonly statusFiles: number;
  readonly statusMs: number;
  /** Of the process that evaluates. */
  readonly peakBytes: number;
}

const [url = "", persons = "0"] = process.argv.slice(2);
const factFile = join(mkdtempSync(join(tmpdir(), "infoss-july-")), "facts.jsonl");
process.once("exit", () => rmSync(dirname(factFile), { recursive: true }));
process.stdout.write(`${JSON.stringify(await runNight(url, Number(persons)))}\n`);

async function runNight(url: string, persons: number): Promise<JulyNight> {
  const database = createDatabase(url);
  try {
    const { years } = await loadRulesInForce(database.institute);
    await writeFile(factFile, inventFacts(persons));
    const facts = await timed(() =>
      runTransaction(database.institute, (tx) =>
        loadFacts(tx, {
          body: createReadStream(factFile),
          ...{
            name: "july",
            years,
            businessDate: BUSINESS_DATE,
            loadedBy: "bench",
            loadedAt: new Date(),
            amountsAreCents: false,
          },
        }),
      ),
    );
    const circumstances = { movedAt: new Date().toISOString(), movedBy: "system", cause: "julyEvaluation" };
    const run = { rules: years.get(PREMIUM_YEAR)!, businessDate: BUSINESS_DATE, ...circumstances };
    // Side by side, as in a gateway: what the day changes in what insurers see waits for nobody's evaluation.
    const source = { institute: database.institute, clock: createFixedBusinessClock(BUSINESS_DATE) };
    const evaluation = await timed(async () => {
      const [counts] = await Promise.all([evaluateEverybody(database.institute, run), projectWhatIsDue(source)]);
      return counts;
    });
    const status = await timed(() => writeStatusFiles(database, BUSINESS_DATE));
    return {
      ...{ factLines: facts.result.lines, factsMs: facts.ms },
      ...{ evaluated: evaluation.result.moved, evaluationMs: evaluation.ms },
      ...{ statusFiles: status.result, statusMs: status.ms },
      peakBytes: readPeakBytes(process.pid) ?? Number.NaN,
    };
  } finally {
    await database.close();
  }
}

function* inventFacts(persons: number): Generator<Buffer> {
  for (const chunk of generateFacts(listActiveProviders(persons), PREMIUM_YEAR)) yield Buffer.from(chunk);
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result; readonly ms: number }> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}
