import type { TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import type { FilePlace } from "../formats/contract-file/file-cursor.ts";
import { firstFreeSequence } from "./free-sequence.ts";
import type { Intake } from "./intake.ts";
import { type Placement, placeDeltas, type Queue, type WaitingDelta } from "./place-deltas.ts";
import type { HeldReason } from "./submission.ts";

/** Any number that no other advisory lock of two numbers has. */
const QUEUE_LOCK = 7_249_002;

/**
 * One at a time moves the deltas of an insurer. Apart from the insurer's lock, which a merge holds for as long as it
 * lasts: files are received meanwhile. Whoever takes both takes the insurer's first.
 */
export async function lockDeltaQueue(tx: TransactionSql, insurerId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${QUEUE_LOCK}, ${insurerId})`;
}

/** Where a delta that just arrived belongs; refused where its number is used. The caller holds the queue's lock. */
export async function placeArrival(
  tx: TransactionSql,
  insurerId: number,
  sequence: number,
  now: Date,
): Promise<Placement | { readonly state: "refused"; readonly findings: readonly Finding[] }> {
  const [user] = await tx<{ submissionId: string; next: number }[]>`
    select submission_id as "submissionId", ${tx.unsafe(firstFreeSequence("submission.insurer_id"))} as next from submission
    where insurer_id = ${insurerId} and sequence = ${sequence} and state not in ('refused', 'cancelled', 'tested')`;
  if (user) {
    const finding = { code: "sequenceUsed", field: "sequence", value: String(sequence), details: { ...user } } as const;
    return { state: "refused", findings: [finding] };
  }
  const queue = await readQueue(tx, insurerId);
  const arrival: WaitingDelta = { submissionId: "", sequence, state: "received", heldReason: null, heldUntil: null };
  const waiting = [...queue.waiting, arrival].sort((one, other) => one.sequence - other.sequence);
  return placeDeltas({ ...queue, waiting }, now).get("")!;
}

/** Moves every waiting delta of the insurer to where it belongs now. The caller holds the queue's lock. */
export async function settleDeltas(tx: TransactionSql, insurerId: number, now: Date): Promise<void> {
  const queue = await readQueue(tx, insurerId);
  const placements = placeDeltas(queue, now);
  for (const delta of queue.waiting) {
    const placement = placements.get(delta.submissionId);
    if (placement && !isThere(delta, placement)) await move(tx, insurerId, delta, placement, now);
  }
}

/**
 * Looks after the deltas whose patience has ended, and those for which an operator has ended the initial load or refused
 * the held one before them.
 */
export async function settleOverdueDeltas(intake: Intake, now: Date): Promise<void> {
  const insurers = await intake.database.institute<{ insurerId: number }[]>`
    select distinct s.insurer_id as "insurerId" from submission s join insurer i using (insurer_id)
    where s.state = 'held' and (s.held_until <= ${now}
      or (s.held_reason = 'initialLoadOpen' and i.initial_load_completed_at is not null)
      or (s.held_reason = 'predecessorHeld' and not exists (
        select from submission earlier
        where earlier.insurer_id = s.insurer_id and earlier.sequence < s.sequence
          and earlier.state in ('received', 'processing', 'held', 'quarantined'))))`;
  for (const { insurerId } of insurers) {
    await intake.database.asInsurer(insurerId).run(async (tx) => {
      await lockDeltaQueue(tx, insurerId);
      await settleDeltas(tx, insurerId, now);
    });
  }
}

/** Number of the last delta that was processed; 0 before the first. */
export async function findLastSequence(tx: TransactionSql, insurerId: number): Promise<number> {
  const [last] = await tx<{ sequence: number }[]>`
    select sequence from submission where insurer_id = ${insurerId} and sequence is not null and state = 'processed'
    order by sequence desc limit 1`;
  return last?.sequence ?? 0;
}

interface QueuedDelta extends WaitingDelta {
  /** Absent of files received before it was kept. */
  readonly rootPlace: FilePlace | null;
}

async function readQueue(tx: TransactionSql, insurerId: number): Promise<Queue & { waiting: readonly QueuedDelta[] }> {
  const [insurer] = await tx<{ isInitialLoadOpen: boolean }[]>`
    select initial_load_completed_at is null as "isInitialLoadOpen" from insurer where insurer_id = ${insurerId}`;
  const waiting = await tx<QueuedDelta[]>`
    select submission_id as "submissionId", sequence, state, held_reason as "heldReason", held_until as "heldUntil",
      header->'place' as "rootPlace"
    from submission
    where insurer_id = ${insurerId} and sequence is not null and state in ('received', 'processing', 'held', 'quarantined')
    order by sequence`;
  return {
    isInitialLoadOpen: insurer!.isInitialLoadOpen,
    lastProcessed: await findLastSequence(tx, insurerId),
    waiting,
  };
}

function isThere(delta: WaitingDelta, placement: Placement): boolean {
  if (delta.state !== placement.state) return false;
  return placement.state !== "held" || delta.heldReason === placement.heldReason;
}

/** What the insurer is told of a delta that was moved. */
const PLACEMENT_EVENTS = {
  received: "submissionReleased",
  held: "submissionHeld",
  refused: "submissionRefused",
} as const;

interface MovedTo {
  readonly heldReason: HeldReason | null;
  readonly heldUntil: Date | null;
  readonly awaitedSequence?: number;
}

async function move(
  tx: TransactionSql,
  insurerId: number,
  { submissionId, sequence, rootPlace }: QueuedDelta,
  placement: Placement,
  now: Date,
): Promise<void> {
  const { heldReason, heldUntil, awaitedSequence }: MovedTo =
    placement.state === "held" ? placement : { heldReason: null, heldUntil: null };
  const findings = placement.state === "refused" ? [expiredGap(sequence, placement.missing, rootPlace)] : [];
  const [moved] = await tx<{ reference: string | null }[]>`
    update submission set state = ${placement.state}, held_reason = ${heldReason}, held_until = ${heldUntil},
      findings = ${tx.json(findings as never)}, ended_at = ${placement.state === "refused" ? now : null}
    where insurer_id = ${insurerId} and submission_id = ${submissionId} and state in ('received', 'held')
    returning reference`;
  if (!moved) return;
  const kind = PLACEMENT_EVENTS[placement.state];
  const held = {
    ...(heldReason !== null && { heldReason }),
    ...(awaitedSequence !== undefined && { awaitedSequence }),
  };
  const details = { submissionId, reference: moved.reference, ...held };
  await insertEvents(tx, [{ insurerId, kind, details }]);
  if (placement.state === "received") await tx`select pg_notify('submission_received', ${submissionId})`;
}

function expiredGap(sequence: number, missing: number, rootPlace: FilePlace | null): Finding {
  return { code: "sequenceGapExpired", field: "sequence", value: String(sequence), details: { missing }, ...rootPlace };
}
