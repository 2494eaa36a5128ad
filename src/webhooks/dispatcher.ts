import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { BusinessClock } from "../clock.ts";
import type { Database } from "../database/connection.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import { claimSubscriptions, disableSubscription, releaseClaim, type SubscriptionClaim } from "./claim.ts";
import { ClaimLost, deliverRound, type RoundResult } from "./deliver-round.ts";
import { removeDeliveries } from "./deliveries.ts";
import { findRetryDelay, RETRY_LADDER_MS } from "./retry-ladder.ts";
import type { SecretBox } from "./secret-box.ts";
import type { OpenEndpoint, PostResult } from "./send-webhook.ts";
import type { DisabledReason } from "./webhook.ts";

export interface DispatcherOptions {
  readonly database: Database;
  readonly clock: BusinessClock;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  readonly raiseAlarm: (alarm: NewAlarm) => Promise<void>;
  readonly box: SecretBox;
  readonly openEndpoint: OpenEndpoint;
  /** Address of the API, as in the links of events. */
  readonly api: string;
  /** How long the delivery log is kept. */
  readonly retentionMs: number;
  readonly pollIntervalMs: number;
  /** Subscriptions served at once; as many again that fail or are slow. */
  readonly concurrency?: number;
  /** How long a process that died keeps its subscriptions from the others. */
  readonly leaseMs?: number;
  readonly retryLadderMs?: readonly number[];
  readonly onAttempt?: (result: PostResult) => void;
}

export interface Dispatcher {
  /** Takes up nothing new; what is under way gets `graceMs`, then is broken off and left to another process. */
  stop(graceMs: number): Promise<void>;
}

const CONCURRENCY = 16;
/** More than an attempt may take, for the claim is prolonged after each. */
const LEASE_MS = 45_000;
const HOUR_MS = 3_600_000;

/**
 * Pushes events to the endpoints of insurers. Any number of processes may do so: a subscription is served by one at a
 * time, under a claim that runs out when its process dies. The feed itself is what is delivered, so nothing is queued and
 * nothing can be lost; a message whose answer was not yet noted when a process died is sent again.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { database, clock, log, pollIntervalMs, concurrency = CONCURRENCY, leaseMs = LEASE_MS } = options;
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const rounds = { usual: new Set<Promise<void>>(), burdensome: new Set<Promise<void>>() };
  let wake = new AbortController();

  const takeUp = async (kind: keyof typeof rounds) => {
    const running = rounds[kind];
    const limit = concurrency - running.size;
    if (limit <= 0) return;
    const burdensome = kind === "burdensome";
    const claims = await claimSubscriptions(database, { burdensome, limit, leaseMs, today: clock.today() });
    for (const claim of claims) {
      const round = serve(options, claim, leaseMs, abandoning.signal).finally(() => {
        running.delete(round);
        // There may be more of the same, and there is room.
        wake.abort();
      });
      running.add(round);
    }
  };

  const loop = async () => {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      try {
        await takeUp("usual");
        await takeUp("burdensome");
      } catch (err) {
        log.error({ code: "webhooksFailed", err }, "webhook deliveries could not be taken up; tried again");
        await pause(pollIntervalMs, stopping.signal);
        continue;
      }
      await pause(pollIntervalMs, AbortSignal.any([stopping.signal, wake.signal]));
    }
  };
  const removing = removeHourly(options, stopping.signal);
  const looping = loop();
  return {
    async stop(graceMs) {
      stopping.abort();
      const patience = setTimeout(() => abandoning.abort(), graceMs);
      await Promise.all([looping, removing]);
      await Promise.all([...rounds.usual, ...rounds.burdensome]);
      clearTimeout(patience);
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** One round of a subscription; never throws. */
async function serve(
  options: DispatcherOptions,
  claim: SubscriptionClaim,
  leaseMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { database, log, box, openEndpoint, onAttempt } = options;
  const { insurerId, subscriptionId } = claim;
  const subject = { insurerId, subscriptionId };
  try {
    if (!claim.isGranted) return await disable(options, claim, "clientNotGranted");
    const result = await deliverRound({
      tenant: database.asInsurer(insurerId),
      claim,
      box,
      api: options.api,
      leaseMs,
      openEndpoint,
      signal,
      ...(onAttempt && { onAttempt }),
    });
    await settle(options, claim, result);
  } catch (err) {
    if (err instanceof ClaimLost) return;
    if (!signal.aborted) log.error({ code: "webhookRoundFailed", ...subject, err }, "a round of deliveries failed");
    const dueInMs = signal.aborted ? 0 : options.pollIntervalMs;
    await releaseClaim(database, claim, { isSlow: false, dueInMs }).catch(() => {});
  }
}

async function settle(
  options: DispatcherOptions,
  claim: SubscriptionClaim,
  { failures, isGone, isSlow }: RoundResult,
): Promise<void> {
  const { database, retryLadderMs = RETRY_LADDER_MS } = options;
  if (isGone) return await disable(options, claim, "gone");
  if (!claim.isDue) return await releaseClaim(database, claim, { isSlow });
  const dueInMs = failures === 0 ? 0 : findRetryDelay(failures, Math.random, retryLadderMs);
  if (dueInMs === undefined) return await disable(options, claim, "failing");
  await releaseClaim(database, claim, { isSlow, dueInMs });
}

async function disable(options: DispatcherOptions, claim: SubscriptionClaim, reason: DisabledReason): Promise<void> {
  const { insurerId, subscriptionId } = claim;
  if (!(await disableSubscription(options.database, claim, reason))) return;
  await options.raiseAlarm({ code: "webhookDisabled", insurerId, details: { subscriptionId, reason } });
}

/** Once an hour, beginning now: what the delivery log no longer keeps. */
async function removeHourly({ database, log, retentionMs }: DispatcherOptions, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      const before = new Date(Date.now() - retentionMs);
      const insurers = await database.institute<{ insurerId: number }[]>`
        select distinct insurer_id as "insurerId" from webhook_subscription`;
      for (const { insurerId } of insurers) await removeDeliveries(database.asInsurer(insurerId), before);
    } catch (err) {
      log.warn({ code: "deliveryRemovalFailed", err }, "old deliveries could not be removed; tried again later");
    }
    await pause(HOUR_MS, stopped);
  }
}
