import { setTimeout as sleep } from "node:timers/promises";
import { runTransaction } from "../database/run-transaction.ts";
import type { TransactionSql } from "../database/sql.ts";
import { setTenant } from "../database/tenant-scope.ts";
import { insertEvents } from "../events/insert-events.ts";
import { lockDeltaQueue, settleDeltas, settleOverdueDeltas } from "./delta-queue.ts";
import type { Intake } from "./intake.ts";
import { type Claim, processSubmission } from "./process-submission.ts";
import { recheckWaiting } from "./recheck-contracts.ts";
import { Rehearsed, rehearseSubmission } from "./rehearse-submission.ts";
import { reachStep } from "./steps.ts";
import type { SubmissionKind } from "./submission.ts";
import { verifySubmission } from "./verify-submission.ts";

export interface Worker {
  /** Takes no new work and waits until what it holds is finished or, after `graceMs`, handed back. */
  stop(graceMs: number): Promise<void>;
}

export interface WorkerOptions {
  /** Submissions processed at once by this process. */
  readonly concurrency: number;
  /** Longest time a waiting submission goes unnoticed when a notification is lost. */
  readonly pollIntervalMs: number;
}

/** Transfers come first so long at most, from the first of many: those without end slow the work by nothing. */
const GIVE_WAY_MS = 4_000;
const CANDIDATES = 20;
const RETRY_BASE_MS = 1_000;
const RETRY_MAXIMUM_MS = 60_000;

/**
 * Processes received submissions. The claim is an advisory lock of the processing transaction: it ends with the
 * process that holds it, so whatever a crash leaves in state `processing` is taken up again at once, by anybody.
 */
export function startWorker(intake: Intake, options: WorkerOptions): Worker {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const bell = createBell();
  const room = createRoom(options.concurrency);
  const listening = intake.database.plain.listen("submission_received", () => bell.ring()).catch(() => undefined);

  const lane = async () => {
    while (!stopping.signal.aborted) {
      // Whoever waits for a receipt comes first: many files at once are all received before most are processed.
      await intake.transferSlots.untilQuiet(GIVE_WAY_MS);
      const worked = await takeTurn(intake, room, abandoning.signal).catch((error: unknown) => {
        intake.log.error({ code: "workerFailed", err: error }, "the worker could not take up work; it tries again");
        return false;
      });
      if (!worked) await bell.wait(options.pollIntervalMs, stopping.signal);
    }
  };
  const lanes = Array.from({ length: options.concurrency }, lane);

  return {
    async stop(graceMs) {
      stopping.abort();
      bell.ring();
      const patience = setTimeout(() => abandoning.abort(), graceMs);
      await Promise.all(lanes);
      clearTimeout(patience);
      await (await listening)?.unlisten().catch(() => {});
    },
  };
}

function createBell() {
  let wake = new AbortController();
  return {
    ring() {
      wake.abort();
      wake = new AbortController();
    },
    async wait(timeoutMs: number, stopped: AbortSignal): Promise<void> {
      await sleep(timeoutMs, undefined, { signal: AbortSignal.any([wake.signal, stopped]) }).catch(() => {});
    },
  };
}

/**
 * Where the lanes of this process work side by side. A submission has its last attempt alone there: were it to end the
 * process once more, no other would be counted as having ended it, and set aside in the end for what it did not do. Of
 * several lanes one insurer never has them all, however many its files: another's would wait for the end of big ones.
 */
function createRoom(lanes: number) {
  const lanesOfOne = Math.max(1, lanes - 1);
  const held = new Map<number, number>();
  let inside = 0;
  let isTaken = false;
  return {
    /** Insurers that have as many lanes as one may have. */
    listFull: () => [...held].filter(([, count]) => count >= lanesOfOne).map(([insurerId]) => insurerId),
    /** Gives the insurer a lane; false when it has enough. */
    take(insurerId: number): boolean {
      const count = held.get(insurerId) ?? 0;
      if (count >= lanesOfOne) return false;
      held.set(insurerId, count + 1);
      return true;
    },
    giveBack(insurerId: number): void {
      const count = held.get(insurerId)! - 1;
      if (count === 0) held.delete(insurerId);
      else held.set(insurerId, count);
    },
    /** How to leave; undefined while there is no entering. */
    enter(alone: boolean): (() => void) | undefined {
      if (isTaken || (alone && inside > 0)) return undefined;
      inside += 1;
      isTaken = alone;
      return () => {
        inside -= 1;
        isTaken = false;
      };
    },
  };
}

