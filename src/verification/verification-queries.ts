import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import {
  type AnsweredRow,
  VERIFICATION_ANSWERS,
  type VerificationCounts,
  type VerificationForm,
} from "../formats/verification/verification-answer.ts";
import type { Inquiry } from "./answer-rows.ts";

/** A verification that was answered. */
export interface Verification {
  readonly form: VerificationForm;
  /** The business day. */
  readonly checkedOn: string;
  readonly counts: VerificationCounts;
}

/** Keeps what a verification came to, in the transaction that keeps its rows. */
export async function insertVerification(
  tx: TransactionSql,
  { insurerId, submissionId, today, purposeRequired }: Inquiry,
  form: VerificationForm,
  counts: VerificationCounts,
): Promise<void> {
  const asked = countAsked(counts);
  await tx`
    insert into verification (insurer_id, submission_id, form, checked_on, purpose_required, asked_count, valid_count,
      replaced_count, not_valid_on_count, unknown_count, malformed_count)
    values (${insurerId}, ${submissionId}, ${form}, ${today}, ${purposeRequired}, ${asked}, ${counts.valid},
      ${counts.replaced}, ${counts.notValidOn}, ${counts.unknown}, ${counts.malformed})`;
}

/** Rows that were looked up. */
export function countAsked(counts: VerificationCounts): number {
  return counts.valid + counts.replaced + counts.notValidOn + counts.unknown;
}

/**
 * Rows that an insurer had looked up today: on a day of its own that it may move, since the real one began. Locks until the
 * end of the transaction: of two verifications at the same moment the second sees what the first used.
 */
export async function lockUsedQuota(
  tx: TransactionSql,
  { insurerId, today, isAhead }: Pick<Inquiry, "insurerId" | "today" | "isAhead">,
): Promise<number> {
  await tx`select pg_advisory_xact_lock(hashtextextended('verification quota', ${insurerId}))`;
  const [row] = await tx<{ used: number }[]>`
    select coalesce(sum(asked_count), 0)::int as used from verification
    where insurer_id = ${insurerId} and ${isAhead ? askedSinceMidnight(tx) : tx`checked_on = ${today}`}`;
  return row!.used;
}

function askedSinceMidnight(tx: TransactionSql) {
  return tx`submission_id in (
    select submission_id from submission s where s.insurer_id = verification.insurer_id
      and s.received_at >= date_trunc('day', now(), 'Europe/Brussels'))`;
}

export async function findVerification(tenant: Tenant, submissionId: string): Promise<Verification | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<(Omit<Verification, "counts"> & { [answer in keyof VerificationCounts]: number })[]>`
      select form, checked_on as "checkedOn", valid_count as valid, replaced_count as replaced,
        not_valid_on_count as "notValidOn", unknown_count as unknown, malformed_count as malformed
      from verification where insurer_id = ${tenant.insurerId} and submission_id = ${submissionId}`,
  );
  if (!row) return undefined;
  const counts = Object.fromEntries(VERIFICATION_ANSWERS.map((answer) => [answer, row[answer]]));
  return { form: row.form, checkedOn: row.checkedOn, counts: counts as VerificationCounts };
}

export interface RowPage {
  /** 0 for the first page. */
  readonly afterRow: number;
  readonly limit: number;
}

/** Answers in the order of the rows. */
export async function listAnsweredRows(tenant: Tenant, submissionId: string, page: RowPage): Promise<AnsweredRow[]> {
  return await tenant.run(
    (tx) => tx<AnsweredRow[]>`
      select row_number as "rowNumber", number, contract_number as "contractNumber", answer, fault,
        inami_numbers as "inamiNumbers", replaced_by as "replacedBy", not_valid_on as "notValidOn"
      from verification_row
      where insurer_id = ${tenant.insurerId} and submission_id = ${submissionId} and row_number > ${page.afterRow}
      order by row_number limit ${page.limit}`,
  );
}

const PAGE_ROWS = 1_000;

/** All answers, a page at a time. */
export async function* iterateAnsweredRows(tenant: Tenant, submissionId: string): AsyncGenerator<AnsweredRow[]> {
  for (let afterRow = 0; ; ) {
    const rows = await listAnsweredRows(tenant, submissionId, { afterRow, limit: PAGE_ROWS });
    if (rows.length === 0) return;
    yield rows;
    afterRow = rows.at(-1)!.rowNumber;
  }
}
