import type { TransactionSql } from "../database/sql.ts";
import type { PaymentList } from "../formats/payment/payment-order.ts";
import type { Actor } from "../identity/registry-error.ts";
import type { OperatorChange } from "../operator/operator-change.ts";
import { getPaymentList } from "./run-queries.ts";

export interface PaymentListRead extends OperatorChange {
  readonly list: PaymentList;
}

/** The list of a run that was ordered; which providers are on it is put on record. Throws OperatorError. */
export async function readPaymentList(tx: TransactionSql, actor: Actor, runId: string): Promise<PaymentListRead> {
  const list = await getPaymentList(tx, runId);
  const rows = await tx<{ personId: string }[]>`
    select person_id as "personId" from provider_payment where run_id::text = ${runId} and state <> 'withheld'`;
  const about = { personIds: rows.map(({ personId }) => personId) };
  return { act: "paymentListRead", actor, details: { runId, orders: list.orders.length }, about, list };
}
