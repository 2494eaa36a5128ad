import type { Sql, TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Actor } from "../identity/registry-error.ts";
import type { SubmissionKind, SubmissionState } from "../intake/submission.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

/** All that operators see of a submission: never what it holds. */
export interface QuarantinedSubmission {
  readonly submissionId: string;
  readonly enterpriseNumber: string;
  readonly kind: SubmissionKind | null;
  readonly attempts: number;
  readonly receivedAt: Date;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface QuarantinePage {
  /** This one only; nothing when it is no UUID. */
  readonly submissionId?: string;
  /** Only submissions received after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Oldest first. */
export async function listQuarantined(
  sql: Sql,
  { submissionId, after, limit }: QuarantinePage,
): Promise<QuarantinedSubmission[]> {
  if (submissionId !== undefined && !UUID.test(submissionId)) return [];
  return await sql<QuarantinedSubmission[]>`
    select submission_id as "submissionId", enterprise_number as "enterpriseNumber", kind, attempts,
      received_at as "receivedAt"
    from submission join insurer using (insurer_id)
    where state = 'quarantined' ${after === undefined ? sql`` : sql`and submission_id > ${after}`}
      ${submissionId === undefined ? sql`` : sql`and submission_id = ${submissionId}`}
    order by submission_id limit ${limit}`;
}

/** Hands a quarantined submission to the workers again, with all its attempts before it. Loses and doubles nothing. */
export async function replaySubmission(
  tx: TransactionSql,
  actor: Actor,
  { submissionId }: { submissionId: string },
): Promise<OperatorChange> {
  const [found] = UUID.test(submissionId)
    ? await tx<{ insurerId: number; state: SubmissionState; attempts: number }[]>`
        select insurer_id as "insurerId", state, attempts from submission where submission_id = ${submissionId}`
    : [];
  if (!found) throw new OperatorError("submissionNotFound", "There is no submission with that id.");
  // The policy of this role sees no other state: a submission that a worker took up meanwhile is left alone.
  const { count } = await tx`
    update submission set state = 'received', attempts = 0, retry_at = null
    where insurer_id = ${found.insurerId} and submission_id = ${submissionId} and state = 'quarantined'`;
  if (count === 0) {
    const sentence = `Submission ${submissionId} is in the state ${found.state}: only a quarantined one can be replayed.`;
    throw new OperatorError("notQuarantined", sentence);
  }
  await tx`select pg_notify('submission_received', ${submissionId})`;
  const id = submissionId.toLowerCase();
  await insertEvents(tx, [{ insurerId: found.insurerId, kind: "submissionReleased", details: { submissionId: id } }]);
  const details = { submissionId: id, attempts: found.attempts };
  return { act: "submissionReplayed", actor, insurerId: found.insurerId, details };
}
