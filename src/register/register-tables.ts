import { sql } from "drizzle-orm";
import {
  check,
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
import { identifier, simulated } from "../database/column-types.ts";

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
  (table) => [
    index("provider_replaced").on(table.replacedByRoot).where(sql`${table.replacedByRoot} is not null`),
    // All numbers of a person.
    index("provider_ssin").on(table.ssin),
  ],
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

/** A load of the register that changed something. */
export const registerChange = pgTable("register_change", {
  changeId: uuid("change_id").primaryKey().default(sql`uuidv7()`),
  recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
  simulated: simulated(),
  /** When the persons of the social advantage were made of it; absent while that waits. */
  personsMadeAt: timestamp("persons_made_at", { withTimezone: true }),
});

/** What the register said of a provider, from `recordedAt` until `supersededAt`. Only the latter is ever set, once. */
export const providerVersion = pgTable(
  "provider_version",
  {
    inamiRoot: identifier("inami_root").notNull(),
    version: integer("version").notNull(),
    /** Absent: as it was before versions were kept. */
    changeId: uuid("change_id").references(() => registerChange.changeId),
    recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
    supersededAt: timestamp("superseded_at", { withTimezone: true }),
    inamiNumber: identifier("inami_number").notNull(),
    ssin: identifier("ssin").notNull(),
    validFrom: date("valid_from").notNull(),
    validTo: date("valid_to"),
    replacedByRoot: identifier("replaced_by_root"),
    deceasedOn: date("deceased_on"),
  },
  (table) => [
    primaryKey({ columns: [table.inamiRoot, table.version] }),
    // One is known now.
    uniqueIndex("provider_version_known").on(table.inamiRoot).where(sql`${table.supersededAt} is null`),
    // What a change changed; those that are new need no second look.
    index("provider_version_change").on(table.changeId, table.inamiRoot).where(sql`${table.version} > 1`),
    // Who had a BIS number before a national one.
    index("provider_version_bis").on(table.ssin).where(sql`substr(${table.ssin}, 3, 2) > '12'`),
    check("provider_version_recorded", sql`${table.supersededAt} >= ${table.recordedAt}`),
  ],
);

/** For each insurer whose contracts are to be checked again after a change of the register. */
export const registerRecheck = pgTable(
  "register_recheck",
  {
    insurerId: integer("insurer_id").notNull(),
    changeId: uuid("change_id")
      .notNull()
      .references(() => registerChange.changeId),
    /** Absent while it waits. */
    recheckedAt: timestamp("rechecked_at", { withTimezone: true }),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.changeId] }),
    index("register_recheck_waiting").on(table.insurerId, table.changeId).where(sql`${table.recheckedAt} is null`),
  ],
);
