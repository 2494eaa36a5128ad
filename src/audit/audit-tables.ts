import { bigint, index, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytes } from "../database/column-types.ts";

/**
 * What happened, appended only. Chain 0 is the institute's (operators, logins that named no insurer); the others are
 * the insurers'. A row is inserted unsealed; the sealer gives it its place in the chain.
 */
export const auditEvent = pgTable(
  "audit_event",
  {
    eventId: uuid("event_id").primaryKey(),
    /** The insurer, or 0. */
    chainId: integer("chain_id").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    /** `login`, `denial`, `read`, `write`, `operatorAct`. */
    kind: text("kind").notNull(),
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
    /** Keyed hashes (HMAC-SHA-256) of the persons' numbers the event is about, concatenated, 32 bytes each. */
    persons: bytes("persons"),
  },
  (table) => [index("audit_event_chain").on(table.chainId, table.eventId)],
);

/** A link of a chain: the hash over the previous link and the rows sealed with it. */
export const auditSeal = pgTable(
  "audit_seal",
  {
    chainId: integer("chain_id").notNull(),
    sealNumber: bigint("seal_number", { mode: "number" }).notNull(),
    sealedAt: timestamp("sealed_at", { withTimezone: true }).notNull(),
    eventCount: integer("event_count").notNull(),
    previousHash: bytes("previous_hash").notNull(),
    hash: bytes("hash").notNull(),
    /** Compact JWS over chain, number and hash. */
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
    place: integer("place").notNull(),
    eventId: uuid("event_id").notNull(),
    eventHash: bytes("event_hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chainId, table.sealNumber, table.place] }),
    index("audit_sealed_event_id").on(table.eventId),
  ],
);
