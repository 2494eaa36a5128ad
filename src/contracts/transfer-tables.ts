import { date, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { identifier } from "../database/column-types.ts";
import { insurer } from "../identity/identity-tables.ts";

/** Contracts that an operator moved from one insurer to another; versions name it as where they came from. */
export const portfolioTransfer = pgTable("portfolio_transfer", {
  transferId: uuid("transfer_id").primaryKey(),
  fromInsurerId: integer("from_insurer_id")
    .notNull()
    .references(() => insurer.insurerId),
  toInsurerId: integer("to_insurer_id")
    .notNull()
    .references(() => insurer.insurerId),
  /** First day with the new insurer. */
  transferredOn: date("transferred_on").notNull(),
  contractCount: integer("contract_count").notNull(),
  reason: text("reason").notNull(),
  actor: identifier("actor").notNull(),
  recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
});

/** Which contract became which: the institute's to know, for rights of persons do not begin anew with an insurer. */
export const transferredContract = pgTable(
  "transferred_contract",
  {
    toInsurerId: integer("to_insurer_id").notNull(),
    toContractId: uuid("to_contract_id").notNull(),
    fromInsurerId: integer("from_insurer_id").notNull(),
    fromContractId: uuid("from_contract_id").notNull(),
    /** The contract as it was first declared, before any transfer. Ids of transfers are in the order in which they were made. */
    originInsurerId: integer("origin_insurer_id").notNull(),
    originContractId: uuid("origin_contract_id").notNull(),
    transferredOn: date("transferred_on").notNull(),
    transferId: uuid("transfer_id")
      .notNull()
      .references(() => portfolioTransfer.transferId),
  },
  (table) => [
    primaryKey({ columns: [table.toInsurerId, table.toContractId] }),
    // A contract is handed over once; what comes back is another one.
    uniqueIndex("transferred_contract_from").on(table.fromInsurerId, table.fromContractId),
    index("transferred_contract_origin").on(table.originInsurerId, table.originContractId),
  ],
);
