import type { TransactionSql } from "../database/sql.ts";
import { isClientId } from "./client-directory.ts";
import { CLIENT_KINDS, type ClientKind } from "./identity-kinds.ts";
import { checkName, lockInsurerByNumber } from "./insurer-registry.ts";
import { type Actor, type RegistryChange, RegistryError } from "./registry-error.ts";
import { SCOPES_BY_KIND, SPACE_SCOPES } from "./scopes.ts";

// What operators do to clients and their grants; see insurer-registry.ts for the transaction and the errors.

export interface ClientName {
  readonly clientId: string;
}

/** Makes a client without keys, certificates and grants. Scopes absent: all that its kind may have. */
export async function createClient(
  tx: TransactionSql,
  actor: Actor,
  client: ClientName & { name: string; kind: ClientKind; scopes?: readonly string[] },
): Promise<RegistryChange> {
  const { clientId, name, kind } = client;
  if (!isClientId(clientId)) {
    throw new RegistryError(
      "invalidClientId",
      "A client's id has 1 to 100 letters, digits, dots, hyphens and underscores, the first a letter or digit.",
    );
  }
  if (!CLIENT_KINDS.includes(kind)) {
    throw new RegistryError("invalidScope", `The kind of a client is one of ${CLIENT_KINDS.join(", ")}.`);
  }
  const scopes = checkScopes(kind, client.scopes ?? SCOPES_BY_KIND[kind]);
  const { count } = await tx`
    insert into client (client_id, name, kind, scopes, created_at)
    values (${clientId}, ${checkName(name)}, ${kind}, ${scopes}, now()) on conflict (client_id) do nothing`;
  if (count === 0) throw new RegistryError("clientExists", `There is or was a client ${clientId}: choose another id.`);
  return { act: "clientCreated", actor, clientId, details: { name, kind, scopes } };
}

/** Replaces the scopes that tokens of the client may carry. */
export async function setScopes(
  tx: TransactionSql,
  actor: Actor,
  { clientId, scopes }: ClientName & { scopes: readonly string[] },
): Promise<RegistryChange> {
  const client = await lockClient(tx, clientId);
  const checked = checkScopes(client.kind, scopes);
  await tx`update client set scopes = ${checked} where client_id = ${clientId}`;
  return { act: "scopesSet", actor, clientId, details: { before: client.scopes, scopes: checked } };
}

/** Ends a client for good, with its keys, certificates and grants: its id is never used again. */
export async function revokeClient(
  tx: TransactionSql,
  actor: Actor,
  { clientId }: ClientName,
): Promise<RegistryChange> {
  await lockClient(tx, clientId);
  await tx`update client set revoked_at = now() where client_id = ${clientId}`;
  return { act: "clientRevoked", actor, clientId, details: {} };
}

/** Days are `yyyy-mm-dd`, both inclusive; without `validTo` the grant has no end. */
export interface GrantPeriod {
  readonly validFrom: string;
  readonly validTo?: string;
}

/** Lets a client act for an insurer on those days. A client of kind insurer acts for one insurer only. */
export async function grant(
  tx: TransactionSql,
  actor: Actor,
  { clientId, enterpriseNumber, validFrom, validTo }: ClientName & GrantPeriod & { enterpriseNumber: string },
): Promise<RegistryChange> {
  const client = await lockClient(tx, clientId);
  const insurer = await lockInsurerByNumber(tx, enterpriseNumber);
  const { insurerId } = insurer;
  checkPeriod(validFrom, validTo);
  if (client.kind === "operator") {
    throw new RegistryError("invalidScope", "Operators act for the institute: their clients get no grants.");
  }
  const [other] = await tx<{ insurerId: number }[]>`
    select insurer_id as "insurerId" from client_grant
    where client_id = ${clientId} and revoked_at is null
      and (${client.kind === "insurer"} and insurer_id <> ${insurerId}
        or insurer_id = ${insurerId} and daterange(valid_from, valid_to, '[]') && daterange(${validFrom}, ${validTo ?? null}, '[]'))`;
  if (other) {
    throw new RegistryError(
      "grantExists",
      other.insurerId === insurerId
        ? `Client ${clientId} has a grant for insurer ${insurer.enterpriseNumber} on some of those days.`
        : `Client ${clientId} acts for another insurer: only clients of service providers act for several.`,
    );
  }
  // A grant that was revoked and begins on the same day is given again.
  await tx`
    insert into client_grant (client_id, insurer_id, valid_from, valid_to, granted_at)
    values (${clientId}, ${insurerId}, ${validFrom}, ${validTo ?? null}, now())
    on conflict (client_id, insurer_id, valid_from)
    do update set valid_to = excluded.valid_to, granted_at = excluded.granted_at, revoked_at = null`;
  return {
    act: "granted",
    actor,
    clientId,
    insurerId,
    details: { enterpriseNumber: insurer.enterpriseNumber, validFrom, validTo: validTo ?? null },
  };
}

/** Takes back every grant of the client for the insurer, at once. */
export async function revokeGrant(
  tx: TransactionSql,
  actor: Actor,
  { clientId, enterpriseNumber }: ClientName & { enterpriseNumber: string },
): Promise<RegistryChange> {
  await lockClient(tx, clientId, { revoked: "too" });
  const insurer = await lockInsurerByNumber(tx, enterpriseNumber);
  const { insurerId } = insurer;
  const { count } = await tx`
    update client_grant set revoked_at = now()
    where client_id = ${clientId} and insurer_id = ${insurerId} and revoked_at is null`;
  if (count === 0) {
    throw new RegistryError(
      "grantNotFound",
      `Client ${clientId} has no grant for insurer ${insurer.enterpriseNumber}.`,
    );
  }
  return {
    act: "grantRevoked",
    actor,
    clientId,
    insurerId,
    details: { enterpriseNumber: insurer.enterpriseNumber },
  };
}

export interface LockedClient {
  readonly kind: ClientKind;
  readonly scopes: readonly string[];
}

/** The client, kept from changing until the transaction ends; one act on its credentials at a time. */
export async function lockClient(
  tx: TransactionSql,
  clientId: string,
  { revoked }: { revoked?: "too" } = {},
): Promise<LockedClient> {
  const [row] = isClientId(clientId)
    ? await tx<(LockedClient & { revokedAt: Date | null })[]>`
        select kind, scopes, revoked_at as "revokedAt" from client where client_id = ${clientId} for no key update`
    : [];
  if (!row) throw new RegistryError("clientNotFound", "There is no client with that id.");
  if (row.revokedAt !== null && revoked !== "too") {
    throw new RegistryError("clientRevoked", `Client ${clientId} was revoked.`);
  }
  return row;
}

function checkScopes(kind: ClientKind, scopes: readonly string[]): string[] {
  const allowed: readonly string[] = kind === "insurer" ? SPACE_SCOPES : SCOPES_BY_KIND[kind];
  const unknown = scopes.filter((scope) => !allowed.includes(scope));
  if (scopes.length > 0 && unknown.length === 0) return [...new Set(scopes)];
  throw new RegistryError("invalidScope", `A client of kind ${kind} has one or more of: ${allowed.join(", ")}.`);
}

function checkPeriod(validFrom: string, validTo: string | undefined): void {
  if (!isDay(validFrom) || (validTo !== undefined && !isDay(validTo))) {
    throw new RegistryError("invalidPeriod", "The days of a grant are written yyyy-mm-dd.");
  }
  if (validTo !== undefined && validTo < validFrom) {
    throw new RegistryError("invalidPeriod", "A grant ends on or after the day on which it begins.");
  }
}

/** Of the years that PostgreSQL knows too: it has no year 0. */
function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}
