import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/** What an operator must see and acknowledge; each is also an `error` line in the log and a metric. */
export const alarm = pgTable(
  "alarm",
  {
    alarmId: uuid("alarm_id").primaryKey().default(sql`uuidv7()`),
    code: text("code").notNull(),
    /** The insurer concerned, where there is one. */
    insurerId: integer("insurer_id"),
    /** Ids only, never personal data. */
    details: jsonb("details").$type<Record<string, string | number>>().notNull(),
    raisedAt: timestamp("raised_at", { withTimezone: true }).notNull(),
    /** Later than `raisedAt` when the same was raised again while the alarm was still open. */
    lastRaisedAt: timestamp("last_raised_at", { withTimezone: true }).notNull(),
    acknowledgedAt: timestamp("acknowledged_at", { withTimezone: true }),
    acknowledgedBy: text("acknowledged_by"),
  },
  (table) => [
    index("alarm_open").on(table.raisedAt).where(sql`${table.acknowledgedAt} is null`),
    // One open alarm for one trouble, however many processes notice it.
    uniqueIndex("alarm_same")
      .on(table.code, sql`coalesce(${table.insurerId}, 0)`, sql`md5(${table.details}::text)`)
      .where(sql`${table.acknowledgedAt} is null`),
  ],
);
