import type { TransactionSql } from "../../database/sql.ts";
import { insertEvents } from "../../events/insert-events.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { lockDeltaQueue } from "../../intake/delta-queue.ts";
import type { HeldReason, SubmissionState } from "../../intake/submission.ts";
import { type OperatorChange, OperatorError } from "../../operator/operator-change.ts";

const REASON = "simulation" satisfies HeldReason;

/** The insurer's next submission that would run waits; those behind it wait as they do behind any that is held. */
export async function holdNext(
  tx: TransactionSql,
  actor: Actor,
  { insurerId }: { insurerId: number },
): Promise<OperatorChange> {
  const [waiting] = await tx`
    select from simulation_order where insurer_id = ${insurerId} and kind = 'holdSubmission' and used_at is null`;
  if (!waiting) await tx`insert into simulation_order (insurer_id, kind) values (${insurerId}, 'holdSubmission')`;
  return { act: "holdSimulated", actor, insurerId, details: { next: "yes" } };
}

/** Lets a submission go on that a simulation holds. Throws OperatorError: `submissionNotFound`, `notHeld`. */
export async function releaseHeld(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, submissionId }: { insurerId: number; submissionId: string },
): Promise<OperatorChange> {
  await lockDeltaQueue(tx, insurerId);
  const [found] = await tx<{ state: SubmissionState; heldReason: HeldReason | null; reference: string | null }[]>`
    select state, held_reason as "heldReason", reference from submission
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  if (!found) throw new OperatorError("submissionNotFound", "There is no submission with that id.");
  if (found.heldReason !== REASON) {
    const sentence = `Submission ${submissionId} is ${found.state}: only one that a simulation holds can be released so.`;
    throw new OperatorError("notHeld", sentence);
  }
  const { count } = await tx`
    update submission set state = 'received', held_reason = null
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  if (count === 0) throw new Error("the held submission could not be released");
  const { reference } = found;
  await insertEvents(tx, [{ insurerId, kind: "submissionReleased", details: { submissionId, reference } }]);
  await tx`select pg_notify('submission_received', ${submissionId})`;
  return { act: "releaseSimulated", actor, insurerId, details: { submissionId } };
}
