import { Type } from "typebox";
import { EVENT_KINDS } from "../events/event.ts";
import {
  DELIVERY_CAUSES,
  DELIVERY_FAULTS,
  DELIVERY_OUTCOMES,
  type Delivery,
  DISABLED_REASONS,
  SUBSCRIPTION_STATES,
  type Subscription,
} from "../webhooks/webhook.ts";
import { EVENTS_PATH, EXAMPLE_EVENT } from "./event-view.ts";
import { API_ROOT } from "./paths.ts";
import { Href, Instant, Link, oneOf, Simulated } from "./schema-parts.ts";

export const SUBSCRIPTIONS_PATH = `${API_ROOT}/webhookSubscriptions`;

/** What an insurer chooses. */
export const subscriptionSettings = {
  url: Type.String({
    maxLength: 1000,
    pattern: "^[^\\u0000]*$",
    description:
      "https, a host name, port 443 or one from 1024 on. Its certificate is verified, redirects are not followed, and an address that is not of the public internet is refused at each connection.",
  }),
  eventKinds: Type.Optional(
    Type.Array(oneOf(EVENT_KINDS), {
      minItems: 1,
      maxItems: EVENT_KINDS.length,
      description: "Only these. Absent: all, also those to come.",
    }),
  ),
  description: Type.Optional(
    Type.String({ maxLength: 200, pattern: "^[^\\u0000]*$", description: "Your own words; no personal data." }),
  ),
};

const fields = {
  subscriptionId: Type.String({ format: "uuid" }),
  ...subscriptionSettings,
  state: oneOf(SUBSCRIPTION_STATES, "`disabled` is said by us; change it to `active` to go on."),
  disabledReason: Type.Optional(
    oneOf(
      DISABLED_REASONS,
      "No attempt succeeded for a day; your server answered 410; the client may no longer act for the insurer.",
    ),
  ),
  clientId: Type.String({ description: "The client that made or last changed it. Deliveries end with its grant." }),
  position: Type.Integer({ description: "All events up to this position of your feed are done with." }),
  missedPosition: Type.Optional(
    Type.Integer({ description: "Events up to this position had their time before they could be delivered." }),
  ),
  failures: Type.Integer({ description: "Attempts in a row that failed." }),
  failingSince: Type.Optional(Instant),
  lastFault: Type.Optional(oneOf(DELIVERY_FAULTS)),
  nextAttemptAt: Type.Optional(Type.String({ format: "date-time", description: "While it fails." })),
  lastDeliveredAt: Type.Optional(Instant),
  brokenUntil: Type.Optional(
    Type.String({ format: "date-time", description: "In validation, by a simulation: until then attempts fail." }),
  ),
  brokenFault: Type.Optional(oneOf(DELIVERY_FAULTS, "By a simulation: how they fail.")),
  createdAt: Instant,
  changedAt: Instant,
  deliveries: Link,
};
export const SubscriptionSchema = Type.Object({ self: Href, ...fields }, { title: "WebhookSubscription" });
export const SubscriptionItemSchema = Type.Object({ href: Href, ...fields }, { title: "WebhookSubscriptionItem" });

export const SecretText = Type.String({
  description: "Signs deliveries (Standard Webhooks, `whsec_` and 32 bytes in base64). It is shown this once.",
});
export const NewSubscriptionSchema = Type.Object(
  { self: Href, secret: SecretText, ...fields },
  { title: "NewWebhookSubscription" },
);

export const DeliverySchema = Type.Object(
  {
    href: Type.String({ format: "uri-reference", description: "The event; of a ping the subscription." }),
    deliveryId: Type.String({ format: "uuid", description: "Ids are in order of time." }),
    cause: oneOf(DELIVERY_CAUSES),
    eventId: Type.Optional(Type.String({ format: "uuid" })),
    position: Type.Optional(Type.Integer()),
    attempt: Type.Integer({ minimum: 1, description: "1 for the first of a row." }),
    outcome: oneOf(DELIVERY_OUTCOMES),
    status: Type.Optional(Type.Integer({ description: "Of the HTTP answer; absent where none came." })),
    fault: Type.Optional(oneOf(DELIVERY_FAULTS)),
    durationMs: Type.Integer(),
    simulated: Simulated,
    attemptedAt: Instant,
  },
  { title: "WebhookDelivery" },
);

