import { Webhook } from "standardwebhooks";
import type { Event } from "../events/event.ts";

/** What is posted: the body as it is signed, and the headers of Standard Webhooks. */
export interface WebhookMessage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Before the kind of an event, in the type of its CloudEvent. */
export const EVENT_TYPE_PREFIX = "be.nihdi.infoss.";
const MEDIA_TYPE = "application/cloudevents+json; charset=utf-8";

/**
 * A thin CloudEvent (1.0, structured JSON): that something happened and where to read of it, never what it says. `api` is
 * the address of the API; `sequence` and `dataref` are extensions of the CloudEvents specification.
 */
export function renderCloudEvent(
  { eventId, position, kind, occurredAt }: Pick<Event, "eventId" | "position" | "kind" | "occurredAt">,
  api: string,
) {
  return {
    specversion: "1.0",
    id: eventId,
    source: api,
    type: `${EVENT_TYPE_PREFIX}${kind}`,
    subject: `events/${eventId}`,
    time: occurredAt.toISOString(),
    sequence: String(position),
    dataref: `${api}/events/${eventId}`,
  };
}

/** What a test ping carries: no event. */
export function renderPing(orderId: string, orderedAt: Date, api: string) {
  return {
    specversion: "1.0",
    id: orderId,
    source: api,
    type: `${EVENT_TYPE_PREFIX}ping`,
    subject: "ping",
    time: orderedAt.toISOString(),
  };
}

/** Signs with each of the secrets (`whsec_…`); the receiver takes the message when one of the signatures is good. */
export function signMessage(
  cloudEvent: { readonly id: string },
  secrets: readonly string[],
  now: Date,
): WebhookMessage {
  const body = JSON.stringify(cloudEvent);
  const signatures = secrets.map((secret) => new Webhook(secret).sign(cloudEvent.id, now, body));
  return {
    body,
    headers: {
      "Content-Type": MEDIA_TYPE,
      "User-Agent": "infoss-gateway",
      "webhook-id": cloudEvent.id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": signatures.join(" "),
    },
  };
}
