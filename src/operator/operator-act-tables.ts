import { customType, integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

const transactionId = customType<{ data: string }>({ dataType: () => "xid8" });

/**
 * What operators did, in full. The audit event of the same transaction carries the SHA-256 of `document`, so that the
 * sealed chain proves this row too.
 */
export const operatorAct = pgTable("operator_act", {
  actId: uuid("act_id").primaryKey(),
  /** Where the audit event is: its chain and its transaction. */
  chainId: integer("chain_id").notNull(),
  transactionId: transactionId("transaction_id").notNull(),
  performedAt: timestamp("performed_at", { withTimezone: true }).notNull(),
  /** JSON, kept as the text that was hashed. Ids only: no secret, no personal data but the operator's account name. */
  document: text("document").notNull(),
});
