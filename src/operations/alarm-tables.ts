import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

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
    acknowledgedAt: timestamp("acknowledged_at", { withTimezone: true }),
    acknowledgedBy: text("acknowledged_by"),
  },
  (table) => [index("alarm_open").on(table.raisedAt).where(sql`${table.acknowledgedAt} is null`)],
);
