import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { planAnew, planOnce } from "../database/plan-once.ts";
import type { TransactionSql } from "../database/sql.ts";
import { createStagingTable, StagedBatch } from "../database/staged-records.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import { checkRecord } from "../formats/contract-file/check-record.ts";
import { type ContractFileRoot, createContractFileReader } from "../formats/contract-file/contract-file-reader.ts";
import { createBufferCollector } from "./collect-buffers.ts";
import { completeInitialLoad, lockInsurer, recordChange } from "./complete-initial-load.ts";
import { findLastSequence, lockDeltaQueue, settleDeltas } from "./delta-queue.ts";
import type { Intake } from "./intake.ts";
import { describeMassChange, findMassChange, type MassChange, tellMassChange } from "./mass-change.ts";
import { mergeStaged } from "./merge-staged.ts";
import { readPayload } from "./payload-store.ts";
import { insertRecordOutcomes } from "./record-outcomes.ts";
import { reachStep } from "./steps.ts";
import type { HeldReason, RecordCounts, SubmissionKind } from "./submission.ts";

/** Bytes the reader gets at once: between two slices the process serves its other requests, and batches leave. */
const SLICE_BYTES = 64 * 1024;
const BATCH_RECORDS = 250;
/** Batches on their way to the database while the reader goes on. */
const BATCHES_IN_FLIGHT = 2;
const PROGRESS_INTERVAL_MS = 500;

export interface Claim {
  readonly insurerId: number;
  readonly submissionId: string;
  readonly kind: SubmissionKind;
  /** Of a delta. */
  readonly sequence: number | null;
  readonly actor: string | null;
  readonly attempt: number;
  /** Nothing of it is to remain but what it found. */
  readonly isDryRun: boolean;
  /** Of a delta: the share of the insurer's contracts that its root says it closes, 0 to 1. */
  readonly expectedClosureShare: number | null;
  /** An operator has let it run, whatever it changes. */
  readonly isReleased: boolean;
}

export interface Reading {
  /** Absent where none could be read. */
  readonly root: ContractFileRoot | undefined;
  readonly refusal: Finding | undefined;
  readonly recordsRead: number;
  readonly bytesRead: number;
  readonly recordsSha256: Buffer;
}

/**
 * Streams the payload through reader and checks into the staging table, then merges it, all in the caller's
 * transaction: readers see a submission whole or not at all, and a crash leaves no trace (exchange.md section 1,
 * guarantees 3 to 5). Nothing is merged before the last byte was read.
 */
export async function processSubmission(
  intake: Intake,
  tx: TransactionSql,
  claim: Claim,
  signal: AbortSignal,
): Promise<void> {
  const [begun] = await tx<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
  await createStagingTable(tx);
  const reading = await stageRecords(intake, tx, claim, signal);
  reachStep("process.staged");

  const { initialLoadCompletedAt } = await lockInsurer(tx, claim.insurerId);
  await checkTurn(tx, claim, initialLoadCompletedAt);
  const refusal = reading.refusal ?? refuseKind(claim, reading, initialLoadCompletedAt);
  const ending: Ending = refusal
    ? { state: "refused", findings: [refusal], recordedAt: new Date(), reading }
    : await mergeReading(intake, tx, claim, reading);
  const reference = await endSubmission(tx, claim, begun!.xid, ending);
  if (ending.state === "held") await tellMassChange(intake, tx, { ...claim, reference }, ending.massChange);
  await moveOthers(tx, claim, ending.recordedAt);
  reachStep("process.beforeCommit");
}

/** Nothing of a delta that changes too much is kept, unless an operator has released it. */
async function mergeReading(intake: Intake, tx: TransactionSql, claim: Claim, reading: Reading): Promise<Ending> {
  const { insurerId, submissionId, kind } = claim;
  if (kind === "delta") await tx`savepoint before_merge`;
  const recordedAt = await recordChange(tx, insurerId);
  await mergeStaged(intake, tx, { ...claim, recordedAt }, { kind, recordCount: reading.recordsRead });
  const massChange = await findMassChange(tx, { ...claim, recordedAt }, intake.massChange);
  const findings = [...describeMassChange(massChange), ...(await findSameRecords(tx, claim, reading.recordsSha256))];
  if (massChange && !claim.isReleased) {
    await tx`rollback to savepoint before_merge`;
    return { state: "held", findings, recordedAt: new Date(), reading, massChange };
  }
  const counts = await insertRecordOutcomes(tx, insurerId, submissionId);
  return { state: "processed", findings, recordedAt, reading, counts };
}

