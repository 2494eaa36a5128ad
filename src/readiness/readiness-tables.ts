import { sql } from "drizzle-orm";
import { check, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { identifier } from "../database/column-types.ts";
import { insurer } from "../identity/identity-tables.ts";

/** Why an insurer was let into the initial load of production: its statement of readiness, or the operator's reason. */
export const readinessAdmission = pgTable(
  "readiness_admission",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    admissionId: uuid("admission_id").notNull().default(sql`uuidv7()`),
    /** As validation signed it, compact JWS. */
    statement: text("statement"),
    statementId: uuid("statement_id"),
    reason: text("reason"),
    /** As the audit trail names an operator. */
    admittedBy: identifier("admitted_by").notNull(),
    admittedAt: timestamp("admitted_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.admissionId] }),
    check("readiness_admission_why", sql`(${table.statement} is null) <> (${table.reason} is null)`),
    check("readiness_admission_statement", sql`(${table.statement} is null) = (${table.statementId} is null)`),
  ],
);
