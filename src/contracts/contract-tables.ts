import { sql } from "drizzle-orm";
import {
  boolean,
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
import { identifier, isOneOf } from "../database/column-types.ts";
import { CONTRACT_KINDS, END_REASONS, HOLDER_LANGUAGES } from "../formats/contract-file/contract-file-vocabulary.ts";
import { VERSION_ACTIONS } from "./version-action.ts";

/** A contract is known by contract number + insurer + 8-digit root of the INAMI number (exchange.md section 3). */
export const contract = pgTable(
  "contract",
  {
    insurerId: integer("insurer_id").notNull(),
    contractId: uuid("contract_id").notNull(),
    contractNumber: identifier("contract_number").notNull(),
    inamiRoot: identifier("inami_root").notNull(),
    startOn: date("start_on").notNull(),
    cancelledAt: timestamp("cancelled_at", { withTimezone: true }),
    /** First day on which another insurer has it, who took it over; here it is history from then on. */
    transferredOn: date("transferred_on"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.contractId] }),
    // A cancelled contract counts as never declared, a transferred one may come back: its key may be there again.
    uniqueIndex("contract_key")
      .on(table.insurerId, table.contractNumber, table.inamiRoot)
      .where(sql`${table.cancelledAt} is null and ${table.transferredOn} is null`),
    // The contracts of a provider.
    index("contract_inami_root").on(table.insurerId, table.inamiRoot, table.contractId),
    // What was declared in error or handed over is still recognised: that is another answer than "unknown".
    index("contract_gone_key")
      .on(table.insurerId, table.contractNumber, table.inamiRoot)
      .where(sql`${table.cancelledAt} is not null or ${table.transferredOn} is not null`),
    // Page by page of what is rare: contracts that were cancelled.
    index("contract_cancelled").on(table.insurerId, table.contractId).where(sql`${table.cancelledAt} is not null`),
  ],
);

/**
 * What was declared of a contract from `validFrom` (valid time), as we knew it from `recordedAt` until `supersededAt`
 * (recorded time). Rows are never overwritten; only `supersededAt` is set once. The periods known at one moment follow
 * each other without gap or overlap from the start on; every one carries the end of the contract, which bounds what is
 * covered, so that what a `close` cut off is there again after `reopen`. The row that a `cancel` leaves has an empty
 * period: nothing was ever true (docs/contracts.md).
 */
export const contractVersion = pgTable(
  "contract_version",
  {
    insurerId: integer("insurer_id").notNull(),
    contractId: uuid("contract_id").notNull(),
    version: integer("version").notNull(),
    validFrom: date("valid_from").notNull(),
    /** First day it is no longer true; absent = until further notice. */
    validBefore: date("valid_before"),
    recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
    supersededAt: timestamp("superseded_at", { withTimezone: true }),
    /** As sent: another competence code is another content, not another contract. */
    inamiNumber: identifier("inami_number").notNull(),
    contractKind: text("contract_kind", { enum: CONTRACT_KINDS }).notNull(),
    ssin: identifier("ssin"),
    solidarity: boolean("solidarity").notNull(),
    language: text("language", { enum: HOLDER_LANGUAGES }),
    paymentReference: identifier("payment_reference"),
    endOn: date("end_on"),
    endReason: text("end_reason", { enum: END_REASONS }),
    action: text("action", { enum: VERSION_ACTIONS }).notNull(),
    /** Of `transfer`: the id of the transfer, which has no submission. */
    submissionId: uuid("submission_id").notNull(),
    recordNumber: integer("record_number").notNull(),
    /** Why, as sent with `close` (a code), `reopen` and `cancel` (free text); absent with `new` without end and `modify`. */
    reason: text("reason"),
    /** Who handed the submission over: the client's id, or `account:` and the account of an operator. */
    actor: identifier("actor"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.contractId, table.version] }),
    index("contract_version_ssin")
      .on(table.insurerId, table.ssin, table.contractId)
      .where(sql`${table.ssin} is not null`),
    // What changed since.
    index("contract_version_recorded_at").on(table.insurerId, table.recordedAt),
    // Page by page of what may be rare: contracts of a kind, contracts that end.
    index("contract_version_of_kind").on(table.insurerId, table.contractKind, table.contractId),
    index("contract_version_ended").on(table.insurerId, table.contractId).where(sql`${table.endOn} is not null`),
    check("contract_version_kind", isOneOf(table.contractKind, CONTRACT_KINDS)),
    check("contract_version_language", isOneOf(table.language, HOLDER_LANGUAGES)),
    check("contract_version_end_reason", isOneOf(table.endReason, END_REASONS)),
    check("contract_version_end", sql`(${table.endOn} is null) = (${table.endReason} is null)`),
    // An empty period is that of a cancelled contract.
    check("contract_version_period", sql`${table.validBefore} >= ${table.validFrom}`),
    check("contract_version_recorded", sql`${table.supersededAt} >= ${table.recordedAt}`),
    check("contract_version_action", isOneOf(table.action, VERSION_ACTIONS)),
  ],
);

/**
 * What an insurer has received on a contract for a premium year, less what was taken back. Written with the payment; on a
 * contract with more than 0 a `cancel` would leave money without a contract.
 */
export const contractPayment = pgTable(
  "contract_payment",
  {
    insurerId: integer("insurer_id").notNull(),
    contractId: uuid("contract_id").notNull(),
    premiumYear: integer("premium_year").notNull(),
    amountCents: integer("amount_cents").notNull(),
    /** Of the last payment or recovery that was executed. */
    paidOn: date("paid_on").notNull(),
  },
  (table) => [primaryKey({ columns: [table.insurerId, table.contractId, table.premiumYear] })],
);