/** Deltas are claimed in sequence; what is merged is still proved to be next, under the lock that every merge takes. */
async function checkTurn(tx: TransactionSql, claim: Claim, initialLoadCompletedAt: Date | null): Promise<void> {
  if (claim.sequence === null) return;
  const isNext = claim.sequence === (await findLastSequence(tx, claim.insurerId)) + 1;
  if (!isNext || initialLoadCompletedAt === null) throw new Error("a delta was taken up before its turn");
}

function refuseKind({ kind }: Claim, { root }: Reading, initialLoadCompletedAt: Date | null): Finding | undefined {
  if (kind !== "initialLoad" || initialLoadCompletedAt === null) return undefined;
  return { code: "initialLoadClosed", field: "kind", value: kind, ...root?.place };
}

/** The end of a submission may end the initial load, let the next delta run or make it wait. */
async function moveOthers(tx: TransactionSql, claim: Claim, now: Date): Promise<void> {
  if (claim.kind !== "delta") return await completeInitialLoad(tx, claim.insurerId, now);
  await lockDeltaQueue(tx, claim.insurerId);
  await settleDeltas(tx, claim.insurerId, now);
}

/** From the stored bytes to the table `staged`, record by record with the findings of its form. */
export async function stageRecords(
  intake: Intake,
  tx: TransactionSql,
  claim: Claim,
  signal: AbortSignal,
): Promise<Reading> {
  const context = {
    kind: claim.kind === "delta" ? ("delta" as const) : ("initialLoad" as const),
    today: await intake.clock.todayOf(claim.insurerId),
  };
  await planOnce(tx);
  const contentHash = createHash("sha256");
  const inFlight: Promise<void>[] = [];
  const full: StagedBatch[] = [];
  let batch = new StagedBatch();
  const reader = createContractFileReader({
    onRecord(raw) {
      batch.add(checkRecord(raw, context));
      // Cut by number alone: the hash over the batches must not depend on how the bytes were cut.
      if (batch.size < BATCH_RECORDS) return;
      full.push(batch);
      batch = new StagedBatch();
    },
  });
  const progress = createProgress(intake, claim);
  const collectBuffers = createBufferCollector();

  const flush = async (ready: StagedBatch) => {
    const inserted = ready.insert(tx, contentHash);
    inserted.catch(() => {}); // Thrown below, unless the reading fails before: nobody would hear of it, and the process end.
    inFlight.push(inserted);
    if (inFlight.length > BATCHES_IN_FLIGHT) await inFlight.shift();
    reachStep("process.batchStaged");
  };
  let refusal: Finding | undefined;
  for await (const bytes of readPayload(intake.database.asInsurer(claim.insurerId), claim.submissionId)) {
    for (let start = 0; start < bytes.length && !refusal; start += SLICE_BYTES) {
      refusal = reader.write(bytes.subarray(start, start + SLICE_BYTES));
      for (const ready of full.splice(0)) await flush(ready);
      await setImmediate();
    }
    signal.throwIfAborted();
    collectBuffers(reader.bytesRead);
    await progress.showNowAndThen(reader.bytesRead, reader.recordsRead);
    // A refused file is fetched to its end all the same: its checksum tells a fault of the sender from damage of ours.
  }
  refusal ??= reader.end();
  if (batch.size > 0) await flush(batch);
  await Promise.all(inFlight);
  await planAnew(tx);
  const { recordsRead, bytesRead } = reader;
  if (!refusal) await progress.show(bytesRead, recordsRead);
  return { root: reader.header, refusal, recordsRead, bytesRead, recordsSha256: contentHash.digest() };
}

