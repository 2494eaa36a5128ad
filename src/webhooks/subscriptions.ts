import { randomBytes } from "node:crypto";
import type { TransactionSql } from "../database/sql.ts";
import { createTenantWithin, type Tenant } from "../database/tenant-scope.ts";
import { FeedPositionError, readFeedEnds } from "../events/feed.ts";
import { parseEndpoint } from "./endpoint-address.ts";
import type { SecretBox } from "./secret-box.ts";
import type { Subscription, SubscriptionSettings } from "./webhook.ts";

/** Written in the transaction of a change, such as its row of the audit trail. */
export type AlsoWrite = (tx: TransactionSql) => Promise<void>;

/** Of an insurer; each may hold up a place where deliveries are made. */
export const MAXIMUM_SUBSCRIPTIONS = 5;
const SECRET_BYTES = 32;
const HOUR_MS = 3_600_000;

export interface NewSubscription extends SubscriptionSettings {
  readonly clientId: string;
  /** Events behind this position are delivered; absent: those that come from now on. */
  readonly after?: number;
}

/** Whose secret it is, wherever its row may be copied to. */
const secretContext = (insurerId: number, subscriptionId: string) => `${insurerId}/${subscriptionId}`;

/**
 * Adds a subscription; answers it with its secret (`whsec_…`), which is shown nowhere else. "tooMany" where the insurer has
 * as many as it may. Throws `EndpointError`, `FeedPositionError`.
 */
export async function createSubscription(
  tenant: Tenant,
  box: SecretBox,
  wanted: NewSubscription,
  alsoWrite: AlsoWrite,
): Promise<{ subscription: Subscription; secret: string } | "tooMany"> {
  const url = parseEndpoint(wanted.url).href;
  return await tenant.run(async (tx) => {
    const { insurerId } = tenant;
    const ends = await readFeedEnds(tx, insurerId);
    // Under the lock of the feed's row: no two are added at once.
    const [held] = await tx<{ count: number }[]>`
      select count(*) as count from webhook_subscription where insurer_id = ${insurerId}`;
    if (held!.count >= MAXIMUM_SUBSCRIPTIONS) return "tooMany" as const;
    const position = wanted.after ?? ends.last;
    if (position > ends.last) throw new FeedPositionError("ahead");
    if (position > 0 && position < ends.removed) throw new FeedPositionError("removed");
    const [row] = await tx<{ id: string }[]>`
      insert into webhook_subscription (insurer_id, client_id, url, event_kinds, description, position)
      values (${insurerId}, ${wanted.clientId}, ${url}, ${kindsOf(wanted)}, ${wanted.description ?? null}, ${position})
      returning subscription_id as id`;
    const secret = await insertSecret(tx, box, insurerId, row!.id);
    await alsoWrite(tx);
    const subscription = await findSubscription(createTenantWithin(tx, insurerId), row!.id);
    return { subscription: subscription!, secret };
  });
}

const kindsOf = ({ eventKinds }: SubscriptionSettings) => (eventKinds ? [...eventKinds] : null);

async function insertSecret(
  tx: TransactionSql,
  box: SecretBox,
  insurerId: number,
  subscriptionId: string,
): Promise<string> {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
  await tx`
    insert into webhook_secret (insurer_id, subscription_id, sealed)
    values (${insurerId}, ${subscriptionId}, ${box.seal(secret, secretContext(insurerId, subscriptionId))})`;
  return secret;
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

const columns = (tx: TransactionSql) => tx`
  subscription_id as "subscriptionId", client_id as "clientId", url, event_kinds as "eventKinds", description, state,
  disabled_reason as "disabledReason", position, missed_position as "missedPosition", failures,
  failing_since as "failingSince", last_fault as "lastFault", last_delivered_at as "lastDeliveredAt", due_at as "dueAt",
  case when broken_until > statement_timestamp() then broken_until end as "brokenUntil",
  case when broken_until > statement_timestamp() then broken_fault end as "brokenFault",
  created_at as "createdAt", changed_at as "changedAt"`;

/** Without what the database has nothing to say about. */
export function dropNulls<T extends object>(row: Nullable<Required<T>>): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}

/** Oldest first. */
export async function listSubscriptions(tenant: Tenant): Promise<Subscription[]> {
  const rows = await tenant.run(
    (tx) => tx<Nullable<Required<Subscription>>[]>`
      select ${columns(tx)} from webhook_subscription where insurer_id = ${tenant.insurerId} order by subscription_id`,
  );
  return rows.map((row) => dropNulls<Subscription>(row));
}

