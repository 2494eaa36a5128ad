import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, identifier } from "../../database/column-types.ts";
import { person } from "../advantage-tables.ts";

/** The receipt of a fact file. The bytes are the institute's own and stay where they came from; their hash tells them. */
export const factFile = pgTable(
  "fact_file",
  {
    fileId: uuid("file_id").primaryKey().default(sql`uuidv7()`),
    sha256: bytes("sha256").notNull(),
    name: text("name").notNull(),
    byteCount: bigint("byte_count", { mode: "number" }).notNull(),
    loadedAt: timestamp("loaded_at", { withTimezone: true }).notNull(),
    loadedBy: identifier("loaded_by").notNull(),
    businessDate: date("business_date").notNull(),
    lines: integer("lines").notNull(),
    accepted: integer("accepted").notNull(),
    rejected: integer("rejected").notNull(),
    findings: integer("findings").notNull(),
    /** Rows of facts that came out otherwise, or are new. */
    changed: integer("changed").notNull(),
    /** Whose facts changed. */
    persons: integer("persons").notNull(),
  },
  (table) => [uniqueIndex("fact_file_sha256").on(table.sha256), index("fact_file_loaded").on(table.loadedAt)],
);

/** What was found in a fact file, the first of it; `fact_file.findings` counts all. */
export const factFinding = pgTable(
  "fact_finding",
  {
    fileId: uuid("file_id")
      .notNull()
      .references(() => factFile.fileId),
    number: integer("number").notNull(),
    line: integer("line").notNull(),
    code: text("code").notNull(),
    field: text("field"),
  },
  (table) => [primaryKey({ columns: [table.fileId, table.number] })],
);

/** Persons whose facts or numbers changed, until they were evaluated anew. */
export const personChange = pgTable("person_change", {
  personId: uuid("person_id")
    .primaryKey()
    .references(() => person.personId),
  changedAt: timestamp("changed_at", { withTimezone: true }).notNull(),
});

/** How far the contracts of an insurer were looked at for whom to evaluate anew. */
export const evaluatedPortfolio = pgTable("evaluated_portfolio", {
  insurerId: integer("insurer_id").primaryKey(),
  contractsRecordedAt: timestamp("contracts_recorded_at", { withTimezone: true }).notNull(),
});
