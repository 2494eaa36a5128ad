import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { isOneOf, simulated } from "../database/column-types.ts";
import { insurer } from "../identity/identity-tables.ts";
import { EVENT_KINDS, type EventDetails } from "./event.ts";

/** What an insurer is told of. Written with what it tells; its place in the feed is given later, by a reader. */
export const event = pgTable(
  "event",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    eventId: uuid("event_id").notNull().default(sql`uuidv7()`),
    /** Absent until a reader of the feed has met it. */
    position: bigint("position", { mode: "number" }),
    kind: text("kind", { enum: EVENT_KINDS }).notNull(),
    details: jsonb("details").$type<EventDetails>().notNull(),
    simulated: simulated(),
    occurredAt: timestamp("occurred_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.eventId] }),
    uniqueIndex("event_position").on(table.insurerId, table.position).where(sql`${table.position} is not null`),
    index("event_without_position").on(table.insurerId, table.eventId).where(sql`${table.position} is null`),
    check("event_kind", isOneOf(table.kind, EVENT_KINDS)),
  ],
);

/** Where the feed of an insurer stands. Its row is the lock under which places are given. */
export const eventFeed = pgTable(
  "event_feed",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    lastPosition: bigint("last_position", { mode: "number" }).notNull().default(0),
    /** Events up to here are gone: they had their time. */
    removedPosition: bigint("removed_position", { mode: "number" }).notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId] }),
    check("event_feed_removed", sql`${table.removedPosition} between 0 and ${table.lastPosition}`),
  ],
);
