import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { checkRow } from "../formats/verification/check-row.ts";
import type { AskedRow, VerificationCounts } from "../formats/verification/verification-answer.ts";
import { answerRows, type Inquiry } from "./answer-rows.ts";
import { readRows } from "./read-rows.ts";
import { countAsked, insertVerification, lockUsedQuota } from "./verification-queries.ts";

/** Rows a day and insurer. */
export interface VerificationQuota {
  /** From the phase `loading` on, for contracts held. */
  readonly perDay: number;
  /** In the phase `access`, where no contract can stand for the purpose. */
  readonly perDayInAccess: number;
}

const BATCH_ROWS = 10_000;

/** What leads back to where everything is undone. */
class Refused extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(`refused: ${finding.code}`);
    this.name = "Refused";
    this.finding = finding;
  }
}

/**
 * Reads a file of rows, answers them and keeps the answers, all or none, in the caller's transaction. A file that is
 * refused, be it for its last byte or the quota, leaves nothing: its finding is what comes back.
 */
export async function verify(
  tx: TransactionSql,
  inquiry: Inquiry,
  content: AsyncIterable<Buffer>,
  quota: VerificationQuota,
): Promise<VerificationCounts | Finding> {
  try {
    return await tx.savepoint(async (point) => await answerAll(point, inquiry, content, quota));
  } catch (error) {
    if (error instanceof Refused) return error.finding;
    throw error;
  }
}

async function answerAll(
  tx: TransactionSql,
  inquiry: Inquiry,
  content: AsyncIterable<Buffer>,
  quota: VerificationQuota,
): Promise<VerificationCounts> {
  const { rows, form } = readRows(content);
  let counts: VerificationCounts = { valid: 0, replaced: 0, notValidOn: 0, unknown: 0, malformed: 0 };
  let batch: AskedRow[] = [];
  const flush = async () => {
    if (batch.length > 0) counts = add(counts, await answerRows(tx, inquiry, batch));
    batch = [];
  };
  for (;;) {
    const next = await rows.next();
    if (next.done) {
      if (next.value) throw new Refused(next.value);
      break;
    }
    for (const row of next.value) {
      batch.push(checkRow(row, inquiry));
      if (batch.length >= BATCH_ROWS) await flush();
    }
  }
  await flush();
  await checkQuota(tx, inquiry, countAsked(counts), quota);
  await insertVerification(tx, inquiry, form()!, counts);
  return counts;
}

async function checkQuota(
  tx: TransactionSql,
  { insurerId, today, purposeRequired }: Inquiry,
  asked: number,
  { perDay, perDayInAccess }: VerificationQuota,
): Promise<void> {
  const maximum = purposeRequired ? perDay : perDayInAccess;
  const left = Math.max(0, maximum - (await lockUsedQuota(tx, insurerId, today)));
  if (asked > left) throw new Refused({ code: "verificationQuotaExceeded", details: { asked, left, maximum } });
}

function add(some: VerificationCounts, more: VerificationCounts): VerificationCounts {
  return {
    valid: some.valid + more.valid,
    replaced: some.replaced + more.replaced,
    notValidOn: some.notValidOn + more.notValidOn,
    unknown: some.unknown + more.unknown,
    malformed: some.malformed + more.malformed,
  };
}
