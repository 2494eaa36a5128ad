import type { TransactionSql } from "../database/sql.ts";

/** One merge at a time for an insurer; also guards the end of its initial load. Held until the transaction ends. */
export async function lockInsurer(
  tx: TransactionSql,
  insurerId: number,
): Promise<{ initialLoadCompletedAt: Date | null }> {
  const [row] = await tx<{ initialLoadCompletedAt: Date | null }[]>`
    select initial_load_completed_at as "initialLoadCompletedAt" from insurer where insurer_id = ${insurerId} for no key update`;
  if (!row) throw new Error("the insurer of the submission does not exist");
  return row;
}

/**
 * Ends the initial load once a file with `complete="true"` is processed and every initial-load submission received
 * before it has ended (exchange.md section 1). Called whenever one of them ends, under the insurer's lock.
 */
export async function completeInitialLoad(tx: TransactionSql, insurerId: number, now: Date): Promise<void> {
  await tx`
    update insurer set initial_load_completed_at = ${now}, phase = case when phase = 'loading' then 'live' else phase end
    where insurer_id = ${insurerId} and initial_load_completed_at is null and exists (
      select 1 from submission last
      where last.insurer_id = insurer.insurer_id and last.kind = 'initialLoad' and last.state = 'processed'
        and (last.header->>'complete')::boolean and not exists (
          select 1 from submission earlier
          where earlier.insurer_id = last.insurer_id and earlier.kind = 'initialLoad'
            and earlier.state in ('received', 'processing', 'held', 'quarantined') and earlier.received_at < last.received_at))`;
}
