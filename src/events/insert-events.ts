import type { TransactionSql } from "../database/sql.ts";
import type { NewEvent } from "./event.ts";

/**
 * Tells insurers of something, in the transaction of what happened: both are committed, or neither. For the insurer's
 * own transaction as for the institute's. Takes no lock: writers never wait for each other.
 */
export async function insertEvents(tx: TransactionSql, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx`
    insert into event (insurer_id, kind, details)
    select "insurerId", kind, jsonb_strip_nulls(details)
    from jsonb_to_recordset(${tx.json(events as never)}) as e ("insurerId" int, kind text, details jsonb)`;
}
