import { sql } from "drizzle-orm";
import {
  check,
  date,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from "drizzle-orm/pg-core";
import type { JWK } from "jose";
import { bytes, identifier, isOneOf, textArray } from "../database/column-types.ts";
import { CLIENT_KINDS, INSURER_PHASES } from "./identity-kinds.ts";

export type { ClientKind, InsurerPhase } from "./identity-kinds.ts";

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const insurer = pgTable(
  "insurer",
  {
    insurerId: integer("insurer_id").primaryKey().generatedAlwaysAsIdentity(),
    enterpriseNumber: identifier("enterprise_number").notNull(),
    name: text("name").notNull(),
    phase: text("phase", { enum: INSURER_PHASES }).notNull(),
    initialLoadCompletedAt: instant("initial_load_completed_at"),
    /** When its contracts last changed: each change is recorded later than the one before, whatever the clock says. */
    contractsRecordedAt: instant("contracts_recorded_at"),
  },
  (table) => [
    unique("insurer_enterprise_number").on(table.enterpriseNumber),
    check("insurer_phase", isOneOf(table.phase, INSURER_PHASES)),
  ],
);

/** Whom the institute writes to about an insurer's exchange. */
export const insurerContact = pgTable(
  "insurer_contact",
  {
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    email: text("email").notNull(),
    name: text("name").notNull(),
    language: text("language", { enum: ["fr", "nl", "de"] }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.insurerId, table.email] }),
    check("insurer_contact_language", isOneOf(table.language, ["fr", "nl", "de"])),
  ],
);

/** An OAuth client: a machine of an insurer, of a service provider or of the institute's operators. */
export const client = pgTable(
  "client",
  {
    clientId: identifier("client_id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind", { enum: CLIENT_KINDS }).notNull(),
    /** Scopes its tokens may carry. */
    scopes: textArray("scopes").notNull(),
    createdAt: instant("created_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [check("client_kind", isOneOf(table.kind, CLIENT_KINDS))],
);

/** Public keys with which a client signs its assertions (`private_key_jwt`). */
export const clientKey = pgTable(
  "client_key",
  {
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    /** RFC 7638 thumbprint, or the `kid` the client chose. */
    kid: text("kid").notNull(),
    jwk: jsonb("jwk").$type<JWK>().notNull(),
    registeredAt: instant("registered_at").notNull(),
    expiresAt: instant("expires_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.kid] })],
);

export const clientCertificate = pgTable(
  "client_certificate",
  {
    /** SHA-256 of the certificate in DER. */
    thumbprint: bytes("thumbprint").primaryKey(),
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    notAfter: instant("not_after").notNull(),
    registeredAt: instant("registered_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [check("client_certificate_thumbprint", sql`octet_length(${table.thumbprint}) = 32`)],
);

/** SSH public keys of a client's SFTP account. */
export const clientSshKey = pgTable(
  "client_ssh_key",
  {
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    /** `SHA256:…` as `ssh-keygen -l` prints it. */
    fingerprint: text("fingerprint").notNull(),
    publicKey: text("public_key").notNull(),
    registeredAt: instant("registered_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.fingerprint] })],
);

/** Certificates whose keys sign the files (FS) of a client's SFTP account. */
export const clientSigningCertificate = pgTable(
  "client_signing_certificate",
  {
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    /** SHA-256 of `certificate`. */
    thumbprint: bytes("thumbprint").notNull(),
    /** DER. */
    certificate: bytes("certificate").notNull(),
    notAfter: instant("not_after").notNull(),
    registeredAt: instant("registered_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    primaryKey({ columns: [table.clientId, table.thumbprint] }),
    check("client_signing_certificate_thumbprint", sql`${table.thumbprint} = sha256(${table.certificate})`),
  ],
);

/** The right of a client to act for an insurer, on the days from `validFrom` to `validTo` (inclusive). */
export const clientGrant = pgTable(
  "client_grant",
  {
    clientId: identifier("client_id")
      .notNull()
      .references(() => client.clientId),
    insurerId: integer("insurer_id")
      .notNull()
      .references(() => insurer.insurerId),
    validFrom: date("valid_from").notNull(),
    validTo: date("valid_to"),
    grantedAt: instant("granted_at").notNull(),
    revokedAt: instant("revoked_at"),
  },
  (table) => [primaryKey({ columns: [table.clientId, table.insurerId, table.validFrom] })],
);

/** What the authorization server keeps between requests and processes: the assertions it has seen, until they expire. */
export const authorizationArtifact = pgTable(
  "authorization_artifact",
  {
    model: text("model").notNull(),
    id: text("id").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.model, table.id] })],
);

/** Failed authentications of an address or of a client at an address, decaying with time; shared by all processes. */
export const failedAuthentication = pgTable("failed_authentication", {
  /** `address:…` or `client:…@…`. */
  subject: text("subject").primaryKey(),
  /** As they counted at `lastFailedAt`. */
  failures: doublePrecision("failures").notNull(),
  lastFailedAt: instant("last_failed_at").notNull(),
  bannedUntil: instant("banned_until"),
});