type Room = ReturnType<typeof createRoom>;

/** Whoever has nothing to process looks after those that wait too long. */
async function takeTurn(intake: Intake, room: Room, abandon: AbortSignal): Promise<boolean> {
  if (await processNext(intake, room, abandon)) return true;
  await settleOverdueDeltas(intake, new Date());
  await recheckWaiting(intake);
  return false;
}

/** Processes one submission if one waits that nobody holds; false when there is none, or none that may begin now. */
async function processNext(intake: Intake, room: Room, abandon: AbortSignal): Promise<boolean> {
  const waiting = await listCandidates(intake, room.listFull());
  for (const alone of [false, true]) {
    const candidates = waiting.filter(({ isLastAttempt }) => isLastAttempt === alone);
    const leave = candidates.length > 0 ? room.enter(alone) : undefined;
    if (!leave) continue;
    try {
      if (await processFirst(intake, room, candidates, abandon)) return true;
    } finally {
      leave();
    }
  }
  return false;
}

async function processFirst(
  intake: Intake,
  room: Room,
  candidates: readonly Candidate[],
  abandon: AbortSignal,
): Promise<boolean> {
  let claim: Claim | undefined;
  try {
    await runTransaction(intake.database.transactions, async (tx) => {
      claim = await claimFirst(intake, room, tx, candidates);
      if (!claim) return;
      reachStep("process.claimed");
      await setTenant(tx, claim.insurerId);
      await chooseProcess(claim)(intake, tx, claim, abandon);
    });
  } catch (error) {
    if (!claim) throw error;
    // Rolled back, and what it found is committed.
    if (error instanceof Rehearsed) return true;
    await giveBack(intake, claim, abandon.aborted, error);
    return true;
  } finally {
    if (claim) room.giveBack(claim.insurerId);
  }
  if (!claim) return false;
  reachStep("process.afterCommit");
  intake.log.info({ submissionId: claim.submissionId, insurerId: claim.insurerId }, "submission processed");
  return true;
}

export function chooseProcess({ isDryRun, kind }: Claim): typeof processSubmission {
  if (kind === "inamiVerification") return verifySubmission;
  return isDryRun ? rehearseSubmission : processSubmission;
}

interface Candidate {
  readonly insurerId: number;
  readonly submissionId: string;
  readonly kind: SubmissionKind;
  /** It was tried before, and will not be again. */
  readonly isLastAttempt: boolean;
}

/**
 * What nobody holds: a claim is the lock that `claimFirst` takes, and those of others would else be all that is listed.
 * Oldest first, but an insurer whose files are being processed waits behind the others, and a delta behind those of its
 * insurer with lower numbers, whatever holds them up.
 */
async function listCandidates(intake: Intake, except: readonly number[]): Promise<Candidate[]> {
  return await intake.database.institute<Candidate[]>`
    select insurer_id as "insurerId", submission_id as "submissionId", kind,
      attempts > 0 and attempts = ${intake.processingAttempts - 1} as "isLastAttempt" from (
      select insurer_id, submission_id, kind, sequence, received_at, retry_at, attempts,
        count(*) filter (where state = 'processing') over (partition by insurer_id) as busy
      from submission where state in ('received', 'processing')) waiting
    where (retry_at is null or retry_at <= now()) and insurer_id <> all(${except as number[]}::int[])
      and hashtextextended(submission_id::text, 0) not in (
        select (classid::bigint << 32) | objid::bigint from pg_locks
        where locktype = 'advisory' and objsubid = 1 and granted
          and database = (select oid from pg_database where datname = current_database()))
      and not (sequence is not null and exists (
      select 1 from submission earlier
      where earlier.insurer_id = waiting.insurer_id and earlier.sequence < waiting.sequence
        and earlier.state in ('received', 'processing', 'held', 'quarantined')))
    order by busy, received_at limit ${CANDIDATES}`;
}

