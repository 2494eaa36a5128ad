import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { Event } from "../events/event.ts";
import { FeedPositionError, listEvents, readFeedEnds } from "../events/feed.ts";
import type { SubscriptionClaim } from "./claim.ts";
import { insertDelivery } from "./deliveries.ts";
import { listOrders, type Order } from "./orders.ts";
import type { SecretBox } from "./secret-box.ts";
import type { EndpointChannel, PostResult } from "./send-webhook.ts";
import { findSubscription, listSigningSecrets } from "./subscriptions.ts";
import type { DeliveryCause, DeliveryFault, Subscription } from "./webhook.ts";
import { renderCloudEvent, renderPing, signMessage } from "./webhook-message.ts";

export interface RoundParts {
  readonly tenant: Tenant;
  readonly claim: SubscriptionClaim;
  readonly box: SecretBox;
  /** Address of the API, as in the links of events. */
  readonly api: string;
  readonly leaseMs: number;
  readonly openEndpoint: (url: URL) => EndpointChannel;
  readonly signal: AbortSignal;
  readonly onAttempt?: (result: PostResult) => void;
}

/** How a round ended: `failures` in a row, 0 when the last attempt was taken. */
export interface RoundResult {
  readonly failures: number;
  readonly isGone: boolean;
  readonly isSlow: boolean;
}

/** After this many events, or this long, others come first. */
const EVENTS_A_ROUND = 100;
const ROUND_MS = 10_000;
/** An attempt that takes longer makes the subscription one of the slow ones. */
const SLOW_MS = 2_000;

/** The claim was lost to another process or to a change of the subscription: what was under way is no longer ours. */
export class ClaimLost extends Error {
  override readonly name = "ClaimLost";
}

/**
 * Delivers what is due of a claimed subscription, one message after the other: pings, then events in the order of the feed
 * up to the first that is not taken, then what is to be delivered again. How far it came is committed after each message,
 * under the claim. Throws `ClaimLost`, and the reason of `signal`.
 */
export async function deliverRound(parts: RoundParts): Promise<RoundResult> {
  const { tenant, claim, openEndpoint } = parts;
  const subscription = await findSubscription(tenant, claim.subscriptionId);
  if (!subscription) throw new ClaimLost("the subscription was deleted");
  const secrets = await listSigningSecrets(tenant, parts.box, claim.subscriptionId, new Date());
  const channel = openEndpoint(new URL(subscription.url));
  const round = createRound(parts, subscription, secrets, channel);
  try {
    const orders = await listOrders(tenant, claim.subscriptionId);
    for (const order of orders.filter(({ kind }) => kind === "ping")) await round.ping(order);
    if (claim.isDue && (await round.deliverEvents())) {
      for (const order of orders.filter(({ kind }) => kind === "replay")) if (!(await round.replay(order))) break;
    }
    return round.result();
  } finally {
    channel.close();
  }
}

type Written = (tx: TransactionSql) => PromiseLike<unknown>;
/** Writes that everything up to a position is done with. */
type Move = (tx: TransactionSql, position: number) => PromiseLike<unknown>;