/** No secret of anybody: it is the one of the examples of Standard Webhooks. */
export const EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export const EXAMPLE_SETTINGS = {
  url: "https://hooks.alpha.example/infoss",
  eventKinds: ["contractRechecked", "submissionProcessed"],
  description: "back office",
} as const;

export const EXAMPLE_SUBSCRIPTION: Subscription = {
  ...EXAMPLE_SETTINGS,
  subscriptionId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d10",
  clientId: "alpha-1",
  state: "active",
  position: 42,
  missedPosition: 0,
  failures: 0,
  lastDeliveredAt: new Date("2026-11-22T09:00:01.000Z"),
  dueAt: new Date("2026-11-22T09:00:01.000Z"),
  createdAt: new Date("2026-11-20T08:00:00.000Z"),
  changedAt: new Date("2026-11-20T08:00:00.000Z"),
};

export const EXAMPLE_DISABLED: Subscription = {
  ...EXAMPLE_SUBSCRIPTION,
  state: "disabled",
  disabledReason: "failing",
  failures: 14,
  failingSince: new Date("2026-11-21T09:00:00.000Z"),
  lastFault: "timedOut",
};

export const EXAMPLE_DELIVERY: Delivery = {
  deliveryId: "019aa9d2-6a00-7cc1-9b3a-2f1c5f0e7d44",
  cause: "event",
  eventId: EXAMPLE_EVENT.eventId,
  position: EXAMPLE_EVENT.position,
  attempt: 1,
  outcome: "delivered",
  status: 204,
  durationMs: 87,
  attemptedAt: new Date("2026-11-22T09:00:01.000Z"),
};

export function viewSubscription(subscription: Subscription) {
  return { self: subscriptionPath(subscription), ...viewFields(subscription) };
}

export function viewSubscriptionItem(subscription: Subscription) {
  return { href: subscriptionPath(subscription), ...viewFields(subscription) };
}

export function subscriptionPath({ subscriptionId }: Pick<Subscription, "subscriptionId">): string {
  return `${SUBSCRIPTIONS_PATH}/${subscriptionId}`;
}

function viewFields(subscription: Subscription) {
  const {
    eventKinds,
    missedPosition,
    failingSince,
    lastDeliveredAt,
    dueAt,
    createdAt,
    changedAt,
    brokenUntil,
    ...others
  } = subscription;
  return {
    ...others,
    ...(eventKinds && { eventKinds: [...eventKinds] }),
    ...(missedPosition > 0 && { missedPosition }),
    ...(failingSince && { failingSince: failingSince.toISOString() }),
    ...(others.failures > 0 && others.state === "active" && { nextAttemptAt: dueAt.toISOString() }),
    ...(lastDeliveredAt && { lastDeliveredAt: lastDeliveredAt.toISOString() }),
    ...(brokenUntil && { brokenUntil: brokenUntil.toISOString() }),
    createdAt: createdAt.toISOString(),
    changedAt: changedAt.toISOString(),
    deliveries: { href: `${subscriptionPath(subscription)}/deliveries` },
  };
}

export function viewDelivery(
  subscription: Pick<Subscription, "subscriptionId">,
  { attemptedAt, ...delivery }: Delivery,
) {
  const { eventId } = delivery;
  return {
    href: eventId === undefined ? subscriptionPath(subscription) : `${EVENTS_PATH}/${eventId}`,
    ...delivery,
    attemptedAt: attemptedAt.toISOString(),
  };
}
