import { boolean, date, integer, pgSchema, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";

/**
 * The peer's own twin: contract and version side by side in one row, so that a record costs it one INSERT. Fixed like
 * the floor's twins: never follow a migration here.
 */
export const peerContract = pgSchema("peer").table(
  "contract",
  {
    insurerId: integer("insurer_id").notNull(),
    contractId: uuid("contract_id").notNull(),
    contractNumber: text("contract_number").notNull(),
    inamiRoot: text("inami_root").notNull(),
    startOn: date("start_on").notNull(),
    version: integer("version").notNull(),
    recordedAt: timestamp("recorded_at", { withTimezone: true }).notNull(),
    inamiNumber: text("inami_number").notNull(),
    contractKind: text("contract_kind").notNull(),
    ssin: text("ssin"),
    solidarity: boolean("solidarity").notNull(),
    language: text("language"),
    paymentReference: text("payment_reference"),
    endOn: date("end_on"),
    endReason: text("end_reason"),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.contractId, table.version] }),
    uniqueIndex("contract_key").on(table.insurerId, table.contractNumber, table.inamiRoot),
  ],
);

export const CREATE_PEER_TABLES = `
  create schema peer;
  create table peer.contract (
    insurer_id integer not null,
    contract_id uuid not null,
    contract_number text collate "C" not null,
    inami_root text collate "C" not null,
    start_on date not null,
    version integer not null,
    recorded_at timestamp with time zone not null,
    inami_number text collate "C" not null,
    contract_kind text not null,
    ssin text collate "C",
    solidarity boolean not null,
    language text,
    payment_reference text collate "C",
    end_on date,
    end_reason text,
    primary key (insurer_id, contract_id, version)
  );
  create unique index contract_key on peer.contract (insurer_id, contract_number, inami_root);`;
