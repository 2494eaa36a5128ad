import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PendingQuery, Row } from "postgres";
import { renderCopyValue } from "../database/copy-text.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { AskedRow, VerificationAnswer, VerificationCounts } from "../formats/verification/verification-answer.ts";
import { lastReplacement } from "../register/check-staged-providers.ts";
import { type Asker, isWithheld } from "../register/withheld-numbers.ts";

type Fragment = PendingQuery<Row[]>;

/** For whom and on which day rows are answered. */
export interface Inquiry extends Asker {
  readonly submissionId: string;
  /** The business day. */
  readonly today: string;
  /** Of a space that was moved ahead: its day is not the real one, by which limits count. */
  readonly isAhead: boolean;
  /** Only for contracts that the insurer holds; false in the phase `access`, where it holds none. */
  readonly purposeRequired: boolean;
}

/** More than so many stand in a table of their own, and are joined by hashing, in as much memory. */
const FEW_ROWS = 5_000;
const WORK_MEMORY = "64MB";

/**
 * Answers rows and keeps the answers, once in a transaction. A row is answered for a contract of this insurer that counts and
 * whose provider is the person asked for; anybody else is as unknown as one who never was, whatever other insurers hold.
 * Returns the counts.
 */
export async function answerRows(
  tx: TransactionSql,
  inquiry: Inquiry,
  rows: readonly AskedRow[],
): Promise<VerificationCounts> {
  const { insurerId, submissionId, today, purposeRequired } = inquiry;
  const isMany = rows.length > FEW_ROWS;
  if (isMany) await stageRows(tx, rows);
  const answered = await tx<{ answer: VerificationAnswer; count: number }[]>`
    with ${isMany ? tx`` : tx`asked as materialized (${composeRows(tx, rows)}),`}
    ${purposeRequired ? tx`held as materialized (${heldContracts(tx, insurerId)}),` : tx``}
    named as (${namedProviders(tx)}),
    found as (
      select p.row_number, min(p.national) as national,
        array_agg(p.inami_number order by p.inami_number) filter (where p.replaced_by_root is null and p.valid_from <= ${today}::date
          and coalesce(p.valid_to >= ${today}::date, true) and coalesce(p.deceased_on >= ${today}::date, true)) as inami_numbers,
        min(p.inami_root) filter (where p.replaced_by_root is not null) as replaced_root
      from named p where ${purposeRequired ? isHeld(tx) : tx`true`} and not ${isWithheld(tx, inquiry, tx`p.inami_root`)} group by p.row_number),
    told as (
      select row_number, national, inami_numbers, case when inami_numbers is null then (
        select coalesce(replacing.inami_number, last.root)
        from provider p cross join lateral (${lastReplacement(tx)}) last
        left join provider replacing on replacing.inami_root = last.root
        where p.inami_root = replaced_root) end as replaced_by
      from found),
    answered as (
      select a.*, t.inami_numbers, coalesce(t.national, t.replaced_by) as replaced_by,
        case when a.fault is not null then 'malformed' when t.row_number is null then 'unknown'
          when t.national is not null and t.inami_numbers is not null or t.replaced_by is not null then 'replaced'
          when t.inami_numbers is not null then 'valid' else 'notValidOn' end as answer
      from asked a left join told t using (row_number)),
    kept as (
      insert into verification_row (insurer_id, submission_id, row_number, number, contract_number, answer, fault,
        inami_numbers, replaced_by, not_valid_on)
      select ${insurerId}::int, ${submissionId}::uuid, row_number, number, contract_number, answer, fault, inami_numbers,
        case when answer = 'replaced' then replaced_by end, case when answer = 'notValidOn' then ${today}::date end
      from answered returning answer)
    select answer, count(*)::int as count from kept group by answer`;
  const counts = Object.fromEntries(answered.map(({ answer, count }) => [answer, count]));
  return { valid: 0, replaced: 0, notValidOn: 0, unknown: 0, malformed: 0, ...counts };
}

/**
 * As a table with statistics, for which a small sample is enough: without any, the planner hashes the register and all
 * contracts rather than the rows. Numbers hardly repeat: to memoize their look-ups costs more than it saves.
 */
async function stageRows(tx: TransactionSql, rows: readonly AskedRow[]): Promise<void> {
  await tx`
    select set_config('work_mem', ${WORK_MEMORY}, true), set_config('enable_memoize', 'off', true),
      set_config('default_statistics_target', '10', true)`;
  await tx`
    create temporary table asked (row_number int, number text collate "C", contract_number text collate "C", ssin text collate "C",
      bis_number text collate "C", inami_root text collate "C", fault text) on commit drop`;
  const copy = await tx`copy asked from stdin`.writable();
  await pipeline(Readable.from(renderLines(rows)), copy);
  await tx`analyze asked`;
}

