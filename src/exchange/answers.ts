import { compressChunks, compressWhole, decompressChunks } from "../database/compressed-chunks.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import {
  type AnswerCode,
  formatExchangeFileName,
  formatSequence,
  type NameLetter,
} from "../formats/exchange-file-name.ts";

/** An answer that is to be written to OUT. */
export interface DueAnswer {
  readonly answerId: string;
  readonly fileName: string;
  /** A simulation of validation loses or delays it: it is not written now. */
  readonly isHeldBack?: boolean;
  /** Its bytes, where whoever decided it still has them. */
  readonly content?: Buffer;
}

/** What an answer is about and for whom. */
export interface AnswerSubject {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly accountName: string;
  readonly code: AnswerCode;
  /** `yyyy-mm-dd`. */
  readonly day: string;
  readonly letter: NameLetter;
  /** Of the file in IN. */
  readonly answeredName: string;
  readonly submissionId?: string;
  /** A report is to follow. */
  readonly reportDue: boolean;
}

/**
 * Decides number and content of an answer, in the transaction that decides what it tells. Numbers go up by one for each
 * answer to an account on a day, whatever its code. `content` is a buffer where it is small.
 */
export async function insertAnswer(
  tx: TransactionSql,
  subject: AnswerSubject,
  content: Buffer | AsyncIterable<Buffer>,
): Promise<DueAnswer> {
  const { insurerId, accountName, code, day } = subject;
  // Sent together, run in order: the second sees what was committed until the lock was granted.
  const [, [next]] = await Promise.all([
    tx`select pg_advisory_xact_lock(hashtextextended(${`exchange_answer ${accountName}`}, ${insurerId}))`,
    tx<{ answerId: string; sequence: number }[]>`
      select uuidv7() as "answerId", coalesce(max(sequence), 0) + 1 as sequence from exchange_answer
      where insurer_id = ${insurerId} and account_name = ${accountName} and day = ${day}`,
  ]);
  const { answerId, sequence } = next!;
  const { enterpriseNumber, letter } = subject;
  const date = day.replaceAll("-", "");
  const name = { code, enterpriseNumber, date, sequence: formatSequence(sequence), letter };
  const fileName = formatExchangeFileName("FO", name);
  const place = { insurerId, answerId };
  const decided = { ...subject, sequence, fileName, byteLength: Buffer.isBuffer(content) ? content.length : 0 };
  if (Buffer.isBuffer(content)) {
    const [isHeldBack] = await Promise.all([
      insertRow(tx, place, decided),
      insertChunk(tx, place, 0, compressWhole(content)),
    ]);
    return { answerId, fileName, ...(isHeldBack && { isHeldBack }) };
  }
  const isHeldBack = await insertRow(tx, place, decided);
  await insertContent(tx, place, content);
  return { answerId, fileName, ...(isHeldBack && { isHeldBack }) };
}

interface AnswerPlace {
  readonly insurerId: number;
  readonly answerId: string;
}

interface Decided extends AnswerSubject {
  readonly sequence: number;
  readonly fileName: string;
  readonly byteLength: number;
}

/** A simulation that was ordered for such an answer is used up by it; answers whether it keeps it from being written now. */
async function insertRow(tx: TransactionSql, { insurerId, answerId }: AnswerPlace, decided: Decided): Promise<boolean> {
  const [row] = await tx<{ isHeldBack: boolean }[]>`
    with spoiled as (
      update simulation_order set used_at = clock_timestamp()
      where insurer_id = ${insurerId} and order_id = (
        select order_id from simulation_order
        where insurer_id = ${insurerId} and kind in ('loseAnswer', 'delayAnswer', 'doubleAnswer') and used_at is null
          and coalesce(answer_code = ${decided.code}::text, true)
        order by order_id limit 1 for update skip locked)
      returning kind, delay_seconds)
    insert into exchange_answer (insurer_id, answer_id, account_name, code, day, sequence, file_name, answered_name,
      submission_id, byte_length, report_due, created_at, published_at, fetched_at, not_before, is_doubled, simulated)
    select ${insurerId}, ${answerId}, ${decided.accountName}, ${decided.code}, ${decided.day}, ${decided.sequence},
      ${decided.fileName}, ${decided.answeredName}, ${decided.submissionId ?? null}, ${decided.byteLength},
      ${decided.reportDue}, now(), case when kind = 'loseAnswer' then now() end, case when kind = 'loseAnswer' then now() end,
      now() + delay_seconds * interval '1 s', coalesce(kind = 'doubleAnswer', false), kind is not null
    from (select 1) one left join spoiled on true
    returning published_at is not null or not_before is not null as "isHeldBack"`;
  return row!.isHeldBack;
}

async function insertContent(tx: TransactionSql, place: AnswerPlace, content: AsyncIterable<Buffer>): Promise<void> {
  let byteLength = 0;
  async function* measured() {
    for await (const bytes of content) {
      byteLength += bytes.length;
      yield bytes;
    }
  }
  let chunkNumber = 0;
  for await (const bytes of compressChunks(measured())) await insertChunk(tx, place, chunkNumber++, bytes);
  const { insurerId, answerId } = place;
  await tx`
    update exchange_answer set byte_length = ${byteLength} where insurer_id = ${insurerId} and answer_id = ${answerId}`;
}

