import { sql } from "drizzle-orm";
import {
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { identifier, isOneOf, textArray } from "../database/column-types.ts";
import { DOSSIER_STATES } from "./dossier-states.ts";
import type { DossierInput, Evaluation } from "./evaluate-dossier.ts";
import { OUTCOMES } from "./evaluate-dossier.ts";

/** What is kept of the input of an evaluation: with the rules of that version it gives the same outcome again. */
export type StoredInput = Omit<DossierInput, "rules">;

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

/** The INAMI numbers of a person, each of one profession; contracts are found by them. */
export const personNumber = pgTable(
  "person_number",
  { inamiRoot: identifier("inami_root").primaryKey(), personId: personId(), profession: text("profession").notNull() },
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

/** One person's case in a premium year. Each insert and update is a move; the database writes its event. */
export const dossier = pgTable(
  "dossier",
  {
    personId: personId(),
    premiumYear: integer("premium_year").notNull(),
    state: text("state", { enum: DOSSIER_STATES }).notNull(),
    /** Where a contest came from, for it decides how it may end. */
    contestedFrom: text("contested_from", { enum: DOSSIER_STATES }),
    outcome: text("outcome", { enum: OUTCOMES }),
    amountCents: integer("amount_cents"),
    linkedInsurerId: integer("linked_insurer_id"),
    linkedContractId: uuid("linked_contract_id"),
    evaluation: jsonb("evaluation").$type<Evaluation>(),
    /** What the evaluation was made from. */
    input: jsonb("input").$type<StoredInput>(),
    /** Counts the moves; set by the database. */
    moveNumber: integer("move_number").notNull().default(1),
    movedAt: timestamp("moved_at", { withTimezone: true }).notNull(),
    /** Client, operator's account, or `system`. */
    movedBy: identifier("moved_by").notNull(),
    cause: text("cause").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.premiumYear] }),
    index("dossier_year").on(table.premiumYear, table.personId),
    check("dossier_state", isOneOf(table.state, DOSSIER_STATES)),
    check("dossier_outcome", isOneOf(table.outcome, OUTCOMES)),
    check("dossier_contested", sql`(${table.state} = 'contested') = (${table.contestedFrom} is not null)`),
    check(
      "dossier_evaluated",
      sql`${table.state} in ('open', 'withdrawn') or (${table.evaluation} is not null and ${table.input} is not null)`,
    ),
    check("dossier_outcome_known", sql`(${table.outcome} is null) = (${table.evaluation} is null)`),
    check("dossier_amount", sql`${table.amountCents} > 0`),
    check("dossier_link", sql`(${table.linkedInsurerId} is null) = (${table.linkedContractId} is null)`),
    check("dossier_to_pay", sql`${table.state} not in ('toPay', 'paid') or ${table.amountCents} is not null`),
  ],
);

/** Every move of every dossier, written by the database with the move itself; never changed. */
export const dossierEvent = pgTable(
  "dossier_event",
  {
    personId: uuid("person_id").notNull(),
    premiumYear: integer("premium_year").notNull(),
    moveNumber: integer("move_number").notNull(),
    fromState: text("from_state", { enum: DOSSIER_STATES }),
    toState: text("to_state", { enum: DOSSIER_STATES }).notNull(),
    movedAt: timestamp("moved_at", { withTimezone: true }).notNull(),
    movedBy: identifier("moved_by").notNull(),
    cause: text("cause").notNull(),
    evaluation: jsonb("evaluation").$type<Evaluation>(),
    input: jsonb("input").$type<StoredInput>(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.premiumYear, table.moveNumber] }),
    foreignKey({
      columns: [table.personId, table.premiumYear],
      foreignColumns: [dossier.personId, dossier.premiumYear],
    }),
  ],
);
