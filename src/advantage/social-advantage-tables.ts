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
import { identifier, isOneOf, simulated, textArray } from "../database/column-types.ts";
import { DOSSIER_STATES } from "./dossier-states.ts";
import { INSURER_OUTCOMES, NEXT_STEPS } from "./insurer-view.ts";
import { INSURER_REASONS } from "./reasons.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * What an insurer may learn of a contract in a premium year (exchange.md section 9), and not a column more. Each row is
 * what it saw from `recordedAt` until `supersededAt`; a row without state says that the year is no longer shown. Written
 * by projections alone; only `supersededAt` is set later, once.
 */
export const socialAdvantage = pgTable(
  "social_advantage",
  {
    insurerId: integer("insurer_id").notNull(),
    /** Drawn by lot when the year is first shown on the contract; stays the same. */
    socialAdvantageId: uuid("social_advantage_id").notNull(),
    version: integer("version").notNull(),
    contractId: uuid("contract_id").notNull(),
    premiumYear: integer("premium_year").notNull(),
    state: text("state", { enum: DOSSIER_STATES }),
    outcome: text("outcome", { enum: INSURER_OUTCOMES }),
    amountCents: integer("amount_cents"),
    paidCents: integer("paid_cents"),
    paidOn: date("paid_on"),
    nextStep: text("next_step", { enum: NEXT_STEPS }),
    nextStepOn: date("next_step_on"),
    reasons: textArray("reasons").notNull(),
    simulated: simulated(),
    recordedAt: instant("recorded_at").notNull(),
    supersededAt: instant("superseded_at"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.socialAdvantageId, table.version] }),
    uniqueIndex("social_advantage_current")
      .on(table.insurerId, table.contractId, table.premiumYear)
      .where(sql`${table.supersededAt} is null`),
    // Pages of a year, as known at whatever instant.
    index("social_advantage_year").on(table.insurerId, table.premiumYear, table.socialAdvantageId),
    // What changed since.
    index("social_advantage_recorded_at").on(table.insurerId, table.recordedAt),
    check("social_advantage_state", isOneOf(table.state, DOSSIER_STATES)),
    check("social_advantage_outcome", isOneOf(table.outcome, INSURER_OUTCOMES)),
    check("social_advantage_shown", sql`(${table.state} is null) = (${table.outcome} is null)`),
    check("social_advantage_paid", sql`(${table.paidCents} is null) = (${table.paidOn} is null)`),
    check("social_advantage_step", isOneOf(table.nextStep, NEXT_STEPS)),
    check("social_advantage_step_on", sql`(${table.nextStep} is null) = (${table.nextStepOn} is null)`),
    check(
      "social_advantage_reasons",
      sql`${table.reasons} <@ array[${sql.raw(INSURER_REASONS.map((reason) => `'${reason}'`).join(", "))}]`,
    ),
    check("social_advantage_superseded", sql`${table.supersededAt} > ${table.recordedAt}`),
  ],
);

/** How far the whole of a premium year is projected. */
export const advantageProjection = pgTable("advantage_projection", {
  premiumYear: integer("premium_year").primaryKey(),
  /** The rules, and what the calendar said, when every contract was last looked at. */
  fingerprint: identifier("fingerprint"),
  rulesVersion: integer("rules_version"),
  moment: identifier("moment"),
  businessDate: date("business_date"),
  projectedAt: instant("projected_at"),
  /** Of the last change of the year that any insurer saw: the next one is recorded later. */
  recordedAt: instant("recorded_at").notNull(),
});

/** Up to which change of its contracts an insurer's portfolio is projected, for every premium year. */
export const projectedPortfolio = pgTable("projected_portfolio", {
  insurerId: integer("insurer_id").primaryKey(),
  contractsRecordedAt: instant("contracts_recorded_at").notNull(),
});
