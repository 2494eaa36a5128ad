import { sql } from "drizzle-orm";
import { date, index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { identifier } from "../database/column-types.ts";

/** The institute's register of healthcare providers, keyed by the part of the INAMI number that never changes. */
export const provider = pgTable(
  "provider",
  {
    inamiRoot: identifier("inami_root").primaryKey(),
    inamiNumber: identifier("inami_number").notNull(),
    ssin: identifier("ssin").notNull(),
    validFrom: date("valid_from").notNull(),
    /** Last valid day. */
    validTo: date("valid_to"),
    replacedByRoot: identifier("replaced_by_root"),
    deceasedOn: date("deceased_on"),
  },
  // Finds the numbers that one replaced: contracts may still be kept under them.
  (table) => [index("provider_replaced").on(table.replacedByRoot).where(sql`${table.replacedByRoot} is not null`)],
);

/** Competence codes (last three digits of an INAMI number) by profession digit; a dated list. */
export const competenceCode = pgTable(
  "competence_code",
  {
    professionDigit: identifier("profession_digit").notNull(),
    code: identifier("code").notNull(),
    validFrom: date("valid_from").notNull(),
    validTo: date("valid_to"),
    label: text("label").notNull(),
  },
  (table) => [primaryKey({ columns: [table.professionDigit, table.code, table.validFrom] })],
);
