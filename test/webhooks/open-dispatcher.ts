import { randomBytes } from "node:crypto";
import { pino } from "pino";
import type { Test } from "tap";
import { createFixedBusinessClock } from "../../src/clock.ts";
import type { EventKind } from "../../src/events/event.ts";
import { insertEvents } from "../../src/events/insert-events.ts";
import { enterpriseCheckDigits } from "../../src/identifiers/enterprise-number.ts";
import type { NewAlarm } from "../../src/operations/alarms.ts";
import { listDeliveries } from "../../src/webhooks/deliveries.ts";
import { type DispatcherOptions, startDispatcher } from "../../src/webhooks/dispatcher.ts";
import { createSecretBox } from "../../src/webhooks/secret-box.ts";
import { createSubscription, findSubscription } from "../../src/webhooks/subscriptions.ts";
import { createTestDatabase } from "../database.ts";
import { admitWithClient, clientIdOf } from "../http/admit-with-client.ts";
import { createOpener } from "./open-endpoint.ts";

export const TODAY = "2026-11-22";
export const API = "https://gateway.example/REST/digitalContracts/v1";

export type OpenHooks = Awaited<ReturnType<typeof openHooks>>;

/** Insurers, their events and subscriptions on a database of its own; nothing is delivered before `start`. */
export async function openHooks(t: Test) {
  const { url, database, owner } = await createTestDatabase(t);
  const masterKey = randomBytes(32);
  const box = createSecretBox(masterKey);
  const alarms: NewAlarm[] = [];
  const faults: unknown[] = [];
  let admitted = 0;

  async function admit() {
    admitted += 1;
    const body = `0${7_000_000 + admitted}`;
    const enterpriseNumber = body + enterpriseCheckDigits(body);
    const { insurerId } = await admitWithClient(database, enterpriseNumber, `Insurer ${admitted}`, undefined, "live");
    const clientId = clientIdOf(enterpriseNumber);
    const tenant = database.asInsurer(insurerId);
    return {
      insurerId,
      clientId,
      tenant,
      async tell(...references: string[]): Promise<void> {
        await tell("submissionProcessed", references);
      },
      tellAs: (kind: EventKind, ...references: string[]) => tell(kind, references),
      async subscribe(to: { readonly url: string; readonly eventKinds?: EventKind[]; readonly after?: number }) {
        const made = await createSubscription(tenant, box, { clientId, after: 0, ...to }, async () => {});
        if (made === "tooMany") throw new Error("too many subscriptions");
        const { subscriptionId } = made.subscription;
        return {
          subscriptionId,
          secret: made.secret,
          look: async () => (await findSubscription(tenant, subscriptionId))!,
          /** Oldest first. */
          log: async () => (await listDeliveries(tenant, subscriptionId, { limit: 1000 })).reverse(),
        };
      },
    };
    async function tell(kind: EventKind, references: readonly string[]) {
      await tenant.run((tx) =>
        insertEvents(
          tx,
          references.map((reference) => ({ insurerId, kind, details: { reference } })),
        ),
      );
    }
  }

  /** A process that delivers; several may. Times between attempts are short. */
  function start(options: Partial<DispatcherOptions> = {}) {
    const dispatcher = startDispatcher({
      database,
      clock: createFixedBusinessClock(TODAY),
      log: pino({ level: "error" }, { write: (line: string) => faults.push(JSON.parse(line)) }),
      raiseAlarm: async (alarm) => {
        alarms.push(alarm);
      },
      box,
      openEndpoint: createOpener(),
      api: API,
      retentionMs: 86_400_000,
      pollIntervalMs: 20,
      retryLadderMs: Array.from({ length: 1000 }, () => 10),
      ...options,
    });
    t.teardown(() => dispatcher.stop(0));
    return dispatcher;
  }

  return { url, database, owner, masterKey, box, alarms, faults, admit, start };
}

/** Asks again and again until the answer is one that is waited for. */
export async function until<T>(ask: () => Promise<T> | T, isReached: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isReached(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
