import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "./sql.ts";

/**
 * From here to the end of the transaction, or to `planAnew`, a prepared statement is planned once a connection, whatever
 * its values: for small statements that come again and again. The server by itself plans them each time, since it takes an
 * array of unknown length for a short one, and thinks little of the price of planning.
 */
export async function planOnce(tx: TransactionSql): Promise<void> {
  await tx`set local plan_cache_mode = force_generic_plan`;
}

/** The same as a column of a query. */
export function planOnceSetting(tx: TransactionSql): PendingQuery<Row[]> {
  return tx`set_config('plan_cache_mode', 'force_generic_plan', true) as "planCacheMode"`;
}

export async function planAnew(tx: TransactionSql): Promise<void> {
  await tx`set local plan_cache_mode = auto`;
}
