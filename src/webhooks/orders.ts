import type { Tenant } from "../database/tenant-scope.ts";
import { readFeedEnds } from "../events/feed.ts";
import type { AlsoWrite } from "./subscriptions.ts";
import type { OrderKind } from "./webhook.ts";

/** Positions of the feed, both included. */
export interface PositionRange {
  readonly fromPosition: number;
  readonly toPosition: number;
}

/** Something that the insurer asked for and that is not done. */
export interface Order {
  readonly orderId: string;
  readonly kind: OrderKind;
  /** Of a replay: up to here it is done, and up to there it goes. */
  readonly position: number | null;
  readonly lastPosition: number | null;
  readonly orderedAt: Date;
}

const MAXIMUM_REPLAYS = 3;

/** Why a replay is not taken. */
export type ReplayRefusal = "notFound" | "disabled" | "tooMany" | "removed" | "ahead";

/** Has one test message sent, whatever the state; one that waits already stands for it. False: no such subscription. */
export async function orderPing(tenant: Tenant, subscriptionId: string, alsoWrite: AlsoWrite): Promise<boolean> {
  return await tenant.run(async (tx) => {
    const { insurerId } = tenant;
    const [held] = await tx`
      select from webhook_subscription where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} for update`;
    if (!held) return false;
    await tx`
      insert into webhook_order (insurer_id, subscription_id, kind)
      select ${insurerId}, ${subscriptionId}, 'ping'
      where not exists (
        select from webhook_order
        where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} and kind = 'ping' and ended_at is null)`;
    await alsoWrite(tx);
    return true;
  });
}

/** Has the events of a range delivered again; undefined when it is ordered. */
export async function orderReplay(
  tenant: Tenant,
  subscriptionId: string,
  { fromPosition, toPosition }: PositionRange,
  alsoWrite: AlsoWrite,
): Promise<ReplayRefusal | undefined> {
  return await tenant.run(async (tx) => {
    const { insurerId } = tenant;
    const [held] = await tx<{ state: string; replays: number }[]>`
      select state, (select count(*) from webhook_order o
        where o.insurer_id = s.insurer_id and o.subscription_id = s.subscription_id and o.kind = 'replay'
          and o.ended_at is null) as replays
      from webhook_subscription s
      where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} for update`;
    if (!held) return "notFound";
    if (held.state === "disabled") return "disabled";
    if (held.replays >= MAXIMUM_REPLAYS) return "tooMany";
    const { last, removed } = await readFeedEnds(tx, insurerId);
    if (toPosition > last) return "ahead";
    if (fromPosition <= removed) return "removed";
    await tx`
      insert into webhook_order (insurer_id, subscription_id, kind, position, last_position)
      values (${insurerId}, ${subscriptionId}, 'replay', ${fromPosition - 1}, ${toPosition})`;
    await alsoWrite(tx);
    return undefined;
  });
}

/** What is not done yet, oldest first. */
export async function listOrders(tenant: Tenant, subscriptionId: string): Promise<Order[]> {
  return await tenant.run(
    (tx) => tx<Order[]>`
      select order_id as "orderId", kind, position, last_position as "lastPosition", ordered_at as "orderedAt"
      from webhook_order
      where insurer_id = ${tenant.insurerId} and subscription_id = ${subscriptionId} and ended_at is null
      order by order_id`,
  );
}
