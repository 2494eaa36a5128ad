import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { NewEvent } from "./event.ts";

/**
 * Tells insurers of something, in the transaction of what happened: both are committed, or neither. For the insurer's
 * own transaction as for the institute's. Takes no lock: writers never wait for each other. In a transaction that is a
 * simulation they say so.
 */
export async function insertEvents(tx: TransactionSql, events: readonly NewEvent[]): Promise<void> {
  if (events.length > 0) await composeEvents(tx, events);
}

/** The same as a query, to be sent by itself or with others. */
export function composeEvents(tx: TransactionSql, events: readonly NewEvent[]): PendingQuery<Row[]> {
  return tx`
    insert into event (insurer_id, kind, details, simulated)
    select "insurerId", kind, jsonb_strip_nulls(details), coalesce(simulated, is_simulation())
    from jsonb_to_recordset(${tx.json(events as never)}) as e ("insurerId" int, kind text, details jsonb, simulated boolean)`;
}
