import { sql } from "drizzle-orm";
import {
  bigint,
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
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { identifier, isOneOf, simulated } from "../database/column-types.ts";
import { insurer } from "../identity/identity-tables.ts";
import { IBAN_STATES, LINE_KINDS, PAYMENT_STATES, RUN_STATES } from "./payment-states.ts";

/** Sums of a night: more than an integer holds. */
const cents = (name: string) => bigint(name, { mode: "number" });
const instant = (name: string) => timestamp(name, { withTimezone: true });

/** What is paid in one go for a premium year: an advice for each insurer, and a list for whoever pays. */
export const paymentRun = pgTable(
  "payment_run",
  {
    runId: uuid("run_id").primaryKey().default(sql`uuidv7()`),
    premiumYear: integer("premium_year").notNull(),
    /** 1, 2, 3 … within the premium year. */
    runNumber: integer("run_number").notNull(),
    state: text("state", { enum: RUN_STATES }).notNull(),
    madeAt: instant("made_at").notNull(),
    madeBy: identifier("made_by").notNull(),
    /** When it was ordered or withdrawn, and who did it. */
    endedAt: instant("ended_at"),
    endedBy: identifier("ended_by"),
  },
  (table) => [
    uniqueIndex("payment_run_number").on(table.premiumYear, table.runNumber),
    // What is carried forward is counted when a run is made: another one must not be open beside it.
    uniqueIndex("payment_run_prepared").on(table.state).where(sql`${table.state} = 'prepared'`),
    check("payment_run_state", isOneOf(table.state, RUN_STATES)),
    check("payment_run_ended", sql`(${table.state} = 'prepared') = (${table.endedAt} is null)`),
  ],
);

const outcome = {
  state: text("state", { enum: PAYMENT_STATES }).notNull(),
  executedOn: date("executed_on"),
  returnedOn: date("returned_on"),
  /** As the bank or the insurer gave it. */
  returnReason: text("return_reason"),
};

/** One transfer to an insurer, and what it is made of. */
export const remittanceAdvice = pgTable(
  "remittance_advice",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    adviceId: uuid("advice_id").notNull().default(sql`uuidv7()`),
    runId: uuid("run_id")
      .notNull()
      .references(() => paymentRun.runId),
    premiumYear: integer("premium_year").notNull(),
    runNumber: integer("run_number").notNull(),
    /** Structured communication of the transfer, ours. */
    reference: identifier("reference").notNull(),
    /** As it was when the run was made; a later change does not touch it. */
    iban: identifier("iban").notNull(),
    lineCount: integer("line_count").notNull(),
    linesCents: cents("lines_cents").notNull(),
    /** What the insurer still owed from earlier runs: 0 or less. */
    carriedInCents: cents("carried_in_cents").notNull(),
    totalCents: cents("total_cents").notNull(),
    /** What it owes after this one, for the next: 0 or less. */
    carriedOutCents: cents("carried_out_cents").notNull(),
    announcedOn: date("announced_on"),
    simulated: simulated(),
    ...outcome,
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.adviceId] }),
    uniqueIndex("remittance_advice_run").on(table.insurerId, table.runId),
    uniqueIndex("remittance_advice_reference").on(table.insurerId, table.reference),
    index("remittance_advice_of_run").on(table.runId),
    check("remittance_advice_state", isOneOf(table.state, PAYMENT_STATES)),
    check(
      "remittance_advice_sums",
      sql`${table.linesCents} + ${table.carriedInCents} = ${table.totalCents} + ${table.carriedOutCents}`,
    ),
    check("remittance_advice_total", sql`${table.totalCents} >= 0 and ${table.lineCount} >= 0`),
    check("remittance_advice_carried", sql`${table.carriedInCents} <= 0 and ${table.carriedOutCents} <= 0`),
    check("remittance_advice_netted", sql`${table.totalCents} = 0 or ${table.carriedOutCents} = 0`),
    check(
      "remittance_advice_dates",
      sql`(${table.announcedOn} is not null) = (${table.state} in ('announced', 'executed', 'returned'))
        and (${table.executedOn} is not null or ${table.state} <> 'executed')
        and (${table.returnedOn} is not null) = (${table.state} = 'returned')`,
    ),
  ],
);

/** What of a transfer is for one contract and one premium year; amounts are never changed. */
export const remittanceLine = pgTable(
  "remittance_line",
  {
    insurerId: integer("insurer_id").notNull(),
    adviceId: uuid("advice_id").notNull(),
    lineNumber: integer("line_number").notNull(),
    premiumYear: integer("premium_year").notNull(),
    contractId: uuid("contract_id").notNull(),
    contractNumber: identifier("contract_number").notNull(),
    inamiRoot: identifier("inami_root").notNull(),
    kind: text("kind", { enum: LINE_KINDS }).notNull(),
    /** Negative when it is taken back. */
    amountCents: integer("amount_cents").notNull(),
    /** Structured communication: that of the contract where it has one, else ours. */
    reference: identifier("reference").notNull(),
    /** Whose dossier, and where it stood: the institute's alone. A dossier that moved since is not paid. */
    personId: uuid("person_id").notNull(),
    moveNumber: integer("move_number").notNull(),
    ...outcome,
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.adviceId, table.lineNumber] }),
    foreignKey({
      columns: [table.insurerId, table.adviceId],
      foreignColumns: [remittanceAdvice.insurerId, remittanceAdvice.adviceId],
    }),
    uniqueIndex("remittance_line_under_way")
      .on(table.insurerId, table.contractId, table.premiumYear)
      .where(sql`${table.state} in ('prepared', 'announced')`),
    index("remittance_line_dossier").on(table.personId, table.premiumYear),
    check("remittance_line_state", isOneOf(table.state, PAYMENT_STATES)),
    check("remittance_line_kind", isOneOf(table.kind, LINE_KINDS)),
    check("remittance_line_amount", sql`${table.amountCents} <> 0`),
    check("remittance_line_sign", sql`(${table.amountCents} < 0) = (${table.kind} = 'recovery')`),
    check(
      "remittance_line_dates",
      sql`(${table.executedOn} is not null or ${table.state} <> 'executed')
        and (${table.returnedOn} is not null) = (${table.state} = 'returned')`,
    ),
  ],
);