async function claimFirst(
  intake: Intake,
  room: Room,
  tx: TransactionSql,
  candidates: readonly Candidate[],
): Promise<Claim | undefined> {
  for (const { insurerId, submissionId, kind } of candidates) {
    if (!room.take(insurerId)) continue;
    let claim: Claim | undefined;
    try {
      const [lock] = await tx<{ taken: boolean }[]>`
        select pg_try_advisory_xact_lock(hashtextextended(${submissionId}, 0)) as taken`;
      if (!lock!.taken) continue;
      claim = await markProcessing(intake, insurerId, submissionId, kind);
    } finally {
      if (!claim) room.giveBack(insurerId);
    }
    // Also without a claim: the lock ends with the transaction, and must not be kept for as long as another file takes.
    return claim;
  }
  return undefined;
}

/** Committed at once, on another connection: everybody may see that the submission is taken up. */
export async function markProcessing(
  intake: Intake,
  insurerId: number,
  submissionId: string,
  kind: SubmissionKind,
): Promise<Claim | undefined> {
  const row = await intake.database.asInsurer(insurerId).run(async (tx) => {
    if (kind === "delta") await lockDeltaQueue(tx, insurerId);
    const [marked] = await tx<(Claim & { state: string; reference: string | null })[]>`
      update submission set attempts = attempts + 1, bytes_read = 0, records_read = 0,
        state = case when attempts < ${intake.processingAttempts} then 'processing' else 'quarantined' end
      where insurer_id = ${insurerId} and submission_id = ${submissionId} and state in ('received', 'processing')
        and (retry_at is null or retry_at <= now())
      returning insurer_id as "insurerId", submission_id as "submissionId", kind, sequence, actor, attempts as attempt, state,
        reference, dry_run as "isDryRun", (header->>'expectedClosureShare')::float8 as "expectedClosureShare",
        released_by is not null as "isReleased"`;
    if (marked?.state === "quarantined") {
      const details = { submissionId, reference: marked.reference };
      await insertEvents(tx, [{ insurerId, kind: "submissionQuarantined", details }]);
    }
    // What comes behind it waits for its replay.
    if (marked?.state === "quarantined" && kind === "delta") await settleDeltas(tx, insurerId, new Date());
    return marked;
  });
  if (row && row.state !== "quarantined" && row.attempt > 1) {
    intake.log.info(
      { submissionId, insurerId, attempt: row.attempt },
      "a submission is taken up again from its beginning",
    );
  }
  if (row?.state !== "quarantined") return row;
  await intake.raiseAlarm({ code: "submissionQuarantined", insurerId, details: { submissionId } });
  return undefined;
}

/** Nothing was merged: the submission waits again. An orderly stop does not count as an attempt. */
async function giveBack(intake: Intake, claim: Claim, orderly: boolean, error: unknown): Promise<void> {
  const { submissionId, insurerId, attempt } = claim;
  if (!orderly) {
    intake.log.error(
      { code: "processingFailed", submissionId, insurerId, attempt, err: error },
      "processing failed and is tried again",
    );
  }
  const delayMs = orderly ? 0 : Math.min(RETRY_BASE_MS * 4 ** (attempt - 1), RETRY_MAXIMUM_MS);
  await intake.database.asInsurer(insurerId).run(
    (tx) => tx`
    update submission set state = 'received', attempts = attempts - ${orderly ? 1 : 0}::int,
      retry_at = ${new Date(Date.now() + delayMs)}
    where insurer_id = ${insurerId} and submission_id = ${submissionId} and state = 'processing' and attempts = ${attempt}`,
  );
}
