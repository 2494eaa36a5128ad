import { sql } from "drizzle-orm";
import { boolean, check, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { identifier, isOneOf } from "../database/column-types.ts";
import type { Finding } from "../findings/finding.ts";
import { insurer } from "../identity/identity-tables.ts";
import type { SeenConnection } from "./connection-test.ts";

export const TEST_CHANNELS = ["rest", "sftp"] as const;

/** What the gateway saw when an insurer asked how its connection looks; the newest of each insurer are kept. */
export const connectionTest = pgTable(
  "connection_test",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    connectionTestId: uuid("connection_test_id").notNull().default(sql`uuidv7()`),
    channel: text("channel", { enum: TEST_CHANNELS }).notNull(),
    clientId: identifier("client_id").notNull(),
    /** Of the file with the letter T, over SFTP. */
    submissionId: uuid("submission_id"),
    seen: jsonb("seen").$type<SeenConnection>().notNull(),
    findings: jsonb("findings").$type<Finding[]>().notNull(),
    /** Nothing was found that blocks. */
    isPassed: boolean("is_passed").notNull(),
    testedAt: timestamp("tested_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.connectionTestId] }),
    check("connection_test_channel", isOneOf(table.channel, TEST_CHANNELS)),
  ],
);