/** A convention advantage, to the provider's own account; negative: what the provider is to give back. */
export const providerPayment = pgTable(
  "provider_payment",
  {
    /** Structured communication, ours. */
    reference: identifier("reference").primaryKey(),
    runId: uuid("run_id")
      .notNull()
      .references(() => paymentRun.runId),
    personId: uuid("person_id").notNull(),
    premiumYear: integer("premium_year").notNull(),
    kind: text("kind", { enum: LINE_KINDS }).notNull(),
    amountCents: integer("amount_cents").notNull(),
    /** Absent where the provider is to give back. */
    iban: identifier("iban"),
    moveNumber: integer("move_number").notNull(),
    ...outcome,
  },
  (table) => [
    uniqueIndex("provider_payment_under_way")
      .on(table.personId, table.premiumYear, sql`(${table.amountCents} > 0)`)
      .where(sql`${table.state} in ('prepared', 'announced')`),
    index("provider_payment_dossier").on(table.personId, table.premiumYear),
    index("provider_payment_of_run").on(table.runId),
    check("provider_payment_state", isOneOf(table.state, PAYMENT_STATES)),
    check("provider_payment_kind", isOneOf(table.kind, LINE_KINDS)),
    check("provider_payment_amount", sql`${table.amountCents} <> 0`),
    check("provider_payment_sign", sql`(${table.amountCents} < 0) = (${table.kind} = 'recovery')`),
    check("provider_payment_iban", sql`(${table.amountCents} > 0) = (${table.iban} is not null)`),
    check(
      "provider_payment_dates",
      sql`(${table.executedOn} is not null or ${table.state} <> 'executed')
        and (${table.returnedOn} is not null) = (${table.state} = 'returned')`,
    ),
  ],
);

/** A file of executed and returned payments as it was read, and what could not be taken of it. */
export const paymentImport = pgTable("payment_import", {
  importId: uuid("import_id").primaryKey().default(sql`uuidv7()`),
  sha256: identifier("sha256").notNull(),
  importedAt: instant("imported_at").notNull(),
  importedBy: identifier("imported_by").notNull(),
  applied: integer("applied").notNull(),
  unchanged: integer("unchanged").notNull(),
  findings: jsonb("findings").$type<readonly { readonly line: number; readonly code: string }[]>().notNull(),
});

const twoOperators = {
  iban: identifier("iban").notNull(),
  state: text("state", { enum: IBAN_STATES }).notNull(),
  proposedAt: instant("proposed_at").notNull(),
  proposedBy: identifier("proposed_by").notNull(),
  decidedAt: instant("decided_at"),
  decidedBy: identifier("decided_by"),
};

/** Accounts of insurers: proposed by one operator, confirmed by another. The one confirmed last holds. */
export const insurerIban = pgTable(
  "insurer_iban",
  {
    proposalId: uuid("proposal_id").primaryKey().default(sql`uuidv7()`),
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    ...twoOperators,
  },
  (table) => [
    uniqueIndex("insurer_iban_proposed").on(table.insurerId).where(sql`${table.state} = 'proposed'`),
    index("insurer_iban_confirmed").on(table.insurerId, table.decidedAt).where(sql`${table.state} = 'confirmed'`),
    check("insurer_iban_state", isOneOf(table.state, IBAN_STATES)),
    check("insurer_iban_decided", sql`(${table.state} = 'proposed') = (${table.decidedAt} is null)`),
    check("insurer_iban_two", sql`${table.state} <> 'confirmed' or ${table.decidedBy} <> ${table.proposedBy}`),
  ],
);

/** Own accounts of providers: a file proposed by one operator, confirmed as a whole by another. */
export const providerIban = pgTable(
  "provider_iban",
  {
    proposalId: uuid("proposal_id").notNull(),
    personId: uuid("person_id").notNull(),
    ...twoOperators,
  },
  (table) => [
    primaryKey({ columns: [table.proposalId, table.personId] }),
    index("provider_iban_confirmed").on(table.personId, table.decidedAt).where(sql`${table.state} = 'confirmed'`),
    check("provider_iban_state", isOneOf(table.state, IBAN_STATES)),
    check("provider_iban_decided", sql`(${table.state} = 'proposed') = (${table.decidedAt} is null)`),
    check("provider_iban_two", sql`${table.state} <> 'confirmed' or ${table.decidedBy} <> ${table.proposedBy}`),
  ],
);
