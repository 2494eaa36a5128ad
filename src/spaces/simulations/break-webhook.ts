import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../../operator/operator-change.ts";
import type { DeliveryFault } from "../../webhooks/webhook.ts";

export interface WebhookBreak {
  readonly insurerId: number;
  readonly subscriptionId: string;
  readonly fault: DeliveryFault;
  /** 0 mends it. */
  readonly seconds: number;
}

export interface BrokenWebhook extends OperatorChange {
  readonly brokenUntil: Date | null;
}

/**
 * Lets every attempt of a webhook fail for a time, without sending anything: retries, log and what follows of too many are
 * the real ones. Mended, it is tried again at once. Throws OperatorError `subscriptionNotFound`.
 */
export async function breakWebhook(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, subscriptionId, fault, seconds }: WebhookBreak,
): Promise<BrokenWebhook> {
  const [row] = await tx<{ brokenUntil: Date | null }[]>`
    update webhook_subscription
    set broken_until = case when ${seconds}::int > 0 then clock_timestamp() + ${seconds}::int * interval '1 s' end,
      broken_fault = case when ${seconds}::int > 0 then ${fault} end, due_at = least(due_at, clock_timestamp())
    where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} returning broken_until as "brokenUntil"`;
  if (!row) throw new OperatorError("subscriptionNotFound", "There is no webhook subscription with that id.");
  const details = { subscriptionId, fault, seconds };
  return { act: "webhookSimulated", actor, insurerId, details, brokenUntil: row.brokenUntil };
}
