import { sql } from "drizzle-orm";
import { boolean, check, date, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { identifier, isOneOf, textArray } from "../database/column-types.ts";
import { ROW_FAULTS, VERIFICATION_ANSWERS, VERIFICATION_FORMS } from "../formats/verification/verification-answer.ts";

/** What a submission of the kind `inamiVerification` was answered, once it is processed. */
export const verification = pgTable(
  "verification",
  {
    insurerId: integer("insurer_id").notNull(),
    submissionId: uuid("submission_id").notNull(),
    form: text("form", { enum: VERIFICATION_FORMS }).notNull(),
    /** The business day on which validity was looked at, and whose quota it uses. */
    checkedOn: date("checked_on").notNull(),
    /** Whether rows were answered only for contracts held; else the smaller quota stands in their place. */
    purposeRequired: boolean("purpose_required").notNull(),
    /** Rows that were looked up: they count against the quota. */
    askedCount: integer("asked_count").notNull(),
    validCount: integer("valid_count").notNull(),
    replacedCount: integer("replaced_count").notNull(),
    notValidOnCount: integer("not_valid_on_count").notNull(),
    unknownCount: integer("unknown_count").notNull(),
    malformedCount: integer("malformed_count").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.submissionId] }),
    index("verification_day").on(table.insurerId, table.checkedOn),
    check("verification_form", isOneOf(table.form, VERIFICATION_FORMS)),
  ],
);

/** The answer to each row. */
export const verificationRow = pgTable(
  "verification_row",
  {
    insurerId: integer("insurer_id").notNull(),
    submissionId: uuid("submission_id").notNull(),
    rowNumber: integer("row_number").notNull(),
    number: identifier("number").notNull(),
    contractNumber: identifier("contract_number"),
    answer: text("answer", { enum: VERIFICATION_ANSWERS }).notNull(),
    fault: text("fault", { enum: ROW_FAULTS }),
    inamiNumbers: textArray("inami_numbers"),
    replacedBy: identifier("replaced_by"),
    notValidOn: date("not_valid_on"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.submissionId, table.rowNumber] }),
    check("verification_row_answer", isOneOf(table.answer, VERIFICATION_ANSWERS)),
    check("verification_row_fault", sql`(${table.answer} = 'malformed') = (${table.fault} is not null)`),
  ],
);
