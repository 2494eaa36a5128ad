import type { TransactionSql } from "../../database/sql.ts";

/** What can be ordered ahead: of the next submission, or of the next answer at the SFTP door. */
export const SIMULATION_ORDERS = ["holdSubmission", "loseAnswer", "delayAnswer", "doubleAnswer"] as const;
export type SimulationOrder = (typeof SIMULATION_ORDERS)[number];

/** From here to the end of the transaction, what is written tells that a simulation caused it (function `is_simulation`). */
export async function markSimulation(tx: TransactionSql): Promise<void> {
  await tx`select set_config('infoss.simulation', 'on', true)`;
}

/** Uses up an order to hold the insurer's next submission; false where there is none. The transaction is then a simulation's. */
export async function takeHoldOrder(tx: TransactionSql, insurerId: number): Promise<boolean> {
  const { count } = await tx`
    update simulation_order set used_at = clock_timestamp()
    where insurer_id = ${insurerId} and order_id = (
      select order_id from simulation_order
      where insurer_id = ${insurerId} and kind = 'holdSubmission' and used_at is null
      order by order_id limit 1 for update skip locked)`;
  if (count > 0) await markSimulation(tx);
  return count > 0;
}
