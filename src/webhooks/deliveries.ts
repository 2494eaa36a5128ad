import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import { dropNulls } from "./subscriptions.ts";
import type { Delivery, DeliveryOutcome } from "./webhook.ts";

export interface DeliveryPage {
  /** Only attempts before this one. */
  readonly before?: string;
  readonly outcome?: DeliveryOutcome;
  readonly limit: number;
}

/** The delivery log of a subscription, newest first. Ids must be UUIDs. */
export async function listDeliveries(
  tenant: Tenant,
  subscriptionId: string,
  { before, outcome, limit }: DeliveryPage,
): Promise<Delivery[]> {
  const rows = await tenant.run(
    (tx) => tx`
      select delivery_id as "deliveryId", cause, event_id as "eventId", position, attempt, outcome, status, fault,
        duration_ms as "durationMs", nullif(simulated, false) as simulated, attempted_at as "attemptedAt"
      from webhook_delivery
      where insurer_id = ${tenant.insurerId} and subscription_id = ${subscriptionId}
        ${before === undefined ? tx`` : tx`and delivery_id < ${before}`}
        ${outcome === undefined ? tx`` : tx`and outcome = ${outcome}`}
      order by delivery_id desc limit ${limit}`,
  );
  return rows.map((row) => dropNulls<Delivery>(row as never));
}

/** In the insurer's transaction. */
export async function insertDelivery(
  tx: TransactionSql,
  insurerId: number,
  subscriptionId: string,
  delivery: Omit<Delivery, "deliveryId" | "attemptedAt" | "outcome">,
): Promise<void> {
  const { cause, eventId = null, position = null, attempt, status = null, fault = null, durationMs } = delivery;
  const { simulated = false } = delivery;
  await tx`
    insert into webhook_delivery
      (insurer_id, subscription_id, cause, event_id, position, attempt, outcome, status, fault, duration_ms, simulated)
    values (${insurerId}, ${subscriptionId}, ${cause}, ${eventId}, ${position}, ${attempt},
      ${fault === null ? "delivered" : "failed"}, ${status}, ${fault}, ${durationMs}, ${simulated})`;
}

/** Removes attempts and orders that ended before `before`. */
export async function removeDeliveries(tenant: Tenant, before: Date): Promise<void> {
  await tenant.run(async (tx) => {
    const { insurerId } = tenant;
    await tx`delete from webhook_delivery where insurer_id = ${insurerId} and attempted_at < ${before}`;
    await tx`delete from webhook_order where insurer_id = ${insurerId} and ended_at < ${before}`;
  });
}
