import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, isOneOf } from "../database/column-types.ts";
import { AUDIT_KINDS } from "./audit-event.ts";

/** Number of a transaction, 64 bits: never used twice in the life of a database cluster. */
const transactionId = customType<{ data: string }>({ dataType: () => "xid8" });

const bytesArray = customType<{ data: Buffer[] }>({ dataType: () => "bytea[]" });

/**
 * What happened, appended only. Chain 0 is the institute's (operators, logins that named no insurer); the others are
 * the insurers'. A row is inserted unsealed; the sealer gives it its place in the chain. The columns with a default are
 * not the application's to give: its role may insert into the others only.
 */
export const auditEvent = pgTable(
  "audit_event",
  {
    eventId: uuid("event_id").primaryKey().default(sql`uuidv7()`),
    /** The insurer, or 0. */
    chainId: integer("chain_id").notNull(),
    /** Who inserted it: rows appear in the order of commits, and this tells the sealer which ones it may have missed. */
    transactionId: transactionId("transaction_id").notNull().default(sql`pg_current_xact_id()`),
    at: timestamp("at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    kind: text("kind", { enum: AUDIT_KINDS }).notNull(),
    clientId: text("client_id"),
    tokenSha256: bytes("token_sha256"),
    method: text("method").notNull(),
    /** Template of the route, or the name of the command. */
    route: text("route").notNull(),
    status: integer("status").notNull(),
    requestSha256: bytes("request_sha256"),
    responseSha256: bytes("response_sha256"),
    traceId: text("trace_id"),
    relatedTraceId: text("related_trace_id"),
    /** Keyed hashes (HMAC-SHA-256) of the numbers of the persons the event is about. */
    persons: bytesArray("persons"),
  },
  (table) => [
    index("audit_event_chain").on(table.chainId, table.transactionId, table.eventId),
    // Takes in each event as it comes: where there is a list of what it still has to take in, some appends work all of it off.
    index("audit_event_persons")
      .using("gin", table.persons)
      .where(sql`${table.persons} is not null`)
      .with({ fastupdate: false }),
    check("audit_event_kind", isOneOf(table.kind, AUDIT_KINDS)),
  ],
);

/** A link of a chain: the hash over the previous link and the rows sealed with it. */
export const auditSeal = pgTable(
  "audit_seal",
  {
    chainId: integer("chain_id").notNull(),
    sealNumber: bigint("seal_number", { mode: "number" }).notNull(),
    sealedAt: timestamp("sealed_at", { withTimezone: true }).notNull(),
    /** Every row of the chain that an earlier transaction wrote is sealed by this seal or one before it. */
    sealedBelow: transactionId("sealed_below").notNull(),
    eventCount: integer("event_count").notNull(),
    previousHash: bytes("previous_hash").notNull(),
    hash: bytes("hash").notNull(),
    /** Compact JWS over chain, number, hash and instant. */
    signature: text("signature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.chainId, table.sealNumber] })],
);

/** Which seal holds which row, at which place: what makes a removed or inserted row visible. */
export const auditSealedEvent = pgTable(
  "audit_sealed_event",
  {
    chainId: integer("chain_id").notNull(),
    sealNumber: bigint("seal_number", { mode: "number" }).notNull(),
    /** From 1 to the seal's event count. */
    place: integer("place").notNull(),
    eventId: uuid("event_id").notNull(),
    eventHash: bytes("event_hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chainId, table.sealNumber, table.place] }),
    uniqueIndex("audit_sealed_event_id").on(table.eventId),
  ],
);
