import type { Sql } from "../database/sql.ts";
import { parseEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import { isClientId } from "../identity/client-directory.ts";
import type { ClientKind, InsurerPhase } from "../identity/identity-kinds.ts";
import type { Contact } from "../identity/insurer-registry.ts";
import { RegistryError } from "../identity/registry-error.ts";
import type { Scope } from "../identity/scopes.ts";

// What operators see of the registry. `sql` runs as the institute's role.

export interface InsurerRow {
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly phase: InsurerPhase;
  readonly initialLoadCompletedAt: Date | null;
}

export async function listInsurers(sql: Sql, enterpriseNumber?: string): Promise<InsurerRow[]> {
  return await sql<InsurerRow[]>`
    select enterprise_number as "enterpriseNumber", name, phase, initial_load_completed_at as "initialLoadCompletedAt"
    from insurer where ${enterpriseNumber ?? null}::text is null or enterprise_number = ${enterpriseNumber ?? null}
    order by enterprise_number`;
}

/** Throws RegistryError when there is no such insurer. */
export async function getInsurer(sql: Sql, enterpriseNumber: string): Promise<InsurerRow> {
  const number = parseEnterpriseNumber(enterpriseNumber);
  const [row] = number === undefined ? [] : await listInsurers(sql, number);
  if (!row) throw new RegistryError("insurerNotFound", "No insurer with that number was admitted.");
  return row;
}

export interface ContactRow extends Contact {
  /** Stands for the address in URLs, where no personal data belongs: SHA-256 in hexadecimal. */
  readonly contactId: string;
}

/** Throws RegistryError when there is no such insurer. */
export async function listContacts(sql: Sql, enterpriseNumber: string): Promise<ContactRow[]> {
  const insurer = await getInsurer(sql, enterpriseNumber);
  return await sql<ContactRow[]>`
    select email, contact.name, language, encode(sha256(convert_to(email, 'UTF8')), 'hex') as "contactId"
    from insurer_contact contact join insurer using (insurer_id)
    where enterprise_number = ${insurer.enterpriseNumber} order by email`;
}

export interface ClientRow {
  readonly clientId: string;
  readonly name: string;
  readonly kind: ClientKind;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export async function listClients(sql: Sql, clientId?: string): Promise<ClientRow[]> {
  return await sql<ClientRow[]>`
    select client_id as "clientId", name, kind, scopes, created_at as "createdAt", revoked_at as "revokedAt"
    from client where ${clientId ?? null}::text is null or client_id = ${clientId ?? null} order by client_id`;
}

/** Throws RegistryError when there is no such client; a revoked one is there. */
export async function getClient(sql: Sql, clientId: string): Promise<ClientRow> {
  const [row] = isClientId(clientId) ? await listClients(sql, clientId) : [];
  if (!row) throw new RegistryError("clientNotFound", "There is no client with that id.");
  return row;
}

export type CredentialState = "active" | "expired" | "revoked";

export interface GrantRow {
  readonly clientId: string;
  readonly enterpriseNumber: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly grantedAt: Date;
  readonly revokedAt: Date | null;
}

export async function listGrants(sql: Sql, clientId?: string): Promise<GrantRow[]> {
  return await sql<GrantRow[]>`
    select client_id as "clientId", enterprise_number as "enterpriseNumber", valid_from as "validFrom", valid_to as "validTo",
      granted_at as "grantedAt", g.revoked_at as "revokedAt"
    from client_grant g join insurer i using (insurer_id)
    where ${clientId ?? null}::text is null or client_id = ${clientId ?? null}
    order by client_id, enterprise_number, valid_from`;
}

interface Credential {
  readonly clientId: string;
  readonly registeredAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** As it is now; of a client that was revoked all are. */
  readonly state: CredentialState;
}

export interface CertificateRow extends Credential {
  /** SHA-256 of the DER form in hexadecimal. */
  readonly thumbprint: string;
}

export async function listCertificates(sql: Sql, clientId?: string): Promise<CertificateRow[]> {
  return await sql<CertificateRow[]>`
    select client_id as "clientId", encode(thumbprint, 'hex') as thumbprint, registered_at as "registeredAt",
      not_after as "expiresAt", t.revoked_at as "revokedAt", ${state(sql, "not_after")} as state
    from client_certificate t join client c using (client_id)
    where ${clientId ?? null}::text is null or client_id = ${clientId ?? null}
    order by client_id, registered_at, thumbprint`;
}

/** Certificates that verify signatures of files. */
export async function listSigningCertificates(sql: Sql, clientId?: string): Promise<CertificateRow[]> {
  return await sql<CertificateRow[]>`
    select client_id as "clientId", encode(thumbprint, 'hex') as thumbprint, registered_at as "registeredAt",
      not_after as "expiresAt", t.revoked_at as "revokedAt", ${state(sql, "not_after")} as state
    from client_signing_certificate t join client c using (client_id)
    where ${clientId ?? null}::text is null or client_id = ${clientId ?? null}
    order by client_id, registered_at, thumbprint`;
}

export interface KeyRow extends Credential {
  readonly kid: string;
  readonly algorithm: string;
}

export async function listKeys(sql: Sql, clientId?: string): Promise<KeyRow[]> {
  return await sql<KeyRow[]>`
    select client_id as "clientId", kid, coalesce(jwk->>'alg', '') as algorithm, registered_at as "registeredAt",
      expires_at as "expiresAt", t.revoked_at as "revokedAt", ${state(sql, "expires_at")} as state
    from client_key t join client c using (client_id)
    where ${clientId ?? null}::text is null or client_id = ${clientId ?? null}
    order by client_id, registered_at, kid`;
}

export interface SshKeyRow extends Omit<Credential, "expiresAt"> {
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly publicKey: string;
}

export async function listSshKeys(sql: Sql, clientId?: string): Promise<SshKeyRow[]> {
  return await sql<SshKeyRow[]>`
    select client_id as "clientId", fingerprint, public_key as "publicKey", registered_at as "registeredAt",
      t.revoked_at as "revokedAt", case when t.revoked_at is null and c.revoked_at is null then 'active' else 'revoked' end as state
    from client_ssh_key t join client c using (client_id)
    where ${clientId ?? null}::text is null or client_id = ${clientId ?? null}
    order by client_id, registered_at, fingerprint`;
}

/** State of the row `t` of a client `c`. */
function state(sql: Sql, expiry: "not_after" | "expires_at") {
  return sql`case when t.revoked_at is not null or c.revoked_at is not null then 'revoked'
    when t.${sql(expiry)} <= now() then 'expired' else 'active' end`;
}
