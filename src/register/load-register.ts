import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse";
import type { Database } from "../database/connection.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { applyLoaded, compareLoaded, createLoadedTable, lockRegister, type RegisterEffect } from "./apply-register.ts";
import { findCircles, findRepeated } from "./check-loaded.ts";
import { addTrouble, RegisterFileError, type RegisterTrouble } from "./register-file-error.ts";
import { type ProviderRow, readProviders } from "./register-rows.ts";

const BATCH_ROWS = 2_000;
const COMPETENCE_CODES_FILE = fileURLToPath(new URL("competence-codes.csv", import.meta.url));

/**
 * Loads providers from CSV with the header `inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn` (11-digit
 * numbers, dates yyyy-mm-dd, validTo inclusive), all or none; providers that are there already take the new values.
 * Answers the number of rows. Throws `RegisterFileError`, and what reading the file throws.
 */
export async function loadRegister(database: Database, path: string): Promise<number> {
  return (await runTransaction(database.institute, (tx) => loadProviders(tx, readBytes(path)))).rows;
}

/** The bytes of a file, opened when they are asked for. */
export async function* readBytes(path: string): AsyncGenerator<Buffer, void> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** As `loadRegister`, in the transaction of the caller. `isFull`: what is not in the file is counted. */
export async function loadProviders(
  tx: TransactionSql,
  body: AsyncIterable<Buffer>,
  isFull = false,
): Promise<RegisterEffect> {
  const staged = await stageProviders(tx, body);
  await lockRegister(tx);
  const effect = await compareStaged(tx, staged, isFull);
  await applyLoaded(tx, effect);
  return effect;
}

/** What loading would do; the transaction's table `loaded` is left with what would change. */
export async function compareProviders(
  tx: TransactionSql,
  body: AsyncIterable<Buffer>,
  isFull: boolean,
): Promise<RegisterEffect> {
  return await compareStaged(tx, await stageProviders(tx, body), isFull);
}

interface Staged {
  readonly rows: number;
  readonly troubles: readonly RegisterTrouble[];
}

/** Reads the file into `loaded`. No lock is held meanwhile: a body may come slowly. */
async function stageProviders(tx: TransactionSql, body: AsyncIterable<Buffer>): Promise<Staged> {
  await createLoadedTable(tx);
  const troubles: RegisterTrouble[] = [];
  let rows = 0;
  let batch = new Map<string, ProviderRow>();
  for await (const row of readProviders(body, troubles)) {
    const { line, inami_root: root } = row;
    const earlier = batch.get(root);
    if (earlier) addTrouble(troubles, repeated(line, earlier.line));
    else batch.set(root, row);
    rows += 1;
    if (batch.size < BATCH_ROWS) continue;
    await stageAll(tx, batch, troubles);
    batch = new Map();
  }
  await stageAll(tx, batch, troubles);
  return { rows, troubles };
}

async function stageAll(
  tx: TransactionSql,
  batch: ReadonlyMap<string, ProviderRow>,
  troubles: RegisterTrouble[],
): Promise<void> {
  if ((await stageBatch(tx, batch)) === 0) return;
  for (const { line, earlier } of await findRepeated(tx, [...batch.values()]))
    addTrouble(troubles, repeated(line, earlier));
}

function repeated(line: number, earlier: number): RegisterTrouble {
  const reason = `its first eight digits stand in line ${earlier} already: keep one of the two lines`;
  return { line, column: "inamiNumber", reason };
}

/** Throws RegisterFileError with all that is wrong, circles of the file and the register too. */
async function compareStaged(tx: TransactionSql, { rows, troubles }: Staged, isFull: boolean): Promise<RegisterEffect> {
  await tx`analyze loaded`;
  const all = [...troubles];
  for (const line of await findCircles(tx)) addTrouble(all, { line, column: "replacedBy", reason: CIRCLE });
  if (all.length > 0) throw new RegisterFileError(all);
  return await compareLoaded(tx, rows, isFull);
}

const CIRCLE =
  "who follows whom does not end, in the file with what the register has: leave it empty for the number that is in use";

/** Answers how many rows were left out, for there is one with that number already. */
async function stageBatch(tx: TransactionSql, rows: ReadonlyMap<string, ProviderRow>): Promise<number> {
  const { count } = await tx`
    insert into loaded (line, inami_root, inami_number, ssin, valid_from, valid_to, replaced_by_root, deceased_on)
    select * from jsonb_to_recordset(${tx.json([...rows.values()] as never)}) as r (line int, inami_root text, inami_number text,
      ssin text, valid_from date, valid_to date, replaced_by_root text, deceased_on date)
    on conflict (inami_root) do nothing`;
  return rows.size - count;
}

export async function isRegisterEmpty(sql: Sql): Promise<boolean> {
  const [row] = await sql`select 1 from provider limit 1`;
  return row === undefined;
}

/** Loads the dated seed list of competence codes; codes that are there already stay as they are. */
export async function loadCompetenceCodes(sql: Sql): Promise<void> {
  const rows: CompetenceCode[] = [];
  for await (const row of createReadStream(COMPETENCE_CODES_FILE).pipe(
    parse({ columns: true, cast: (value) => value || null }),
  )) {
    rows.push(row as CompetenceCode);
  }
  await addCompetenceCodes(sql, rows);
}

export interface CompetenceCode {
  readonly professionDigit: string;
  readonly code: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly label: string;
}

/** Codes that are there already stay as they are. */
export async function addCompetenceCodes(sql: Sql | TransactionSql, rows: readonly CompetenceCode[]): Promise<void> {
  await sql`
    insert into competence_code (profession_digit, code, valid_from, valid_to, label)
    select * from jsonb_to_recordset(${sql.json(rows as never)}) as r
      ("professionDigit" text, code text, "validFrom" date, "validTo" date, label text)
    on conflict do nothing`;
}
