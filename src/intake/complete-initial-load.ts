import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import { lockDeltaQueue, settleDeltas } from "./delta-queue.ts";

interface InsurerState {
  readonly phase: InsurerPhase;
  readonly initialLoadCompletedAt: Date | null;
}

/** One merge at a time for an insurer; also guards the end of its initial load. Held until the transaction ends. */
export async function lockInsurer(tx: TransactionSql, insurerId: number): Promise<InsurerState> {
  const [row] = await tx<InsurerState[]>`
    select phase, initial_load_completed_at as "initialLoadCompletedAt" from insurer where insurer_id = ${insurerId} for no key update`;
  if (!row) throw new Error("the insurer of the submission does not exist");
  return row;
}

/**
 * The instant of a change of the insurer's contracts, later than every one before, whatever clocks say: the database
 * gives it, under the insurer's lock, which this takes where it is not held yet. In whole milliseconds, so that it survives
 * as a `Date`.
 */
export async function recordChange(tx: TransactionSql, insurerId: number): Promise<Date> {
  return (await lockForChange(tx, insurerId)).recordedAt;
}

/** `recordChange`, with what the lock guards. */
export async function lockForChange(
  tx: TransactionSql,
  insurerId: number,
): Promise<InsurerState & { readonly recordedAt: Date }> {
  const [row] = await tx<(InsurerState & { recordedAt: Date })[]>`
    update insurer set contracts_recorded_at =
      greatest(date_trunc('milliseconds', clock_timestamp()), contracts_recorded_at + interval '1 millisecond')
    where insurer_id = ${insurerId} returning contracts_recorded_at as "recordedAt", phase,
      initial_load_completed_at as "initialLoadCompletedAt"`.execute();
  if (!row) throw new Error("the insurer of the change does not exist");
  return row;
}

/**
 * Ends the initial load once a file with `complete="true"` is processed and every initial-load submission received
 * before it has ended (exchange.md section 1). Called whenever one of them ends, under the insurer's lock.
 */
export async function completeInitialLoad(tx: TransactionSql, insurerId: number, now: Date): Promise<void> {
  const ended = await tx`
    update insurer set initial_load_completed_at = ${now}, phase = case when phase = 'loading' then 'live' else phase end
    where insurer_id = ${insurerId} and initial_load_completed_at is null and exists (
      select 1 from submission last
      where last.insurer_id = insurer.insurer_id and last.kind = 'initialLoad' and last.state = 'processed'
        and (last.header->>'complete')::boolean and not exists (
          select 1 from submission earlier
          where earlier.insurer_id = last.insurer_id and earlier.kind = 'initialLoad' and not earlier.dry_run
            and earlier.state in ('received', 'processing', 'held', 'quarantined') and earlier.received_at < last.received_at))`;
  if (ended.count > 0) await releaseDeltas(tx, insurerId, now);
}

/**
 * Ends the initial load by the insurer's own word, whatever files said: `busy` while one of them waits or is processed,
 * `notLoading` before it began. A load that has ended already stays ended. `alsoCommit` writes what is committed together
 * with the end, or not at all.
 */
export async function endInitialLoad(
  tenant: Tenant,
  now: Date,
  alsoCommit?: (tx: TransactionSql) => Promise<void>,
): Promise<"ended" | "busy" | "notLoading"> {
  const { insurerId } = tenant;
  return await tenant.run(async (tx) => {
    const { phase, initialLoadCompletedAt } = await lockInsurer(tx, insurerId);
    if (initialLoadCompletedAt) return "ended";
    if (phase !== "loading") return "notLoading";
    const [waiting] = await tx`
      select 1 from submission where insurer_id = ${insurerId} and kind = 'initialLoad' and not dry_run
        and state in ('received', 'processing', 'held', 'quarantined') limit 1`;
    if (waiting) return "busy";
    await tx`update insurer set initial_load_completed_at = ${now}, phase = 'live' where insurer_id = ${insurerId}`;
    await releaseDeltas(tx, insurerId, now);
    await alsoCommit?.(tx);
    return "ended";
  });
}

/** What waited for the end of the load may run; what waits for a number before it begins to wait now. */
async function releaseDeltas(tx: TransactionSql, insurerId: number, now: Date): Promise<void> {
  await lockDeltaQueue(tx, insurerId);
  await settleDeltas(tx, insurerId, now);
}
