import { runTransaction } from "./run-transaction.ts";
import type { Sql, TransactionSql } from "./sql.ts";

/**
 * One insurer's view of the database. Queries run by `run` are in a transaction that carries the insurer's id, so
 * row-level security hides every other insurer's rows even from a query that forgets to say whose it wants.
 */
export interface Tenant {
  readonly insurerId: number;
  run<T>(work: (tx: TransactionSql) => Promise<T>): Promise<T>;
}

export function createTenant(transactions: Sql, insurerId: number): Tenant {
  return {
    insurerId,
    run: (work) =>
      runTransaction(transactions, async (tx) => {
        // Not awaited alone: both travel together, and the server runs them in order.
        const [, result] = await Promise.all([setTenant(tx, insurerId), work(tx)]);
        return result;
      }),
  };
}

/** Makes the rest of the transaction the insurer's; the setting ends with the transaction. */
export async function setTenant(tx: TransactionSql, insurerId: number): Promise<void> {
  await tx`select set_config('infoss.insurer_id', ${String(insurerId)}, true)`;
}
