import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { CsvError, parse } from "csv-parse";
import type { Database } from "../database/connection.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { parseCalendarDate } from "../formats/contract-file/calendar-date.ts";
import { applyLoaded, compareLoaded, createLoadedTable, lockRegister, type RegisterEffect } from "./apply-register.ts";

const BATCH_ROWS = 2_000;
/** A quotation mark that is never closed does not fill the memory. */
const MAXIMUM_ROW_CHARACTERS = 10_000;
export const REGISTER_COLUMNS = ["inamiNumber", "ssin", "validFrom", "validTo", "replacedBy", "deceasedOn"] as const;
const COMPETENCE_CODES_FILE = fileURLToPath(new URL("competence-codes.csv", import.meta.url));

/** A row of the register file is wrong: the whole file is left aside. `line` counts from 1. */
export class RegisterFileError extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(`line ${line} of the register file: ${reason}`);
    this.name = "RegisterFileError";
    this.line = line;
  }
}

/**
 * Loads providers from CSV with the header `inamiNumber,ssin,validFrom,validTo,replacedBy,deceasedOn` (11-digit
 * numbers, dates yyyy-mm-dd, validTo inclusive), all or none; providers that are there already take the new values,
 * and of two rows with the same root the later one counts. Answers the number of rows. Throws `RegisterFileError`, and
 * what reading the file throws.
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
  const rows = await stageProviders(tx, body);
  await lockRegister(tx);
  const effect = await compareLoaded(tx, rows, isFull);
  await applyLoaded(tx, effect);
  return effect;
}

/** What loading would do; the transaction's table `loaded` is left with what would change. */
export async function compareProviders(
  tx: TransactionSql,
  body: AsyncIterable<Buffer>,
  isFull: boolean,
): Promise<RegisterEffect> {
  return await compareLoaded(tx, await stageProviders(tx, body), isFull);
}

/** Reads the file into `loaded`; answers the number of rows. No lock is held meanwhile: a body may come slowly. */
async function stageProviders(tx: TransactionSql, body: AsyncIterable<Buffer>): Promise<number> {
  await createLoadedTable(tx);
  let count = 0;
  let batch = new Map<string, ProviderRow>();
  for await (const row of readProviders(body)) {
    batch.set(row.inami_root, row);
    count += 1;
    if (batch.size < BATCH_ROWS) continue;
    await stageBatch(tx, batch);
    batch = new Map();
  }
  await stageBatch(tx, batch);
  return count;
}

type RegisterLine = Record<(typeof REGISTER_COLUMNS)[number], string>;

async function* readProviders(body: AsyncIterable<Buffer>): AsyncGenerator<ProviderRow> {
  const options = { info: true, bom: true, skip_empty_lines: true, max_record_size: MAXIMUM_ROW_CHARACTERS } as const;
  const parser = parse({ ...options, columns: checkHeader });
  // What goes wrong with the file is thrown to whoever reads the parser.
  const rows = pipeline(body, parser, () => {});
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: RegisterLine; info: { lines: number } }>) {
      yield toProvider(record, info.lines);
    }
  } catch (error) {
    if (error instanceof CsvError) throw new RegisterFileError(Number(error.lines), "it is no row of this CSV file");
    throw error;
  }
}

function checkHeader(header: string[]): string[] {
  if (header.join() !== REGISTER_COLUMNS.join())
    throw new RegisterFileError(1, `the header must be ${REGISTER_COLUMNS.join()}`);
  return header;
}

interface ProviderRow {
  readonly inami_root: string;
  readonly inami_number: string;
  readonly ssin: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly replaced_by_root: string | null;
  readonly deceased_on: string | null;
}

type Pattern = Pick<RegExp, "test">;
const INAMI_NUMBER = /^\d{11}$/;
const SSIN = /^\d{11}$/;
const DATE = { test: (text: string) => parseCalendarDate(text) > 0 };

function toProvider(line: RegisterLine, lineNumber: number): ProviderRow {
  const check = (value: string, pattern: Pattern, column: keyof RegisterLine) => {
    if (!pattern.test(value))
      throw new RegisterFileError(lineNumber, `${column} is missing or has another form than expected`);
    return value;
  };
  const optional = (column: keyof RegisterLine, pattern: Pattern) =>
    line[column] === "" ? null : check(line[column], pattern, column);
  const inamiNumber = check(line.inamiNumber, INAMI_NUMBER, "inamiNumber");
  return {
    inami_root: inamiNumber.slice(0, 8),
    inami_number: inamiNumber,
    ssin: check(line.ssin, SSIN, "ssin"),
    valid_from: check(line.validFrom, DATE, "validFrom"),
    valid_to: optional("validTo", DATE),
    replaced_by_root: optional("replacedBy", INAMI_NUMBER)?.slice(0, 8) ?? null,
    deceased_on: optional("deceasedOn", DATE),
  };
}

async function stageBatch(tx: TransactionSql, rows: ReadonlyMap<string, ProviderRow>): Promise<void> {
  await tx`
    insert into loaded (inami_root, inami_number, ssin, valid_from, valid_to, replaced_by_root, deceased_on)
    select * from jsonb_to_recordset(${tx.json([...rows.values()] as never)}) as r (inami_root text, inami_number text, ssin text,
      valid_from date, valid_to date, replaced_by_root text, deceased_on date)
    on conflict (inami_root) do update set inami_number = excluded.inami_number, ssin = excluded.ssin,
      valid_from = excluded.valid_from, valid_to = excluded.valid_to, replaced_by_root = excluded.replaced_by_root,
      deceased_on = excluded.deceased_on`;
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
