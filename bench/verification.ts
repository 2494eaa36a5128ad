import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDatabase } from "../src/database/connection.ts";
import { verify } from "../src/verification/verify.ts";
import { withClient } from "./bench-database.ts";
import { BenchError } from "./bench-error.ts";
import { runPsql } from "./floor/run-floor.ts";
import { BENCH_FOLDER } from "./prepared-files.ts";
import { atLeast, type Figure, median } from "./report.ts";

const FLOOR = fileURLToPath(new URL("floor/verify-rows.sql", import.meta.url));
const FOLDER = join(BENCH_FOLDER, "verification");
const MOST_ROWS = 100_000;
const MINIMUM_ROWS_PER_SECOND = 50_000;
const RUNS = 3;
const PIECE_BYTES = 64 * 1024;

/**
 * A verification of as many rows as a file may have, on a copied database with contracts and a register: from the bytes of
 * a CSV file to the answers committed, beside COPY and the same join by psql. Half of the rows ask by NISS.
 */
export async function measureVerification(url: string): Promise<{ figures: Figure[]; notes: string[] }> {
  const { insurerId, lines } = await drawRows(url);
  const csv = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "verification.csv"), lines.map((line, index) => `${index + 1},${line}\n`).join(""));
  const floorMs: number[] = [];
  const gatewayMs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    floorMs.push(await time(() => runPsql(url, FLOOR, FOLDER)));
    const submissionId = await drawSubmissionId(url);
    gatewayMs.push(await time(() => verifyRows(url, { insurerId, submissionId }, csv, lines.length)));
  }
  const perSecond = (ms: number) => (lines.length / ms) * 1000;
  const rate = perSecond(median(gatewayMs));
  const floor = perSecond(median(floorMs));
  return {
    figures: [atLeast(MINIMUM_ROWS_PER_SECOND, "rows of a verification, CSV to answers kept", rate, "rows/s")],
    notes: [
      `a verification of ${lines.length.toLocaleString("en")} rows: floor (COPY and the same join by psql) ` +
        `${Math.round(floor).toLocaleString("en")} rows/s, ${(floor / rate).toFixed(1)} times as fast`,
    ],
  };
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function drawRows(url: string): Promise<{ insurerId: number; lines: string[] }> {
  return await withClient(url, async (sql) => {
    const rows = await sql<{ insurerId: number; line: string }[]>`
      select c.insurer_id as "insurerId", case when hashtextextended(c.contract_number, 5) % 2 = 0 then p.ssin
        else p.inami_number end || ',' || c.contract_number as line
      from contract c join provider p using (inami_root) where c.cancelled_at is null
      order by hashtextextended(c.contract_number, 6) limit ${MOST_ROWS}`;
    const [first] = rows;
    if (!first) throw new BenchError("There is no contract to verify.");
    return { insurerId: first.insurerId, lines: rows.map(({ line }) => line) };
  });
}

/** As the intake gives it: the answers of a later submission stand behind those of all before. */
async function drawSubmissionId(url: string): Promise<string> {
  return await withClient(url, async (sql) => (await sql<{ id: string }[]>`select uuidv7() as id`)[0]!.id);
}

interface Asking {
  readonly insurerId: number;
  readonly submissionId: string;
}

async function verifyRows(url: string, { insurerId, submissionId }: Asking, csv: Buffer, count: number): Promise<void> {
  const database = createDatabase(url);
  try {
    const asker = { insurerId, environmentName: "validation", isAhead: false } as const;
    const inquiry = { ...asker, submissionId, today: "2026-11-22", purposeRequired: true };
    const quota = { perDay: Number.MAX_SAFE_INTEGER, perDayInAccess: 0 };
    const result = await database.asInsurer(insurerId).run((tx) => verify(tx, inquiry, piecesOf(csv), quota));
    const known = "code" in result ? 0 : result.valid + result.replaced + result.notValidOn;
    if (known < count) throw new BenchError(`Of ${count} rows ${known} were known: nothing was measured.`);
  } finally {
    await database.close();
  }
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
