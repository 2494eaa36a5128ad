import type { TransactionSql } from "../database/sql.ts";
import { createTenantWithin } from "../database/tenant-scope.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import type { VerificationCounts } from "../formats/verification/verification-answer.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import { countAsked } from "../verification/verification-queries.ts";
import { verify } from "../verification/verify.ts";
import type { Intake } from "./intake.ts";
import { readPayload } from "./payload-store.ts";
import type { Claim } from "./process-submission.ts";
import { reachStep } from "./steps.ts";

/** A file of verification has so many bytes at most: a hundred thousand rows have a third of them. */
export const MAXIMUM_VERIFICATION_BYTES = 16 * 1024 * 1024;

type Target = Pick<Claim, "insurerId" | "submissionId" | "attempt">;

/**
 * Answers a submission of the kind `inamiVerification` in the caller's transaction: whole or not at all. Nothing waits for
 * it and it waits for nothing, so it takes no lock of the insurer's.
 */
export async function verifySubmission(intake: Intake, tx: TransactionSql, claim: Target): Promise<void> {
  const { insurerId, submissionId } = claim;
  const [insurer] = await tx<{ phase: InsurerPhase }[]>`select phase from insurer where insurer_id = ${insurerId}`;
  const inquiry = {
    insurerId,
    submissionId,
    today: intake.clock.today(),
    purposeRequired: insurer!.phase !== "access",
  };
  const content = readPayload(createTenantWithin(tx, insurerId), submissionId);
  const result = await verify(tx, inquiry, content, intake.verificationQuota);
  reachStep("process.staged");
  await endVerification(tx, claim, "code" in result ? { findings: [result] } : { findings: [], counts: result });
}

/**
 * Answers one that was received in this same transaction, for a sender who waits. Before the commit nobody else knows of
 * it, so there is nothing to claim.
 */
export async function verifyAtOnce(intake: Intake, tx: TransactionSql, target: Omit<Target, "attempt">): Promise<void> {
  const { insurerId, submissionId } = target;
  await tx`
    update submission set state = 'processing', attempts = 1
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  await verifySubmission(intake, tx, { ...target, attempt: 1 });
}

/** An answer is an outcome: rows that were looked up count as accepted, those that were malformed as rejected. */
async function endVerification(
  tx: TransactionSql,
  { insurerId, submissionId, attempt }: Target,
  { findings, counts }: { readonly findings: readonly Finding[]; readonly counts?: VerificationCounts },
): Promise<void> {
  const asked = counts ? countAsked(counts) : 0;
  const [ended] = await tx<{ reference: string | null }[]>`
    update submission set state = ${counts ? "processed" : "refused"}, findings = ${tx.json(findings as never)},
      ended_at = clock_timestamp(), bytes_read = byte_length, records_read = ${asked + (counts?.malformed ?? 0)},
      accepted_count = ${counts ? asked : null}, accepted_with_warnings_count = ${counts ? 0 : null},
      unchanged_count = ${counts ? 0 : null}, rejected_count = ${counts?.malformed ?? null}
    where insurer_id = ${insurerId} and submission_id = ${submissionId} and state = 'processing' and attempts = ${attempt}
    returning reference`;
  if (!ended) throw new Error("the claim of a verification was lost: nothing is answered");
  const kind = counts ? "submissionProcessed" : "submissionRefused";
  await insertEvents(tx, [{ insurerId, kind, details: { submissionId, reference: ended.reference } }]);
}