const LINES_AT_ONCE = 1_000;

function* renderLines(rows: readonly AskedRow[]): Generator<string> {
  for (let at = 0; at < rows.length; at += LINES_AT_ONCE) {
    let lines = "";
    for (const row of rows.slice(at, at + LINES_AT_ONCE)) {
      const { rowNumber, number, contractNumber, ssin, inamiRoot, fault } = row;
      const values = [rowNumber, number, contractNumber, ssin, bisNumberOf(row), inamiRoot, fault];
      lines += `${values.map(renderCopyValue).join("\t")}\n`;
    }
    yield lines;
  }
}

/** The rows as a query: what each is looked up as, or its fault. */
function composeRows(tx: TransactionSql, rows: readonly AskedRow[]): Fragment {
  return tx`
    select * from unnest(${toArray(rows, ({ rowNumber }) => rowNumber)}::text::int[],
      ${toArray(rows, ({ number }) => quote(number))}::text::text[],
      ${toArray(rows, ({ contractNumber }) => quote(contractNumber))}::text::text[], ${toArray(rows, ({ ssin }) => ssin)}::text::text[],
      ${toArray(rows, bisNumberOf)}::text::text[], ${toArray(rows, ({ inamiRoot }) => inamiRoot)}::text::text[],
      ${toArray(rows, ({ fault }) => fault)}::text::text[])
      as sent (row_number, number, contract_number, ssin, bis_number, inami_root, fault)`;
}

/** The SSIN where it is a BIS number: its month is raised by 20 or 40. */
function bisNumberOf({ ssin }: AskedRow): string | undefined {
  return ssin !== undefined && ssin.slice(2, 4) > "12" ? ssin : undefined;
}

/** A column of the rows as PostgreSQL writes an array: the driver takes several times as long for so many elements. */
function toArray(rows: readonly AskedRow[], element: (row: AskedRow) => string | number | undefined): string {
  let elements = "";
  for (const row of rows) elements += `,${element(row) ?? "NULL"}`;
  return `{${elements.slice(1)}}`;
}

const NEEDS_ESCAPE = /["\\]/g;

function quote(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `"${text.replace(NEEDS_ESCAPE, "\\$&")}"`;
}

/**
 * The providers a row names: all numbers of a person, also by the BIS number that a national one replaced (`national`), or
 * the one with the INAMI number. What has the form of both is an INAMI number only where no person has it as NISS. That and
 * BIS numbers are rare: `offset 0` keeps the planner from hashing the whole register for them.
 */
function namedProviders(tx: TransactionSql): Fragment {
  const columns = tx`a.row_number, p.inami_root, p.inami_number, p.ssin, p.valid_from, p.valid_to,
    p.deceased_on, p.replaced_by_root`;
  return tx`
    select ${columns}, null::text as national from asked a join provider p on p.ssin = a.ssin
    union all
    select ${columns}, null from asked a join provider p on p.inami_root = a.inami_root
    where a.inami_root is not null
      and (a.ssin is null or not exists (select from provider person where person.ssin = a.ssin offset 0))
    union all
    select distinct ${columns}, p.ssin from asked a
    cross join lateral (
      select inami_root, ssin from provider_version had
      where had.ssin = a.bis_number and substr(had.ssin, 3, 2) > '12' offset 0) had
    cross join lateral (select * from provider p where p.inami_root = had.inami_root and p.ssin <> had.ssin offset 0) p
    where a.bis_number is not null`;
}

/** The contracts of the insurer with the numbers that the rows are for. */
function heldContracts(tx: TransactionSql, insurerId: number): Fragment {
  return tx`
    select a.row_number, c.inami_root from asked a
    join contract c on c.insurer_id = ${insurerId} and c.contract_number = a.contract_number
    where c.cancelled_at is null and c.transferred_on is null`;
}

/**
 * Whether the contract that the row is for is held under a number of the same person or one that led to it. Whose number it
 * is otherwise is looked up only where it is another than the row's.
 */
function isHeld(tx: TransactionSql): Fragment {
  return tx`exists (
    select from held c
    where c.row_number = p.row_number and (c.inami_root = p.inami_root or c.inami_root = p.replaced_by_root
      or (select ssin from provider holder where holder.inami_root = c.inami_root) = p.ssin))`;
}