function createRound(
  parts: RoundParts,
  subscription: Subscription,
  secrets: readonly string[],
  channel: EndpointChannel,
) {
  const { tenant, claim, api, leaseMs, signal, onAttempt } = parts;
  const { insurerId } = tenant;
  const { subscriptionId } = claim;
  const startedAt = performance.now();
  let { failures } = subscription;
  let [isGone, isSlow, attempts] = [false, false, 0];

  /** Writes what came of an attempt and prolongs the claim, if it still holds. */
  const commit = (write: Written) =>
    tenant.run(async (tx) => {
      const { count } = await tx`
        update webhook_subscription set claimed_until = statement_timestamp() + ${leaseMs} * interval '1 ms'
        where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} and claim = ${claim.claim}`;
      if (count === 0) throw new ClaimLost("the claim is no longer ours");
      await write(tx);
    });

  const post = async (cloudEvent: { readonly id: string }) => {
    const result =
      breakDelivery(subscription) ?? (await channel.post(signMessage(cloudEvent, secrets, new Date()), signal));
    attempts += 1;
    isSlow ||= result.durationMs > SLOW_MS;
    onAttempt?.(result);
    return result;
  };

  const updateHealth = (tx: TransactionSql, { fault }: PostResult) => tx`
    update webhook_subscription
    set failures = ${failures}, last_fault = ${fault ?? null},
      failing_since = case when ${fault !== undefined} then coalesce(failing_since, statement_timestamp()) end,
      last_delivered_at = case when ${fault === undefined} then statement_timestamp() else last_delivered_at end
    where insurer_id = ${insurerId} and subscription_id = ${subscriptionId}`;

  /** False when it is not taken; `move` writes where the insurer is once it is. */
  const deliver = async (event: Event, cause: DeliveryCause, move: Written): Promise<boolean> => {
    const result = await post(renderCloudEvent(event, api));
    const attempt = failures + 1;
    failures = result.fault === undefined ? 0 : attempt;
    isGone = result.fault === "gone";
    const { eventId, position } = event;
    await commit(async (tx) => {
      await insertDelivery(tx, insurerId, subscriptionId, { cause, eventId, position, attempt, ...result });
      await updateHealth(tx, result);
      if (result.fault === undefined) await move(tx);
    });
    return result.fault === undefined;
  };

  const isOver = () => attempts >= EVENTS_A_ROUND || performance.now() - startedAt > ROUND_MS || signal.aborted;

  /** Events in their order; answers the position that was reached, and whether all were done with. */
  const deliverAll = async (events: readonly Event[], from: number, cause: DeliveryCause, move: Move) => {
    let [position, written] = [from, from];
    for (const event of events) {
      if (isWanted(subscription, event)) {
        if (isOver() || !(await deliver(event, cause, (tx) => move(tx, event.position))))
          return { position, isDone: false };
        written = event.position;
      }
      position = event.position;
    }
    // What is not asked for is passed over together.
    if (written < position) await commit((tx) => move(tx, position));
    return { position, isDone: true };
  };

  return {
    result: (): RoundResult => ({ failures, isGone, isSlow }),

    /** One attempt, whatever comes of it. */
    async ping({ orderId, orderedAt }: Order): Promise<void> {
      const result = await post(renderPing(orderId, orderedAt, api));
      await commit(async (tx) => {
        await insertDelivery(tx, insurerId, subscriptionId, { cause: "ping", attempt: 1, ...result });
        await endOrder(tx, insurerId, orderId);
      });
    },

    /** True when the subscription is where its feed ends. */
    async deliverEvents(): Promise<boolean> {
      const move: Move = (tx, position) => tx`
        update webhook_subscription set position = ${position}
        where insurer_id = ${insurerId} and subscription_id = ${subscriptionId}`;
      let position = await skipRemoved(parts, subscription.position, commit);
      while (!isOver()) {
        const events = await listEvents(tenant, { after: position, limit: EVENTS_A_ROUND });
        const reached = await deliverAll(events, position, "event", move);
        if (!reached.isDone) return false;
        if (events.length < EVENTS_A_ROUND) return true;
        position = reached.position;
      }
      return false;
    },

    /** True when everything of the range is delivered again; what had its time meanwhile is left out. */
    async replay(order: Order): Promise<boolean> {
      const move: Move = (tx, position) => tx`
        update webhook_order set position = ${position}
        where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} and order_id = ${order.orderId}`;
      const last = order.lastPosition!;
      let position = order.position!;
      while (position < last) {
        if (isOver()) return false;
        const events = (await listEventsFrom(tenant, position, EVENTS_A_ROUND)).filter((one) => one.position <= last);
        const reached = await deliverAll(events, position, "replay", move);
        if (!reached.isDone) return false;
        if (events.length < EVENTS_A_ROUND) break;
        position = reached.position;
      }
      await commit((tx) => endOrder(tx, insurerId, order.orderId));
      return true;
    },
  };
}

/** In validation: how an attempt ends while a simulation breaks the webhook; nothing is sent. Undefined: it does not. */
function breakDelivery({ brokenUntil, brokenFault: fault }: Subscription): PostResult | undefined {
  if (!brokenUntil || !fault || brokenUntil <= new Date()) return undefined;
  const status = STATUS_OF_FAULT[fault];
  return { fault, durationMs: 0, simulated: true, ...(status !== undefined && { status }) };
}

/** Faults that an answer tells. */
const STATUS_OF_FAULT: Partial<Record<DeliveryFault, number>> = { errorStatus: 503, gone: 410, redirected: 302 };

function isWanted({ eventKinds }: Subscription, { kind }: Event): boolean {
  return eventKinds?.includes(kind) ?? true;
}

async function endOrder(tx: TransactionSql, insurerId: number, orderId: string): Promise<void> {
  await tx`update webhook_order set ended_at = now() where insurer_id = ${insurerId} and order_id = ${orderId}`;
}

/** Where to go on from: behind what had its time while nothing could be delivered, which is noted. */
async function skipRemoved(
  { tenant, claim }: RoundParts,
  position: number,
  commit: (write: Written) => Promise<void>,
): Promise<number> {
  const { removed } = await tenant.run((tx) => readFeedEnds(tx, tenant.insurerId));
  if (position >= removed) return position;
  await commit(
    (tx) => tx`
      update webhook_subscription set position = ${removed}, missed_position = ${removed}
      where insurer_id = ${tenant.insurerId} and subscription_id = ${claim.subscriptionId}`,
  );
  return removed;
}

/** The next events that are still there. */
async function listEventsFrom(tenant: Tenant, after: number, limit: number): Promise<Event[]> {
  try {
    return await listEvents(tenant, { after, limit });
  } catch (error) {
    if (!(error instanceof FeedPositionError) || error.reason !== "removed") throw error;
    const { removed } = await tenant.run((tx) => readFeedEnds(tx, tenant.insurerId));
    return await listEvents(tenant, { after: removed, limit });
  }
}
