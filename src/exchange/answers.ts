import { compressChunks, decompressChunks } from "../database/compressed-chunks.ts";
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
 * answer to an account on a day, whatever its code.
 */
export async function insertAnswer(
  tx: TransactionSql,
  subject: AnswerSubject,
  content: AsyncIterable<Buffer>,
): Promise<DueAnswer> {
  const { insurerId, accountName, code, day } = subject;
  await tx`select pg_advisory_xact_lock(hashtextextended(${`exchange_answer ${accountName}`}, ${insurerId}))`;
  const [last] = await tx<{ sequence: number | null }[]>`
    select max(sequence) as sequence from exchange_answer
    where insurer_id = ${insurerId} and account_name = ${accountName} and day = ${day}`;
  const sequence = (last!.sequence ?? 0) + 1;
  const { enterpriseNumber, letter } = subject;
  const date = day.replaceAll("-", "");
  const name = { code, enterpriseNumber, date, sequence: formatSequence(sequence), letter };
  const fileName = formatExchangeFileName("FO", name);
  const [row] = await tx<{ answerId: string }[]>`
    insert into exchange_answer (insurer_id, account_name, code, day, sequence, file_name, answered_name, submission_id,
      byte_length, report_due, created_at)
    values (${insurerId}, ${accountName}, ${code}, ${day}, ${sequence}, ${fileName}, ${subject.answeredName},
      ${subject.submissionId ?? null}, 0, ${subject.reportDue}, now())
    returning answer_id as "answerId"`;
  const { answerId } = row!;
  await insertContent(tx, insurerId, answerId, content);
  return { answerId, fileName };
}

async function insertContent(
  tx: TransactionSql,
  insurerId: number,
  answerId: string,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  let byteLength = 0;
  async function* measured() {
    for await (const bytes of content) {
      byteLength += bytes.length;
      yield bytes;
    }
  }
  let chunkNumber = 0;
  for await (const bytes of compressChunks(measured())) {
    await tx`
      insert into exchange_answer_content (insurer_id, answer_id, chunk_number, bytes)
      values (${insurerId}, ${answerId}, ${chunkNumber}, ${bytes})`;
    chunkNumber += 1;
  }
  await tx`
    update exchange_answer set byte_length = ${byteLength} where insurer_id = ${insurerId} and answer_id = ${answerId}`;
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

/**
 * Has the answers that an account got about a submission under a name written to OUT again: same content, same number.
 * Answers those there are; none: the file came under another name or through another door.
 */
export async function reviveAnswers(
  tx: TransactionSql,
  {
    insurerId,
    accountName,
    answeredName,
    submissionId,
  }: Omit<AnswerSubject, "code" | "day" | "letter" | "enterpriseNumber" | "reportDue">,
): Promise<DueAnswer[]> {
  return await tx<DueAnswer[]>`
    update exchange_answer set published_at = null, fetched_at = null, noticed_at = null, removed_at = null
    where insurer_id = ${insurerId} and account_name = ${accountName} and answered_name = ${answeredName}
      and submission_id = ${submissionId ?? null}
    returning answer_id as "answerId", file_name as "fileName"`;
}

const DUE_AT_ONCE = 100;

/** Answers to be written, oldest first. */
export async function listDueAnswers(tenant: Tenant, accountName: string): Promise<DueAnswer[]> {
  return await tenant.run(
    (tx) => tx<DueAnswer[]>`
      select answer_id as "answerId", file_name as "fileName" from exchange_answer
      where insurer_id = ${tenant.insurerId} and account_name = ${accountName}
        and published_at is null and fetched_at is null and removed_at is null
      order by answer_id limit ${DUE_AT_ONCE}`,
  );
}

export async function markPublished(tenant: Tenant, answerId: string): Promise<void> {
  await tenant.run(
    (tx) => tx`
      update exchange_answer set published_at = now() where insurer_id = ${tenant.insurerId} and answer_id = ${answerId}`,
  );
}

/** Marks what was in OUT and is not any more. `names` were listed there before any answer was written since. */
export async function markFetched(tenant: Tenant, accountName: string, names: readonly string[]): Promise<void> {
  await tenant.run(
    (tx) => tx`
      update exchange_answer set fetched_at = now()
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
