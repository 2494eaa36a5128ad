import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { checkRow } from "../formats/verification/check-row.ts";
import type { AskedRow, VerificationCounts, VerificationForm } from "../formats/verification/verification-answer.ts";
import { answerRows, type Inquiry } from "./answer-rows.ts";
import { readRows } from "./read-rows.ts";
import { insertVerification, lockUsedQuota } from "./verification-queries.ts";

/** Rows a day and insurer. */
export interface VerificationQuota {
  /** From the phase `loading` on, for contracts held. */
  readonly perDay: number;
  /** In the phase `access`, where no contract can stand for the purpose. */
  readonly perDayInAccess: number;
}

/**
 * Reads a file of rows, answers them and keeps the answers in the caller's transaction. All rows are checked before the
 * first is looked up, as one statement: a file that is refused, for its last byte or for the quota, has learnt nothing
 * and left nothing. Its finding is what comes back.
 */
export async function verify(
  tx: TransactionSql,
  inquiry: Inquiry,
  content: AsyncIterable<Buffer>,
  quota: VerificationQuota,
): Promise<VerificationCounts | Finding> {
  const checked = await checkAll(inquiry, content);
  if ("code" in checked) return checked;
  const asked = checked.rows.filter(({ fault }) => fault === undefined).length;
  const exceeded = await checkQuota(tx, inquiry, asked, quota);
  if (exceeded) return exceeded;
  const counts = await answerRows(tx, inquiry, checked.rows);
  await insertVerification(tx, inquiry, checked.form, counts);
  return counts;
}

async function checkAll(
  inquiry: Inquiry,
  content: AsyncIterable<Buffer>,
): Promise<Finding | { readonly rows: readonly AskedRow[]; readonly form: VerificationForm }> {
  const { rows: sent, form } = readRows(content);
  const rows: AskedRow[] = [];
  for (;;) {
    const next = await sent.next();
    if (next.done) return next.value ?? { rows, form: form()! };
    for (const row of next.value) rows.push(checkRow(row, inquiry));
  }
}

async function checkQuota(
  tx: TransactionSql,
  inquiry: Inquiry,
  asked: number,
  { perDay, perDayInAccess }: VerificationQuota,
): Promise<Finding | undefined> {
  const maximum = inquiry.purposeRequired ? perDay : perDayInAccess;
  const left = Math.max(0, maximum - (await lockUsedQuota(tx, inquiry)));
  return asked > left ? { code: "verificationQuotaExceeded", details: { asked, left, maximum } } : undefined;
}
