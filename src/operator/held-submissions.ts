import type { Sql, TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import type { Actor } from "../identity/registry-error.ts";
import { lockDeltaQueue } from "../intake/delta-queue.ts";
import type { MassChange } from "../intake/mass-change.ts";
import type { HeldReason, SubmissionState } from "../intake/submission.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

/** A delta that waits for an operator: what it would do, never what it holds. */
export interface HeldSubmission extends MassChange {
  readonly submissionId: string;
  readonly enterpriseNumber: string;
  readonly sequence: number;
  readonly receivedAt: Date;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface HeldPage {
  /** This one only; nothing when it is no UUID. */
  readonly submissionId?: string;
  /** Only submissions received after this one. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Oldest first. */
export async function listHeld(sql: Sql, { submissionId, after, limit }: HeldPage): Promise<HeldSubmission[]> {
  if (submissionId !== undefined && !UUID.test(submissionId)) return [];
  return await sql<HeldSubmission[]>`
    select submission_id as "submissionId", enterprise_number as "enterpriseNumber", sequence,
      (mass_change->>'closures')::int as closures, (mass_change->>'contracts')::int as contracts,
      (mass_change->>'percent')::float8 as percent, received_at as "receivedAt"
    from submission join insurer using (insurer_id)
    where state = 'held' and held_reason = 'massChange'
      ${after === undefined ? sql`` : sql`and submission_id > ${after}`}
      ${submissionId === undefined ? sql`` : sql`and submission_id = ${submissionId}`}
    order by submission_id limit ${limit}`;
}

/** Lets a delta run that is held for what it changes, whatever that is by then. Those behind it follow. */
export async function releaseSubmission(
  tx: TransactionSql,
  actor: Actor,
  { submissionId }: { submissionId: string },
): Promise<OperatorChange> {
  const held = await lockHeld(tx, submissionId);
  await tx`
    update submission set state = 'received', held_reason = null, released_by = ${nameActor(actor)}
    where insurer_id = ${held.insurerId} and submission_id = ${held.submissionId}`;
  await tx`select pg_notify('submission_received', ${held.submissionId})`;
  return await tell(tx, actor, held, "submissionReleased");
}

/** Ends a delta that is held for what it changes. The workers see to those behind it, which wait for its number again. */
export async function refuseSubmission(
  tx: TransactionSql,
  actor: Actor,
  { submissionId }: { submissionId: string },
): Promise<OperatorChange> {
  const held = await lockHeld(tx, submissionId);
  const findings: Finding[] = [{ code: "massChangeRefused", details: { ...held.massChange } }];
  await tx`
    update submission set state = 'refused', held_reason = null, findings = ${tx.json(findings as never)},
      ended_at = clock_timestamp()
    where insurer_id = ${held.insurerId} and submission_id = ${held.submissionId}`;
  return await tell(tx, actor, held, "submissionRefused");
}

interface LockedHeld {
  readonly insurerId: number;
  readonly submissionId: string;
  readonly reference: string | null;
  readonly massChange: MassChange;
}

/** Under the queue's lock, which its insurer takes too to cancel it. */
async function lockHeld(tx: TransactionSql, submissionId: string): Promise<LockedHeld> {
  const [found] = UUID.test(submissionId)
    ? await tx<{ insurerId: number }[]>`
        select insurer_id as "insurerId" from submission where submission_id = ${submissionId}`
    : [];
  if (!found) throw new OperatorError("submissionNotFound", "There is no submission with that id.");
  await lockDeltaQueue(tx, found.insurerId);
  const [row] = await tx<(LockedHeld & { state: SubmissionState; heldReason: HeldReason | null })[]>`
    select insurer_id as "insurerId", submission_id as "submissionId", reference, mass_change as "massChange", state,
      held_reason as "heldReason"
    from submission where insurer_id = ${found.insurerId} and submission_id = ${submissionId}`;
  if (row?.heldReason === "massChange") return row;
  const sentence = `Submission ${submissionId} is ${row?.state}: only one that is held for a mass change waits for an operator.`;
  throw new OperatorError("notHeld", sentence);
}

async function tell(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, submissionId, reference, massChange }: LockedHeld,
  act: "submissionReleased" | "submissionRefused",
): Promise<OperatorChange> {
  await insertEvents(tx, [{ insurerId, kind: act, details: { submissionId, reference } }]);
  return { act, actor, insurerId, details: { submissionId, ...massChange } };
}