/** Shows how far the reading is, on another connection than the transaction's: that one is not to be seen yet. */
function createProgress(intake: Intake, claim: Claim) {
  const tenant = intake.database.asInsurer(claim.insurerId);
  let nextAt = performance.now() + PROGRESS_INTERVAL_MS;
  const show = async (bytesRead: number, recordsRead: number): Promise<void> => {
    nextAt = performance.now() + PROGRESS_INTERVAL_MS;
    await tenant.run(
      (tx) => tx`
        update submission set bytes_read = ${bytesRead}, records_read = ${recordsRead}
        where insurer_id = ${claim.insurerId} and submission_id = ${claim.submissionId} and attempts = ${claim.attempt}`,
    );
  };
  return {
    show,
    async showNowAndThen(bytesRead: number, recordsRead: number): Promise<void> {
      if (performance.now() >= nextAt) await show(bytesRead, recordsRead);
    },
  };
}

/** Warns that the same records were processed before under another reference (exchange.md section 1, identity rule 3). */
export async function findSameRecords(tx: TransactionSql, claim: Claim, recordsSha256: Buffer): Promise<Finding[]> {
  const [earlier] = await tx<{ submissionId: string }[]>`
    select submission_id as "submissionId" from submission
    where insurer_id = ${claim.insurerId} and records_sha256 = ${recordsSha256} and state = 'processed'
      and submission_id <> ${claim.submissionId}
    order by submission_id limit 1`;
  return earlier ? [{ code: "sameRecordsAsEarlier", details: { submissionId: earlier.submissionId } }] : [];
}

interface Ended {
  readonly findings: readonly Finding[];
  readonly recordedAt: Date;
  readonly reading: Reading;
}

type Ending =
  | (Ended & { readonly state: "refused" })
  | (Ended & { readonly state: "processed"; readonly counts: RecordCounts })
  | (Ended & { readonly state: "held"; readonly massChange: MassChange });

const ENDING_EVENTS = {
  processed: "submissionProcessed",
  refused: "submissionRefused",
  held: "submissionHeld",
} as const;

/**
 * Writes the end of a submission, or that it is held, and proves that it stands in the transaction that staged and merged.
 * Answers the sender's reference. A held one has all its attempts before it when it is released.
 */
async function endSubmission(tx: TransactionSql, claim: Claim, xid: string, ending: Ending): Promise<string | null> {
  const { state, findings, recordedAt, reading } = ending;
  const counts = state === "processed" ? ending.counts : undefined;
  const massChange = state === "held" ? ending.massChange : undefined;
  const heldReason = massChange && ("massChange" satisfies HeldReason);
  const result = await tx<{ reference: string | null }[]>`
    update submission set state = ${state}, findings = ${tx.json(findings as never)},
      held_reason = ${heldReason ?? null}, mass_change = coalesce(${massChange ? tx.json({ ...massChange }) : null}, mass_change),
      attempts = case when ${massChange !== undefined} then 0 else attempts end, ended_at = ${massChange ? null : recordedAt},
      bytes_read = ${reading.bytesRead}, records_read = ${reading.recordsRead}, records_sha256 = ${counts ? reading.recordsSha256 : null},
      accepted_count = ${counts?.accepted ?? null}, accepted_with_warnings_count = ${counts?.acceptedWithWarnings ?? null},
      unchanged_count = ${counts?.unchanged ?? null}, rejected_count = ${counts?.rejected ?? null}
    where insurer_id = ${claim.insurerId} and submission_id = ${claim.submissionId} and state = 'processing'
      and attempts = ${claim.attempt} and pg_current_xact_id_if_assigned()::text = ${xid}
    returning reference`;
  const [ended] = result;
  if (!ended) throw new Error("the claim or its transaction was lost: nothing is merged");
  const { insurerId, submissionId } = claim;
  const details = { submissionId, reference: ended.reference, ...(heldReason && { heldReason }) };
  await insertEvents(tx, [{ insurerId, kind: ENDING_EVENTS[state], details }]);
  return ended.reference;
}
