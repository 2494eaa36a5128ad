import { sql } from "drizzle-orm";
import { bigint, check, integer, pgTable, primaryKey, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import { bytes, identifier } from "../database/column-types.ts";

/** Files of premium years as operators loaded them, whole; the newest set is in force. */
export const premiumYearSet = pgTable(
  "premium_year_set",
  {
    setId: bigint("set_id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** Of the text in `files`. */
    sha256: bytes("sha256").notNull(),
    /** zstd of a JSON object: the text of each file, by its name. */
    files: bytes("files").notNull(),
    /** Why what was doubtful is right; absent: nothing was. */
    reason: text("reason"),
    loadedBy: text("loaded_by").notNull(),
    loadedAt: timestamp("loaded_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    uniqueIndex("premium_year_set_sha256").on(table.sha256),
    check("premium_year_set_sha256_length", sql`octet_length(${table.sha256}) = 32`),
  ],
);

/** The versions of rules that came with each set: a number is used once. */
export const premiumYearVersion = pgTable(
  "premium_year_version",
  {
    premiumYear: integer("premium_year").notNull(),
    version: integer("version").notNull(),
    fingerprint: identifier("fingerprint").notNull(),
    setId: bigint("set_id", { mode: "number" })
      .notNull()
      .references(() => premiumYearSet.setId),
  },
  (table) => [primaryKey({ columns: [table.premiumYear, table.version] })],
);