/** `subscriptionId` must be a UUID. */
export async function findSubscription(tenant: Tenant, subscriptionId: string): Promise<Subscription | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<Nullable<Required<Subscription>>[]>`
      select ${columns(tx)} from webhook_subscription
      where insurer_id = ${tenant.insurerId} and subscription_id = ${subscriptionId}`,
  );
  return row && dropNulls<Subscription>(row);
}

export interface SubscriptionChange extends SubscriptionSettings {
  readonly clientId: string;
  readonly state: "active" | "paused";
}

/**
 * Replaces what the insurer chose; the client that asks answers for it from then on. What failed is tried at once, from
 * where it stood, also after it was disabled. Undefined where there is no such subscription. Throws `EndpointError`.
 */
export async function changeSubscription(
  tenant: Tenant,
  subscriptionId: string,
  wanted: SubscriptionChange,
  alsoWrite: AlsoWrite,
): Promise<Subscription | undefined> {
  const url = parseEndpoint(wanted.url).href;
  return await tenant.run(async (tx) => {
    // The round under way loses its claim: it delivers to the address before at most the message it is at.
    const { count } = await tx`
      update webhook_subscription
      set url = ${url}, event_kinds = ${kindsOf(wanted)}, description = ${wanted.description ?? null},
        state = ${wanted.state}, client_id = ${wanted.clientId}, disabled_reason = null, failures = 0, failing_since = null,
        last_fault = null, is_slow = false, due_at = now(), claim = null, claimed_until = null, changed_at = now()
      where insurer_id = ${tenant.insurerId} and subscription_id = ${subscriptionId}`;
    if (count === 0) return undefined;
    await alsoWrite(tx);
    return await findSubscription(createTenantWithin(tx, tenant.insurerId), subscriptionId);
  });
}

/** Removes a subscription with its secrets and its delivery log; false where there is none. */
export async function deleteSubscription(
  tenant: Tenant,
  subscriptionId: string,
  alsoWrite: AlsoWrite,
): Promise<boolean> {
  return await tenant.run(async (tx) => {
    const { count } = await tx`
      delete from webhook_subscription where insurer_id = ${tenant.insurerId} and subscription_id = ${subscriptionId}`;
    if (count > 0) await alsoWrite(tx);
    return count > 0;
  });
}

/**
 * Gives the subscription a new secret. The one before signs beside it for `overlapHours`; of two that sign already the older
 * ends at once. Undefined where there is no such subscription.
 */
export async function rotateSecret(
  tenant: Tenant,
  box: SecretBox,
  { subscriptionId, overlapHours }: { readonly subscriptionId: string; readonly overlapHours: number },
  alsoWrite: AlsoWrite,
): Promise<{ secret: string; previousSecretExpiresAt: Date } | undefined> {
  return await tenant.run(async (tx) => {
    const { insurerId } = tenant;
    const [held] = await tx`
      select from webhook_subscription where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} for update`;
    if (!held) return undefined;
    const previousSecretExpiresAt = new Date(Date.now() + overlapHours * HOUR_MS);
    await tx`
      delete from webhook_secret
      where insurer_id = ${insurerId} and subscription_id = ${subscriptionId} and expires_at is not null`;
    await tx`
      update webhook_secret set expires_at = ${previousSecretExpiresAt}
      where insurer_id = ${insurerId} and subscription_id = ${subscriptionId}`;
    const secret = await insertSecret(tx, box, insurerId, subscriptionId);
    await alsoWrite(tx);
    return { secret, previousSecretExpiresAt };
  });
}

/** The secrets that sign at `now`, the newest first. Throws where the key is not the one they were sealed with. */
export async function listSigningSecrets(
  tenant: Tenant,
  box: SecretBox,
  subscriptionId: string,
  now: Date,
): Promise<string[]> {
  const rows = await tenant.run(
    (tx) => tx<{ sealed: Buffer }[]>`
      select sealed from webhook_secret
      where insurer_id = ${tenant.insurerId} and subscription_id = ${subscriptionId}
        and (expires_at is null or expires_at > ${now})
      order by secret_id desc`,
  );
  return rows.map(({ sealed }) => box.open(sealed, secretContext(tenant.insurerId, subscriptionId)));
}
