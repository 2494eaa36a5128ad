import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, identifier, isOneOf, textArray } from "../database/column-types.ts";
import { person } from "./advantage-tables.ts";
import { DOSSIER_STATES } from "./dossier-states.ts";
import { OUTCOMES } from "./evaluate-dossier.ts";

export const LINK_KINDS = ["automatic", "chosen"] as const;

/** What an evaluation came to: a `Conclusion`, and where its explanation is found. */
const conclusion = () => ({
  outcome: text("outcome", { enum: OUTCOMES }),
  isAwaiting: boolean("is_awaiting"),
  profession: text("profession"),
  level: text("level"),
  months: smallint("months"),
  amountCents: integer("amount_cents"),
  linkKind: text("link_kind", { enum: LINK_KINDS }),
  linkedInsurerId: integer("linked_insurer_id"),
  linkedContractId: uuid("linked_contract_id"),
  reasons: textArray("reasons"),
  /** Facts, contracts, day and rules of the evaluation. No foreign key: blocks are never removed. */
  evaluationBlock: bigint("evaluation_block", { mode: "number" }),
  /** Place in the block, from 0. */
  evaluationPlace: smallint("evaluation_place"),
});

/** When, by whom and why; `movedBy` is a client, `account:` and an operator's account, or `system`. */
const circumstances = () => ({
  movedAt: timestamp("moved_at", { withTimezone: true }).notNull(),
  movedBy: identifier("moved_by").notNull(),
  cause: text("cause").notNull(),
});

/**
 * One person's case in a premium year. Each insert and update is a move; the database checks it and writes its event.
 * Only src/advantage/move-dossiers.ts writes here.
 */
export const dossier = pgTable(
  "dossier",
  {
    personId: uuid("person_id")
      .notNull()
      .references(() => person.personId),
    premiumYear: integer("premium_year").notNull(),
    state: text("state", { enum: DOSSIER_STATES }).notNull(),
    /** The state before; set by the database. */
    fromState: text("from_state", { enum: DOSSIER_STATES }),
    /** Where a contest came from, for it decides how it may end. */
    contestedFrom: text("contested_from", { enum: DOSSIER_STATES }),
    contestedOn: date("contested_on"),
    /** Business day of the decision that stands. */
    decidedOn: date("decided_on"),
    /** Last day on which that decision can be contested. */
    contestUntil: date("contest_until"),
    ...conclusion(),
    /** Counts the moves; set by the database. */
    moveNumber: integer("move_number").notNull().default(1),
    ...circumstances(),
  },
  (table) => [
    primaryKey({ columns: [table.personId, table.premiumYear] }),
    index("dossier_year").on(table.premiumYear, table.personId),
    check("dossier_state", isOneOf(table.state, DOSSIER_STATES)),
    check("dossier_outcome", isOneOf(table.outcome, OUTCOMES)),
    check("dossier_link_kind", isOneOf(table.linkKind, LINK_KINDS)),
    check(
      "dossier_contested",
      sql`(${table.state} = 'contested') = (${table.contestedFrom} is not null) and (${table.state} = 'contested') = (${table.contestedOn} is not null)`,
    ),
    check("dossier_decision", sql`(${table.decidedOn} is null) = (${table.contestUntil} is null)`),
    check(
      "dossier_decided",
      sql`(${table.state} in ('open', 'evaluated', 'withdrawn')) = (${table.decidedOn} is null)`,
    ),
    check("dossier_evaluated", sql`${table.state} in ('open', 'withdrawn') or ${table.outcome} is not null`),
    check(
      "dossier_conclusion",
      sql`num_nulls(${table.outcome}, ${table.isAwaiting}, ${table.reasons}, ${table.evaluationBlock}, ${table.evaluationPlace}) in (0, 5)`,
    ),
    check("dossier_amount", sql`${table.amountCents} > 0`),
    check(
      "dossier_link",
      sql`num_nulls(${table.linkKind}, ${table.linkedInsurerId}, ${table.linkedContractId}) in (0, 3)`,
    ),
    check("dossier_to_pay", sql`${table.state} not in ('toPay', 'paid') or ${table.amountCents} is not null`),
    check("dossier_no_wait", sql`${table.state} not in ('decided', 'toPay') or not ${table.isAwaiting}`),
  ],
);

/**
 * Every move of every dossier with what it stood at then, written by the database with the move itself; never changed.
 * No foreign key to the dossier it is copied from, which nobody may remove.
 */
export const dossierEvent = pgTable(
  "dossier_event",
  {
    personId: uuid("person_id").notNull(),
    premiumYear: integer("premium_year").notNull(),
    moveNumber: integer("move_number").notNull(),
    fromState: text("from_state", { enum: DOSSIER_STATES }),
    toState: text("to_state", { enum: DOSSIER_STATES }).notNull(),
    ...circumstances(),
    ...conclusion(),
  },
  (table) => [primaryKey({ columns: [table.personId, table.premiumYear, table.moveNumber] })],
);

/** Rules that evaluations were made with, whole: files and versions may change, an old outcome stays reproducible. */
export const evaluationRules = pgTable(
  "evaluation_rules",
  {
    rulesId: integer("rules_id").primaryKey().generatedAlwaysAsIdentity(),
    /** Of the text in `content`. */
    sha256: bytes("sha256").notNull(),
    premiumYear: integer("premium_year").notNull(),
    rulesVersion: integer("rules_version").notNull(),
    rulesFingerprint: identifier("rules_fingerprint").notNull(),
    /** zstd of the rules as text (src/advantage/rules-text.ts). */
    content: bytes("content").notNull(),
  },
  (table) => [uniqueIndex("evaluation_rules_sha256").on(table.sha256)],
);

/** What many evaluations of one moment were made from, together because they compress to a tenth of themselves so. */
export const evaluationBlock = pgTable("evaluation_block", {
  blockId: bigint("block_id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  rulesId: integer("rules_id")
    .notNull()
    .references(() => evaluationRules.rulesId),
  businessDate: date("business_date").notNull(),
  evaluatedAt: timestamp("evaluated_at", { withTimezone: true }).notNull(),
  /** zstd of a JSON array of persons with their contracts, by place. */
  inputs: bytes("inputs").notNull(),
  /** 16 bytes a place: the beginning of the SHA-256 of the evaluation as JSON, explanation included. */
  digests: bytes("digests").notNull(),
});

/** Evaluations of everybody for a premium year, so that each set of rules is applied once. */
export const evaluationRun = pgTable("evaluation_run", {
  runId: uuid("run_id").primaryKey().default(sql`uuidv7()`),
  premiumYear: integer("premium_year").notNull(),
  rulesVersion: integer("rules_version").notNull(),
  rulesFingerprint: identifier("rules_fingerprint").notNull(),
  cause: text("cause").notNull(),
  startedBy: identifier("started_by").notNull(),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
  /** Absent: it runs, or died; then it is done again. */
  finishedAt: timestamp("finished_at", { withTimezone: true }),
  evaluated: integer("evaluated"),
  moved: integer("moved"),
});
