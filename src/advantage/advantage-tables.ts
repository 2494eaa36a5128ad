import { sql } from "drizzle-orm";
import { check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { identifier, isOneOf, textArray } from "../database/column-types.ts";

/** Periods of a profession by kind. */
export const PERIOD_KINDS = [
  "recognised",
  "fullConvention",
  "partialConvention",
  "trainee",
  "formallyInactive",
] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** A person as the institute knows one: several INAMI numbers and several SSINs (BIS numbers) are one person. */
export const person = pgTable("person", {
  personId: uuid("person_id").primaryKey().default(sql`uuidv7()`),
  deceasedOn: date("deceased_on"),
  legalPensionOn: date("legal_pension_on"),
  reservedRightFirstYear: integer("reserved_right_first_year"),
  /** Two persons of the register turned out to be one: the other one has the numbers and the facts now. */
  replacedBy: uuid("replaced_by"),
});

const personId = () =>
  uuid("person_id")
    .notNull()
    .references(() => person.personId);

export const personSsin = pgTable(
  "person_ssin",
  { ssin: identifier("ssin").primaryKey(), personId: personId() },
  (table) => [index("person_ssin_person").on(table.personId)],
);

/** The INAMI numbers of a person; contracts are found by them. The profession is absent until a fact names it. */
export const personNumber = pgTable(
  "person_number",
  { inamiRoot: identifier("inami_root").primaryKey(), personId: personId(), profession: text("profession") },
  (table) => [index("person_number_person").on(table.personId)],
);

export const personProfession = pgTable(
  "person_profession",
  {
    personId: personId(),
    profession: text("profession").notNull(),
    specialty: text("specialty"),
    competenceCode: identifier("competence_code"),
    firstInamiNumberOn: date("first_inami_number_on").notNull(),
    practiceStartedOn: date("practice_started_on"),
  },
  (table) => [primaryKey({ columns: [table.personId, table.profession] })],
);

const ofProfession = { personId: uuid("person_id").notNull(), profession: text("profession").notNull() };

export const professionPeriod = pgTable(
  "profession_period",
  {
    ...ofProfession,
    kind: text("kind", { enum: PERIOD_KINDS }).notNull(),
    fromOn: date("from_on").notNull(),
    /** Last day; absent: it goes on. */
    toOn: date("to_on"),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.profession, table.kind, table.fromOn] }),
    foreignKey({
      columns: [table.personId, table.profession],
      foreignColumns: [personProfession.personId, personProfession.profession],
    }),
    check("profession_period_kind", isOneOf(table.kind, PERIOD_KINDS)),
    check("profession_period_end", sql`${table.toOn} >= ${table.fromOn}`),
  ],
);

/** What is known of a calendar year; a measure that is absent is unknown. */
export const professionYear = pgTable(
  "profession_year",
  {
    ...ofProfession,
    year: integer("year").notNull(),
    /** Integers in the smallest unit of each measure. */
    measures: jsonb("measures").$type<Record<string, number>>().notNull(),
    inactiveDays: integer("inactive_days").notNull().default(0),
    attributes: textArray("attributes").notNull().default(sql`'{}'`),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.profession, table.year] }),
    foreignKey({
      columns: [table.personId, table.profession],
      foreignColumns: [personProfession.personId, personProfession.profession],
    }),
    check("profession_year_inactive", sql`${table.inactiveDays} >= 0`),
  ],
);

export const personSanction = pgTable(
  "person_sanction",
  {
    personId: personId(),
    sanction: text("sanction").notNull(),
    fromOn: date("from_on").notNull(),
    toOn: date("to_on"),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.sanction, table.fromOn] }),
    check("person_sanction_end", sql`${table.toOn} >= ${table.fromOn}`),
  ],
);

/** What the provider chose for a premium year: a contract, or a reserved right where none is named. */
export const contractChoice = pgTable(
  "contract_choice",
  {
    personId: personId(),
    premiumYear: integer("premium_year").notNull(),
    chosenInsurerId: integer("chosen_insurer_id"),
    chosenContractId: uuid("chosen_contract_id"),
    chosenOn: date("chosen_on").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.premiumYear] }),
    check("contract_choice_contract", sql`(${table.chosenInsurerId} is null) = (${table.chosenContractId} is null)`),
  ],
);
