/** Whether a webhook is the gateway's own (Standard Webhooks), and what it says. Depends on nothing else of the gateway. */
import { timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { FeedEvent } from "./pages.ts";

const TYPE_PREFIX = "be.nihdi.infoss.";

/** A thin CloudEvent 1.0 about an event of your feed. The gateway may come to know kinds that this type does not: pass over those. */
export interface EventWebhook {
  readonly specversion: "1.0";
  /** The `eventId`: by it you know a repetition. */
  readonly id: string;
  /** Address of the API. */
  readonly source: string;
  readonly type: `${typeof TYPE_PREFIX}${FeedEvent["kind"]}`;
  readonly subject: string;
  /** When it happened. */
  readonly time: string;
  /** Its `position` in your feed. */
  readonly sequence: string;
  /** Where to read the event. */
  readonly dataref: string;
}

/** What `POST …/ping` has sent. */
export interface PingWebhook extends Omit<EventWebhook, "type" | "sequence" | "dataref"> {
  readonly type: `${typeof TYPE_PREFIX}ping`;
}

/** Of Node's or of fetch; names in any case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookVerification {
  /** `whsec_…`: one, or two while you change them. */
  readonly secrets: readonly string[];
  /** How far from `now` it may have been sent, before or after; 300. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970; absent: as the clock says. */
  readonly now?: number;
}

/** It is not to be believed; the message says why, and quotes nothing of it. */
export class WebhookInvalid extends Error {
  override readonly name = "WebhookInvalid";
}

/**
 * What a webhook says, once its signature is good by one of the secrets. `body`: as it came, before anything read or
 * rewrote it. Throws WebhookInvalid.
 */
export function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  { secrets, toleranceSeconds = 300, now = Date.now() }: WebhookVerification,
): EventWebhook | PingWebhook {
  const read = readHeaders(headers);
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(read);
  if (!id || !timestamp || !signatures) throw new WebhookInvalid("a header of its signature is missing");
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookInvalid("webhook-timestamp is no time");
  // A tolerance that is no number lets nothing in.
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= toleranceSeconds)) {
    throw new WebhookInvalid("it was sent too long ago, or lies ahead");
  }
  const text = typeof body === "string" ? body : Buffer.from(body).toString("utf8");
  const sentAt = new Date(Number(timestamp) * 1000);
  // `sign` alone of the library: its `verify` knows neither another tolerance nor a second secret.
  const expected = secrets.map((secret) => Buffer.from(new Webhook(secret).sign(id, sentAt, text)));
  const isGood = signatures.split(" ").some((given) => expected.some((one) => isSame(Buffer.from(given), one)));
  if (!isGood) throw new WebhookInvalid("its signature is of none of the secrets");
  return parseCloudEvent(text, id);
}

function readHeaders(headers: WebhookHeaders): (name: string) => string | undefined {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  const values = new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = values.get(name);
    // What is there twice is not what was sent.
    return typeof value === "string" ? value : undefined;
  };
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Signed by the gateway, so of its shape; but a secret may serve two endpoints, and these be of other services. */
function parseCloudEvent(text: string, id: string): EventWebhook | PingWebhook {
  let value: Partial<EventWebhook> | null;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WebhookInvalid("its body is no JSON");
  }
  if (value?.specversion !== "1.0" || value.id !== id || !value.type?.startsWith(TYPE_PREFIX)) {
    throw new WebhookInvalid("its body is no CloudEvent of the gateway with the id of its header");
  }
  return value as EventWebhook;
}
