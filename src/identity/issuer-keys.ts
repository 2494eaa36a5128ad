import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { TokenKeys } from "./access-token.ts";

/** The metadata or keys of the external issuer cannot be had: neither the token nor its sender is to blame. */
export class IssuerUnavailable extends Error {
  override readonly name = "IssuerUnavailable";
  readonly code = "issuerUnavailable";
}

export interface IssuerKeysOptions {
  /** As in its metadata and tokens; `https:`. */
  readonly issuer: string;
  /** PEM of the authorities of its server's certificate; absent: those that Node knows. */
  readonly ca?: string | Buffer;
  readonly timeoutMs?: number;
  /** A token of an unknown key makes us fetch the keys again, but not more often than this. */
  readonly cooldownMs?: number;
  /** Keys are fetched again after this time, so that one that was withdrawn stops working. */
  readonly maximumAgeMs?: number;
  /** How long the last keys are good while the issuer does not answer. */
  readonly usableWhileAwayMs?: number;
  /** Told of every failure to read metadata or keys. */
  readonly onTrouble?: (error: unknown) => void;
}

const TIMEOUT_MS = 5_000;
const COOLDOWN_MS = 10_000;
const MAXIMUM_AGE_MS = 40_000;
const USABLE_WHILE_AWAY_MS = 600_000;
const RETRY_AFTER_FAILURE_MS = 2_000;
const MAXIMUM_DOCUMENT_BYTES = 262_144;

interface KnownKeys {
  readonly find: JWTVerifyGetKey;
  /** To see whether anything changed. */
  readonly text: string;
  readonly fetchedAt: number;
}

/**
 * Keys of an external issuer, by its metadata (RFC 8414, or where OpenID Connect has it) and its key set. Not jose's
 * remote set, which forgets its keys while the issuer is away, and asks it again for every token.
 */
export function createIssuerKeys(options: IssuerKeysOptions): TokenKeys {
  const { cooldownMs = COOLDOWN_MS, maximumAgeMs = MAXIMUM_AGE_MS, onTrouble } = options;
  const { usableWhileAwayMs = USABLE_WHILE_AWAY_MS } = options;
  const read = createReader(options);
  const listeners = new Set<() => void>();
  let known: KnownKeys | undefined;
  let refreshing: Promise<void> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  const refresh = (): Promise<void> => {
    if (performance.now() - failedAt < RETRY_AFTER_FAILURE_MS) return Promise.resolve();
    refreshing ??= read()
      .then((found) => {
        const hasChanged = known !== undefined && known.text !== found.text;
        known = found;
        if (hasChanged) for (const listener of listeners) listener();
      })
      .catch((error) => {
        failedAt = performance.now();
        onTrouble?.(error);
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };
  const ageOf = (keys: KnownKeys | undefined) => (keys ? performance.now() - keys.fetchedAt : Number.POSITIVE_INFINITY);
  const getKnown = (): KnownKeys => {
    if (known && ageOf(known) < usableWhileAwayMs) return known;
    throw new IssuerUnavailable("the keys of the issuer of access tokens cannot be read");
  };

  return {
    async find(header, token) {
      if (ageOf(known) > maximumAgeMs) await refresh();
      // Early enough that under steady traffic nobody waits.
      else if (ageOf(known) > maximumAgeMs / 2) void refresh();
      try {
        return await getKnown().find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || ageOf(known) < cooldownMs) throw error;
        await refresh();
        return getKnown().find(header, token);
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function createReader({ issuer, ca, timeoutMs = TIMEOUT_MS }: IssuerKeysOptions): () => Promise<KnownKeys> {
  const agent = new Agent({ ...(ca !== undefined && { ca }), keepAlive: true, maxSockets: 2 });
  return async () => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fetchedAt = performance.now();
    const keySet = await fetchJson(await findKeySet(issuer, agent, signal), agent, signal);
    const find = createLocalJWKSet(keySet as unknown as JSONWebKeySet);
    return { find, text: JSON.stringify(keySet), fetchedAt };
  };
}

/** Where its metadata says that the keys are; the metadata must be the issuer's own (RFC 8414 section 3.3). */
async function findKeySet(issuer: string, agent: Agent, signal: AbortSignal): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === "/" ? "" : pathname;
  const openid = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const oauth = `${origin}/.well-known/oauth-authorization-server${path}`;
  const metadata = await fetchJson(oauth, agent, signal).catch((error) => {
    if (error instanceof UnexpectedStatus) return fetchJson(openid, agent, signal);
    throw error;
  });
  if (metadata.issuer !== issuer) throw new Error("the metadata is that of another issuer than AUTH_ISSUER");
  const { jwks_uri: address } = metadata;
  if (typeof address !== "string" || !URL.canParse(address) || new URL(address).protocol !== "https:") {
    throw new Error("jwks_uri of the issuer's metadata is no https address");
  }
  return address;
}

class UnexpectedStatus extends Error {
  override readonly name = "UnexpectedStatus";
}

/** A JSON object over HTTPS; follows no redirection, reads no more than a key set can need. */
async function fetchJson(url: string, agent: Agent, signal: AbortSignal): Promise<Record<string, unknown>> {
  const outgoing = request(url, { agent, signal, headers: { Accept: "application/json, application/jwk-set+json" } });
  outgoing.end();
  const [response]: IncomingMessage[] = await once(outgoing, "response");
  if (response?.statusCode !== 200) {
    response?.resume();
    throw new UnexpectedStatus(`the issuer answered ${response?.statusCode} where its metadata or keys should be`);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > MAXIMUM_DOCUMENT_BYTES) throw new Error("the issuer sent more than metadata or keys can be");
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new Error("the issuer sent something else than a JSON object");
}
