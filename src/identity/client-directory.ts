import type { JWK } from "jose";
import { LRUCache } from "lru-cache";
import type { Sql } from "../database/sql.ts";
import type { ClientKind, InsurerPhase } from "./identity-tables.ts";

/** A client that was not revoked. */
export interface Client {
  readonly clientId: string;
  readonly name: string;
  readonly kind: ClientKind;
  readonly scopes: readonly string[];
  /** Public keys that verify its assertions now. */
  readonly keys: readonly JWK[];
}

/** The right to act for an insurer. */
export interface Grant {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly phase: InsurerPhase;
  /** `yyyy-mm-dd`, both inclusive. */
  readonly validFrom: string;
  readonly validTo: string | null;
}

/** Who may call, as it was at most ten seconds ago. */
export interface ClientDirectory {
  findClient(clientId: string): Promise<Client | undefined>;
  /** Whether a certificate (SHA-256 of its DER form) is registered for the client, unexpired and not revoked. */
  isCertificateOf(clientId: string, thumbprint: Buffer): Promise<boolean>;
  /** All of this that one request needs, at once; undefined for a client that is not admitted. */
  findCaller(
    clientId: string,
    thumbprint: Buffer,
    today: string,
  ): Promise<RegisteredCaller | undefined> | RegisteredCaller | undefined;
  /** The insurers it may act for on `today` (`yyyy-mm-dd`), by enterprise number. */
  listGrants(clientId: string, today: string): Promise<readonly Grant[]>;
  /** Forgets what is remembered, for a process that just changed it. */
  forget(clientId?: string): void;
}

export interface RegisteredCaller {
  /** Whether the certificate is registered for it, unexpired and not revoked. */
  readonly hasCertificate: boolean;
  readonly scopes: readonly string[];
  readonly grants: readonly Grant[];
  /** When the space of its own ended, or since when it has expired; absent: it has none, or one that lives. */
  readonly spaceEndedAt?: Date;
}

export interface ClientDirectoryOptions {
  readonly maximumAgeMs?: number;
}

const MAXIMUM_AGE_MS = 10_000;
const MAXIMUM_CLIENTS = 2_000;
/** Also keeps what no database takes, such as NUL, out of queries. */
const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whether a text can be the id of a client: 1 to 100 letters, digits, dots, hyphens and underscores. */
export function isClientId(text: string): boolean {
  return CLIENT_ID.test(text);
}

interface Entry {
  readonly client: Client | undefined;
  /** When its space ends, milliseconds since 1970; null: never. */
  readonly spaceEndsAt: number | null;
  readonly keys: readonly (Expiring & { readonly jwk: JWK })[];
  readonly certificates: ReadonlyMap<string, Expiring>;
  readonly grants: readonly Grant[];
}

interface Expiring {
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
}

const NOBODY: Entry = { client: undefined, spaceEndsAt: null, keys: [], certificates: new Map(), grants: [] };

export function createClientDirectory(sql: Sql, options: ClientDirectoryOptions = {}): ClientDirectory {
  const entries = new LRUCache<string, Entry>({
    max: MAXIMUM_CLIENTS,
    ttl: options.maximumAgeMs ?? MAXIMUM_AGE_MS,
    ignoreFetchAbort: true,
    fetchMethod: (clientId) => readEntry(sql, clientId),
  });
  const fetchEntry = async (clientId: string) =>
    (isClientId(clientId) ? await entries.fetch(clientId) : undefined) ?? NOBODY;
  // Read first: fetching costs more than all the rest, even of what is there.
  const entryOf = (clientId: string) => entries.get(clientId) ?? fetchEntry(clientId);

  return {
    async findClient(clientId) {
      const { client, keys } = await entryOf(clientId);
      return client && { ...client, keys: keys.filter(isCurrent).map(({ jwk }) => jwk) };
    },
    async isCertificateOf(clientId, thumbprint) {
      return hasCertificate(await entryOf(clientId), thumbprint);
    },
    async listGrants(clientId, today) {
      return grantsOn(await entryOf(clientId), today);
    },
    findCaller(clientId, thumbprint, today) {
      const entry = entryOf(clientId);
      return entry instanceof Promise
        ? entry.then((fetched) => callerOf(fetched, thumbprint, today))
        : callerOf(entry, thumbprint, today);
    },
    forget: (clientId) => (clientId === undefined ? entries.clear() : entries.delete(clientId)),
  };
}

function callerOf(entry: Entry, thumbprint: Buffer, today: string): RegisteredCaller | undefined {
  const { client } = entry;
  if (!client) return undefined;
  return {
    hasCertificate: hasCertificate(entry, thumbprint),
    scopes: client.scopes,
    grants: grantsOn(entry, today),
    ...(hasEnded(entry) && { spaceEndedAt: new Date(entry.spaceEndsAt!) }),
  };
}

function hasCertificate({ client, certificates }: Entry, thumbprint: Buffer): boolean {
  const certificate = certificates.get(thumbprint.toString("hex"));
  return client !== undefined && certificate !== undefined && isCurrent(certificate);
}

function grantsOn({ client, grants }: Entry, today: string): readonly Grant[] {
  if (!client) return [];
  return grants.filter(({ validFrom, validTo }) => validFrom <= today && (validTo === null || today <= validTo));
}

function hasEnded({ spaceEndsAt }: Entry): boolean {
  return spaceEndsAt !== null && spaceEndsAt <= Date.now();
}

function isCurrent({ expiresAt }: Expiring): boolean {
  return expiresAt === null || Date.now() < expiresAt;
}

interface Row extends Omit<Client, "keys"> {
  readonly spaceEndsAt: number | null;
  readonly keys: { readonly jwk: JWK; readonly expiresAt: number | null }[];
  readonly certificates: { readonly thumbprint: string; readonly expiresAt: number }[];
  readonly grants: Grant[];
}

async function readEntry(sql: Sql, clientId: string): Promise<Entry> {
  const [row] = await sql<Row[]>`
    select c.client_id as "clientId", c.name, c.kind, c.scopes,
      (select extract(epoch from least(a.expires_at, a.ended_at)) * 1000
        from space_account a where a.client_id = c.client_id)::float8 as "spaceEndsAt",
      coalesce((select json_agg(json_build_object('jwk', k.jwk || jsonb_build_object('kid', k.kid),
          'expiresAt', extract(epoch from k.expires_at) * 1000) order by k.registered_at, k.kid)
        from client_key k where k.client_id = c.client_id and k.revoked_at is null), '[]') as keys,
      coalesce((select json_agg(json_build_object('thumbprint', encode(t.thumbprint, 'hex'),
          'expiresAt', extract(epoch from t.not_after) * 1000))
        from client_certificate t where t.client_id = c.client_id and t.revoked_at is null), '[]') as certificates,
      coalesce((select json_agg(json_build_object('insurerId', i.insurer_id, 'enterpriseNumber', i.enterprise_number,
          'name', i.name, 'phase', i.phase, 'validFrom', g.valid_from, 'validTo', g.valid_to)
          order by i.enterprise_number, g.valid_from)
        from client_grant g join insurer i using (insurer_id)
        where g.client_id = c.client_id and g.revoked_at is null), '[]') as grants
    from client c where c.client_id = ${clientId} and c.revoked_at is null`;
  if (!row) return NOBODY;
  const { keys, certificates, grants, spaceEndsAt, ...client } = row;
  return {
    client: { ...client, keys: [] },
    spaceEndsAt,
    keys,
    certificates: new Map(certificates.map((certificate) => [certificate.thumbprint, certificate])),
    grants,
  };
}
