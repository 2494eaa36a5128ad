import { sql } from "drizzle-orm";
import { check, integer, pgTable, text, timestamp, unique } from "drizzle-orm/pg-core";
import { bytes, identifier, isOneOf } from "../database/column-types.ts";

export const INSURER_PHASES = ["access", "loading", "live", "suspended"] as const;
export type InsurerPhase = (typeof INSURER_PHASES)[number];

export const insurer = pgTable(
  "insurer",
  {
    insurerId: integer("insurer_id").primaryKey().generatedAlwaysAsIdentity(),
    enterpriseNumber: identifier("enterprise_number").notNull(),
    name: text("name").notNull(),
    phase: text("phase", { enum: INSURER_PHASES }).notNull(),
    initialLoadCompletedAt: timestamp("initial_load_completed_at", { withTimezone: true }),
  },
  (table) => [
    unique("insurer_enterprise_number").on(table.enterpriseNumber),
    check("insurer_phase", isOneOf(table.phase, INSURER_PHASES)),
  ],
);

export const clientCertificate = pgTable(
  "client_certificate",
  {
    /** SHA-256 of the certificate in DER. */
    thumbprint: bytes("thumbprint").primaryKey(),
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    registeredAt: timestamp("registered_at", { withTimezone: true }).notNull().default(sql`now()`),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
  },
  (table) => [check("client_certificate_thumbprint", sql`octet_length(${table.thumbprint}) = 32`)],
);
