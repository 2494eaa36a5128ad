import { randomUUID } from "node:crypto";
import type { Database } from "../database/connection.ts";
import { runTransaction } from "../database/run-transaction.ts";
import { insertNotices } from "../operator/notices.ts";
import type { DisabledReason } from "./webhook.ts";

/** The right to deliver for a subscription, until it runs out or is given back. Times are the database's. */
export interface SubscriptionClaim {
  readonly insurerId: number;
  readonly subscriptionId: string;
  readonly clientId: string;
  readonly claim: string;
  /** Events are due; false: only a ping waits. */
  readonly isDue: boolean;
  /** The client that answers for it may act for the insurer today. */
  readonly isGranted: boolean;
}

export interface ClaimOptions {
  /** Those whose last attempt failed or took long, or all others. */
  readonly burdensome: boolean;
  readonly limit: number;
  readonly leaseMs: number;
  /** The business day, by which grants count. */
  readonly today: string;
}

type Institute = Pick<Database, "institute">;

/** Takes subscriptions that have something to deliver and that no process serves, longest due first. */
export async function claimSubscriptions(
  { institute }: Institute,
  { burdensome, limit, leaseMs, today }: ClaimOptions,
): Promise<SubscriptionClaim[]> {
  return await institute<SubscriptionClaim[]>`
    with due as (
      select s.insurer_id, s.subscription_id, s.state = 'active' and s.due_at <= statement_timestamp() as is_due,
        exists (
          select from client c join client_grant g using (client_id)
          where c.client_id = s.client_id and g.insurer_id = s.insurer_id and c.revoked_at is null and g.revoked_at is null
            and g.valid_from <= ${today} and (g.valid_to is null or g.valid_to >= ${today})) as is_granted
      from webhook_subscription s join insurer i using (insurer_id)
      where i.phase <> 'suspended' and (s.failures > 0 or s.is_slow) = ${burdensome}
        and (s.claimed_until is null or s.claimed_until <= statement_timestamp())
        and (exists (
            select from webhook_order o where o.insurer_id = s.insurer_id and o.subscription_id = s.subscription_id
              and o.ended_at is null and o.kind = 'ping')
          or (s.state = 'active' and s.due_at <= statement_timestamp() and (
            exists (select from event_feed f where f.insurer_id = s.insurer_id and f.last_position > s.position)
            or exists (select from event e where e.insurer_id = s.insurer_id and e.position is null)
            or exists (
              select from webhook_order o where o.insurer_id = s.insurer_id and o.subscription_id = s.subscription_id
                and o.ended_at is null))))
      order by s.due_at limit ${limit} for update of s skip locked)
    update webhook_subscription s
    set claim = ${randomUUID()}, claimed_until = statement_timestamp() + ${leaseMs} * interval '1 ms'
    from due where s.insurer_id = due.insurer_id and s.subscription_id = due.subscription_id
    returning s.insurer_id as "insurerId", s.subscription_id as "subscriptionId", s.client_id as "clientId", s.claim,
      due.is_due as "isDue", due.is_granted as "isGranted"`;
}

export interface Release {
  readonly isSlow: boolean;
  /** Until the next attempt; absent: as before. */
  readonly dueInMs?: number;
}

/** Gives a claim back. One that another process took over stays his. */
export async function releaseClaim(
  { institute }: Institute,
  { insurerId, subscriptionId, claim }: SubscriptionClaim,
  { isSlow, dueInMs }: Release,
): Promise<void> {
  await institute`
    update webhook_subscription
    set claim = null, claimed_until = null, is_slow = ${isSlow},
      due_at = coalesce(statement_timestamp() + ${dueInMs ?? null} * interval '1 ms', due_at)
    where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} and claim = ${claim}`;
}

/**
 * Ends the deliveries of a subscription whose claim still holds, and tells the insurer by notice and event; true when it
 * did. Its place is kept: once changed to active again, it goes on from there.
 */
export async function disableSubscription(
  { institute }: Institute,
  { insurerId, subscriptionId, clientId, claim }: SubscriptionClaim,
  reason: DisabledReason,
): Promise<boolean> {
  return await runTransaction(institute, async (tx) => {
    const { count } = await tx`
      update webhook_subscription
      set state = 'disabled', disabled_reason = ${reason}, claim = null, claimed_until = null
      where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} and claim = ${claim} and state <> 'disabled'`;
    if (count === 0) return false;
    await insertNotices(tx, [insurerId], {
      kind: "webhookDisabled",
      details: { clientId, subject: subscriptionId, reason },
    });
    return true;
  });
}

/** How many subscriptions there are, by state; `failing` are those that are active and whose last attempt failed. */
export async function countSubscriptionStates({ institute }: Institute): Promise<Readonly<Record<string, number>>> {
  const rows = await institute<{ state: string; count: number }[]>`
    select case when state = 'active' and failures > 0 then 'failing' else state end as state, count(*) as count
    from webhook_subscription group by 1`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}
