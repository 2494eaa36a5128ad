import { Type } from "typebox";
import { EVENT_KINDS, type Event } from "../events/event.ts";
import { API_ROOT, submissionPath } from "./paths.ts";
import { Href, Instant, Link, oneOf, Simulated } from "./schema-parts.ts";

export const EVENTS_PATH = `${API_ROOT}/events`;

const fields = {
  eventId: Type.String({ format: "uuid", description: "The same each time it is read: by it you know a repetition." }),
  position: Type.Integer({ minimum: 1, description: "Place in your feed: 1, 2, 3 …, without gap." }),
  kind: oneOf(EVENT_KINDS, "More kinds may come: pass over those you do not know."),
  occurredAt: Instant,
  submission: Type.Optional(Link),
  submissionId: Type.Optional(Type.String({ format: "uuid" })),
  reference: Type.Optional(Type.String({ description: "Your own name for the submission." })),
  heldReason: Type.Optional(Type.String({ description: "What a held submission waits for." })),
  awaitedSequence: Type.Optional(
    Type.Integer({ minimum: 1, description: "With `sequenceGap`: the number that was missing when it was held." }),
  ),
  contractId: Type.Optional(Type.String({ format: "uuid" })),
  contractNumber: Type.Optional(Type.String()),
  findingCodes: Type.Optional(Type.Array(Type.String(), { description: "What the re-check of the contract found." })),
  transferId: Type.Optional(Type.String({ format: "uuid", description: "Of contracts handed over by an operator." })),
  fromInsurer: Type.Optional(Type.String({ description: "Enterprise number of the insurer who had them." })),
  toInsurer: Type.Optional(Type.String({ description: "Enterprise number of the insurer who has them now." })),
  transferredOn: Type.Optional(Type.String({ format: "date", description: "First day with the new insurer." })),
  contracts: Type.Optional(Type.Integer({ description: "How many." })),
  clientId: Type.Optional(
    Type.String({ description: "Whose certificate, key or answers expire, or who answers for the webhook." }),
  ),
  subject: Type.Optional(Type.String({ description: "What expires or ended, as in the notice." })),
  expiresAt: Type.Optional(Instant),
  daysBefore: Type.Optional(Type.Integer({ description: "At most this many days were left." })),
  reason: Type.Optional(Type.String({ description: "Why the webhook was disabled." })),
  socialAdvantageId: Type.Optional(
    Type.String({ format: "uuid", description: "Whose status changed: read it again." }),
  ),
  premiumYear: Type.Optional(Type.Integer()),
  adviceId: Type.Optional(Type.String({ format: "uuid", description: "The remittance advice of the payment." })),
  lineNumber: Type.Optional(Type.Integer({ description: "The line that came back; absent: the whole transfer." })),
  simulated: Simulated,
};
export const EventSchema = Type.Object({ self: Href, ...fields }, { title: "Event" });
export const EventItemSchema = Type.Object({ href: Href, ...fields }, { title: "EventItem" });

export const EXAMPLE_EVENT: Event = {
  eventId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c34",
  position: 42,
  kind: "submissionHeld",
  details: {
    submissionId: "019aa9d2-5e11-7a0b-8c44-0b6f9a2d1e77",
    reference: "DELTA-2026-11-22",
    heldReason: "sequenceGap",
    awaitedSequence: 6,
  },
  occurredAt: new Date("2026-11-22T09:00:00.000Z"),
};

export function viewEvent(event: Event) {
  return { self: eventPath(event), ...viewFields(event) };
}

export function viewEventItem(event: Event) {
  return { href: eventPath(event), ...viewFields(event) };
}

function eventPath({ eventId }: Event): string {
  return `${EVENTS_PATH}/${eventId}`;
}

function viewFields({ eventId, position, kind, details, simulated, occurredAt }: Event) {
  const { reference, findingCodes, ...others } = details;
  const { submissionId } = details;
  return {
    eventId,
    position,
    kind,
    occurredAt: occurredAt.toISOString(),
    ...(submissionId !== undefined && { submission: { href: submissionPath(submissionId) } }),
    ...others,
    ...(typeof reference === "string" && { reference }),
    ...(findingCodes && { findingCodes: [...findingCodes] }),
    ...(simulated && { simulated }),
  };
}
