import { sql } from "drizzle-orm";
import { check, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { identifier, isOneOf } from "../database/column-types.ts";
import { client, insurer } from "../identity/identity-tables.ts";
import { NOTICE_KINDS, type NoticeContent } from "./notice.ts";

/** What the institute tells an insurer outside of its files. */
export const notice = pgTable(
  "notice",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    /** In order of time. */
    noticeId: uuid("notice_id").notNull().default(sql`uuidv7()`),
    kind: text("kind", { enum: NOTICE_KINDS }).notNull(),
    details: jsonb("details").$type<NoticeContent["details"]>().notNull(),
    raisedAt: timestamp("raised_at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.noticeId] }),
    check("notice_kind", isOneOf(table.kind, NOTICE_KINDS)),
  ],
);

/** Warnings of an expiry that were given: each once, whoever acknowledged it since. */
export const expiryWarning = pgTable(
  "expiry_warning",
  {
    kind: text("kind", { enum: NOTICE_KINDS }).notNull(),
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    /** Thumbprint in hexadecimal, or `kid`. */
    subject: text("subject").notNull(),
    daysBefore: integer("days_before").notNull(),
    warnedAt: timestamp("warned_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.clientId, table.subject, table.daysBefore] })],
);