async function insertChunk(
  tx: TransactionSql,
  { insurerId, answerId }: AnswerPlace,
  chunkNumber: number,
  bytes: Buffer,
): Promise<void> {
  await tx`
    insert into exchange_answer_content (insurer_id, answer_id, chunk_number, bytes)
    values (${insurerId}, ${answerId}, ${chunkNumber}, ${bytes})`;
}

/** The bytes of an answer as decided. */
export function readAnswer(tenant: Tenant, answerId: string): AsyncIterable<Buffer> {
  return decompressChunks(storedChunks(tenant, answerId));
}

async function* storedChunks(tenant: Tenant, answerId: string): AsyncGenerator<Buffer> {
  for (let chunkNumber = 0; ; chunkNumber += 1) {
    const [row] = await tenant.run(
      (tx) => tx<{ bytes: Buffer }[]>`
        select bytes from exchange_answer_content
        where insurer_id = ${tenant.insurerId} and answer_id = ${answerId} and chunk_number = ${chunkNumber}`,
    );
    if (!row) return;
    yield row.bytes;
  }
}

/** Which answers about a submission: all, or those that one account got under one name. */
export interface AnswerChoice {
  readonly insurerId: number;
  readonly submissionId: string;
  readonly to?: { readonly accountName: string; readonly answeredName: string };
}

/**
 * Has answers about a submission written to OUT again: same content, same number. Answers those there are; none: the file
 * came under another name or through another door.
 */
export async function reviveAnswers(
  tx: TransactionSql,
  { insurerId, submissionId, to }: AnswerChoice,
): Promise<DueAnswer[]> {
  return await tx<DueAnswer[]>`
    update exchange_answer set published_at = null, fetched_at = null, noticed_at = null, removed_at = null
    where insurer_id = ${insurerId} and submission_id = ${submissionId}
      ${to ? tx`and account_name = ${to.accountName} and answered_name = ${to.answeredName}` : tx``}
    returning answer_id as "answerId", file_name as "fileName"`;
}

/** `due`: to be written to OUT. `removed`: nobody fetched it in time. */
export const ANSWER_STATES = ["due", "waiting", "fetched", "removed"] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

/** Where an answer is, as a column. */
export const ANSWER_STATE = `
  case when removed_at is not null then 'removed' when fetched_at is not null then 'fetched'
    when published_at is not null then 'waiting' else 'due' end as state`;

/** An answer as the insurer sees it: not what it says. */
export interface AnswerView {
  readonly fileName: string;
  readonly code: AnswerCode;
  /** The file in IN that it answers. */
  readonly answeredName: string;
  readonly state: AnswerState;
  readonly createdAt: Date;
}

/** The answers about a submission that went, or go, to SFTP accounts, oldest first. */
export async function listAnswersAbout(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
): Promise<AnswerView[]> {
  return await tx<AnswerView[]>`
    select file_name as "fileName", code, answered_name as "answeredName", created_at as "createdAt",
      ${tx.unsafe(ANSWER_STATE)}
    from exchange_answer where insurer_id = ${insurerId} and submission_id = ${submissionId} order by answer_id`;
}

const DUE_AT_ONCE = 100;

/** Answers to be written, oldest first. */
export async function listDueAnswers(tenant: Tenant, accountName: string): Promise<DueAnswer[]> {
  return await tenant.run(
    (tx) => tx<DueAnswer[]>`
      select answer_id as "answerId", file_name as "fileName" from exchange_answer
      where insurer_id = ${tenant.insurerId} and account_name = ${accountName}
        and published_at is null and fetched_at is null and removed_at is null
        and coalesce(not_before <= now(), true)
      order by answer_id limit ${DUE_AT_ONCE}`,
  );
}

export async function markPublished(tenant: Tenant, answerId: string): Promise<void> {
  await tenant.run(
    (tx) => tx`
      update exchange_answer set published_at = now() where insurer_id = ${tenant.insurerId} and answer_id = ${answerId}`,
  );
}

/** Marks what was in OUT and is not any more; what is to come twice is to be written again. `names` were listed there before any answer was written since. */
export async function markFetched(tenant: Tenant, accountName: string, names: readonly string[]): Promise<void> {
  await tenant.run(
    (tx) => tx`
      update exchange_answer
      set fetched_at = case when is_doubled then null else now() end,
        published_at = case when is_doubled then null else published_at end, is_doubled = false
      where insurer_id = ${tenant.insurerId} and account_name = ${accountName} and published_at is not null
        and fetched_at is null and removed_at is null and file_name <> all(${[...names]})`,
  );
}

/** Answers that have been in OUT since before an instant, oldest first. */
export async function listUnfetched(tenant: Tenant, accountName: string, before: Date): Promise<DueAnswer[]> {
  return await tenant.run(
    (tx) => tx<DueAnswer[]>`
      select answer_id as "answerId", file_name as "fileName" from exchange_answer
      where insurer_id = ${tenant.insurerId} and account_name = ${accountName} and published_at < ${before}
        and fetched_at is null and removed_at is null
      order by published_at limit ${DUE_AT_ONCE}`,
  );
}

export async function markRemoved(tenant: Tenant, answerId: string): Promise<void> {
  await tenant.run(
    (tx) => tx`
      update exchange_answer set removed_at = now() where insurer_id = ${tenant.insurerId} and answer_id = ${answerId}`,
  );
}
