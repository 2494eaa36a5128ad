import type { TransactionSql } from "../database/sql.ts";
import { createTenantWithin } from "../database/tenant-scope.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import type { AnsweredRow, VerificationCounts } from "../formats/verification/verification-answer.ts";
import { getPhase } from "../identity/insurer-phase.ts";
import {
  countAsked,
  findVerification,
  listAnsweredRows,
  type Verification,
} from "../verification/verification-queries.ts";
import { verify } from "../verification/verify.ts";
import type { Intake } from "./intake.ts";
import { readPayload } from "./payload-store.ts";
import type { Claim } from "./process-submission.ts";
import { reachStep } from "./steps.ts";
import type { Submission } from "./submission.ts";
import { findSubmission } from "./submission-queries.ts";

/** A file of verification has so many bytes at most: a hundred thousand rows have a third of them. */
export const MAXIMUM_VERIFICATION_BYTES = 16 * 1024 * 1024;

type Target = Pick<Claim, "insurerId" | "submissionId" | "attempt">;

/**
 * Answers a submission of the kind `inamiVerification` in the caller's transaction: whole or not at all. Nothing waits for
 * it and it waits for nothing, so it takes no lock of the insurer's.
 */
export async function verifySubmission(intake: Intake, tx: TransactionSql, claim: Target): Promise<void> {
  const { insurerId, submissionId } = claim;
  const { kind, reference } = await answerSubmission(intake, tx, claim);
  await insertEvents(tx, [{ insurerId, kind, details: { submissionId, reference } }]);
}

async function answerSubmission(intake: Intake, tx: TransactionSql, claim: Target): Promise<Ended> {
  const { insurerId, submissionId } = claim;
  const { clock, environmentName } = intake;
  const today = await clock.todayOf(insurerId);
  const inquiry = {
    ...{ insurerId, submissionId, environmentName, today, isAhead: today !== clock.today() },
    purposeRequired: (await getPhase(tx, insurerId)) !== "access",
  };
  const content = readPayload(createTenantWithin(tx, insurerId), submissionId);
  const result = await verify(tx, inquiry, content, intake.verificationQuota);
  reachStep("process.staged");
  return await endVerification(tx, claim, "code" in result ? { findings: [result] } : { findings: [], counts: result });
}

/** A verification as it stands, with one page of its answers and one more row where there is a next page. */
export interface StandingVerification {
  readonly submission: Submission;
  readonly verification: Verification | undefined;
  readonly rows: readonly AnsweredRow[];
}

/** Undefined where the submission is of another kind, or none. In the caller's transaction, which is the insurer's. */
export async function findStanding(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
  page: { readonly afterRow: number; readonly pageSize: number },
): Promise<StandingVerification | undefined> {
  const tenant = createTenantWithin(tx, insurerId);
  const submission = await findSubmission(tenant, submissionId);
  if (submission?.kind !== "inamiVerification") return undefined;
  const verification = await findVerification(tenant, submissionId);
  const { afterRow, pageSize } = page;
  return {
    submission,
    verification,
    rows: await listAnsweredRows(tenant, submissionId, { afterRow, limit: pageSize + 1 }),
  };
}

/**
 * Answers one that was received in this same transaction, for a sender who waits. Before the commit nobody else knows of
 * it, so there is nothing to claim; and no event tells what the answer has told.
 */
export async function verifyAtOnce(intake: Intake, tx: TransactionSql, target: Omit<Target, "attempt">): Promise<void> {
  const { insurerId, submissionId } = target;
  await tx`
    update submission set state = 'processing', attempts = 1
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  await answerSubmission(intake, tx, { ...target, attempt: 1 });
}

interface Ended {
  readonly kind: "submissionProcessed" | "submissionRefused";
  readonly reference: string | null;
}

/** An answer is an outcome: rows that were looked up count as accepted, those that were malformed as rejected. */
async function endVerification(
  tx: TransactionSql,
  { insurerId, submissionId, attempt }: Target,
  { findings, counts }: { readonly findings: readonly Finding[]; readonly counts?: VerificationCounts },
): Promise<Ended> {
  const asked = counts ? countAsked(counts) : 0;
  const [ended] = await tx<{ reference: string | null }[]>`
    update submission set state = ${counts ? "processed" : "refused"}, findings = ${tx.json(findings as never)},
      ended_at = clock_timestamp(), bytes_read = byte_length, records_read = ${asked + (counts?.malformed ?? 0)},
      accepted_count = ${counts ? asked : null}, accepted_with_warnings_count = ${counts ? 0 : null},
      unchanged_count = ${counts ? 0 : null}, rejected_count = ${counts?.malformed ?? null}
    where insurer_id = ${insurerId} and submission_id = ${submissionId} and state = 'processing' and attempts = ${attempt}
    returning reference`;
  if (!ended) throw new Error("the claim of a verification was lost: nothing is answered");
  return { kind: counts ? "submissionProcessed" : "submissionRefused", reference: ended.reference };
}
