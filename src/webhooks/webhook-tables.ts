import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, identifier, isOneOf, simulated, textArray } from "../database/column-types.ts";
import { client, insurer } from "../identity/identity-tables.ts";
import {
  DELIVERY_CAUSES,
  DELIVERY_FAULTS,
  DELIVERY_OUTCOMES,
  DISABLED_REASONS,
  ORDER_KINDS,
  SUBSCRIPTION_STATES,
} from "./webhook.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });
const insurerId = () =>
  integer("insurer_id")
    .notNull()
    .references(() => insurer.insurerId);
const subscriptionId = () => uuid("subscription_id").notNull();

/** Where events of an insurer are pushed to, how far they are, and which process is at it. */
export const webhookSubscription = pgTable(
  "webhook_subscription",
  {
    insurerId: insurerId(),
    subscriptionId: subscriptionId().default(sql`uuidv7()`),
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    url: text("url").notNull(),
    /** Absent: all. */
    eventKinds: textArray("event_kinds"),
    description: text("description"),
    state: text("state", { enum: SUBSCRIPTION_STATES }).notNull().default("active"),
    disabledReason: text("disabled_reason", { enum: DISABLED_REASONS }),
    /** In the insurer's feed; everything up to it is done with. */
    position: bigint("position", { mode: "number" }).notNull(),
    missedPosition: bigint("missed_position", { mode: "number" }).notNull().default(0),
    failures: integer("failures").notNull().default(0),
    failingSince: instant("failing_since"),
    lastFault: text("last_fault", { enum: DELIVERY_FAULTS }),
    lastDeliveredAt: instant("last_delivered_at"),
    /** The last attempt took long: it has to share with its like. */
    isSlow: boolean("is_slow").notNull().default(false),
    /** Until then each attempt fails so, by a simulation; nothing is sent. */
    brokenUntil: instant("broken_until"),
    brokenFault: text("broken_fault", { enum: DELIVERY_FAULTS }),
    dueAt: instant("due_at").notNull().default(sql`now()`),
    /** Of the round under way; absent between rounds. */
    claim: uuid("claim"),
    claimedUntil: instant("claimed_until"),
    createdAt: instant("created_at").notNull().default(sql`now()`),
    changedAt: instant("changed_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.subscriptionId] }),
    check("webhook_subscription_state", isOneOf(table.state, SUBSCRIPTION_STATES)),
    check(
      "webhook_subscription_disabled",
      sql`(${table.state} = 'disabled') = (${table.disabledReason} is not null) and ${isOneOf(table.disabledReason, DISABLED_REASONS)}`,
    ),
    check("webhook_subscription_fault", isOneOf(table.lastFault, DELIVERY_FAULTS)),
    check(
      "webhook_subscription_broken",
      sql`(${table.brokenUntil} is null) = (${table.brokenFault} is null) and ${isOneOf(table.brokenFault, DELIVERY_FAULTS)}`,
    ),
  ],
);

const ofSubscription = (name: string, table: { insurerId: AnyPgColumn; subscriptionId: AnyPgColumn }) =>
  foreignKey({
    name,
    columns: [table.insurerId, table.subscriptionId],
    foreignColumns: [webhookSubscription.insurerId, webhookSubscription.subscriptionId],
  }).onDelete("cascade");

/** What deliveries are signed with: one, or two for a time after it was changed. */
export const webhookSecret = pgTable(
  "webhook_secret",
  {
    insurerId: insurerId(),
    subscriptionId: subscriptionId(),
    secretId: uuid("secret_id").notNull().default(sql`uuidv7()`),
    /** Encrypted with a key that is not in the database (secret-box.ts). */
    sealed: bytes("sealed").notNull(),
    createdAt: instant("created_at").notNull().default(sql`now()`),
    /** Absent: the newest one. */
    expiresAt: instant("expires_at"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.subscriptionId, table.secretId] }),
    ofSubscription("webhook_secret_subscription", table),
  ],
);

/** What the insurer asks for beside the events as they come. */
export const webhookOrder = pgTable(
  "webhook_order",
  {
    insurerId: insurerId(),
    subscriptionId: subscriptionId(),
    orderId: uuid("order_id").notNull().default(sql`uuidv7()`),
    kind: text("kind", { enum: ORDER_KINDS }).notNull(),
    /** Of a replay: everything up to it is delivered again. */
    position: bigint("position", { mode: "number" }),
    lastPosition: bigint("last_position", { mode: "number" }),
    orderedAt: instant("ordered_at").notNull().default(sql`now()`),
    endedAt: instant("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.subscriptionId, table.orderId] }),
    ofSubscription("webhook_order_subscription", table),
    check("webhook_order_kind", isOneOf(table.kind, ORDER_KINDS)),
    check(
      "webhook_order_range",
      sql`(${table.kind} = 'replay') = (${table.position} is not null and ${table.lastPosition} is not null)`,
    ),
    index("webhook_order_waiting").on(table.insurerId, table.subscriptionId).where(sql`${table.endedAt} is null`),
  ],
);

/** The delivery log: each attempt. Nothing of what an endpoint answers is kept but the status. */
export const webhookDelivery = pgTable(
  "webhook_delivery",
  {
    insurerId: insurerId(),
    subscriptionId: subscriptionId(),
    /** In order of time. */
    deliveryId: uuid("delivery_id").notNull().default(sql`uuidv7()`),
    cause: text("cause", { enum: DELIVERY_CAUSES }).notNull(),
    eventId: uuid("event_id"),
    position: bigint("position", { mode: "number" }),
    attempt: integer("attempt").notNull(),
    outcome: text("outcome", { enum: DELIVERY_OUTCOMES }).notNull(),
    status: integer("status"),
    fault: text("fault", { enum: DELIVERY_FAULTS }),
    durationMs: integer("duration_ms").notNull(),
    simulated: simulated(),
    attemptedAt: instant("attempted_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.subscriptionId, table.deliveryId] }),
    ofSubscription("webhook_delivery_subscription", table),
    check("webhook_delivery_cause", isOneOf(table.cause, DELIVERY_CAUSES)),
    check("webhook_delivery_outcome", isOneOf(table.outcome, DELIVERY_OUTCOMES)),
    check("webhook_delivery_fault", isOneOf(table.fault, DELIVERY_FAULTS)),
    check("webhook_delivery_failed", sql`(${table.outcome} = 'failed') = (${table.fault} is not null)`),
  ],
);
