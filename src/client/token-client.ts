/**
 * Gets access tokens from the gateway as any program of an insurer would: an assertion signed with the client's key,
 * sent over mutual TLS. Depends on nothing else of the gateway.
 */
import { createPrivateKey, KeyObject, randomUUID } from "node:crypto";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { SignJWT } from "jose";

export interface TokenSourceOptions {
  /** As in the published metadata: `https://<host>/auth`. */
  readonly issuer: string;
  /** Default: `<issuer>/token`. */
  readonly tokenEndpoint?: string;
  readonly clientId: string;
  /** Private key that signs assertions, PEM or KeyObject: EC P-256 (ES256), RSA (PS256) or Ed25519 (EdDSA). */
  readonly key: string | Buffer | KeyObject;
  /** The name under which its public part is registered; may be absent while the client has one key of its kind. */
  readonly kid?: string;
  /** The client certificate that the token will be bound to, PEM; `ca`: who issued the server's certificate. */
  readonly tls: {
    readonly cert: string | Buffer;
    readonly key: string | Buffer;
    readonly ca?: string | Buffer;
  };
  /** Absent: all scopes of the client. */
  readonly scopes?: readonly string[];
  readonly timeoutMs?: number;
}

/** Answers a token with at least a minute to live; asks for a new one only when there is none. */
export type TokenSource = () => Promise<string>;

/** The authorization server refused, or its answer makes no sense. */
export class TokenRequestError extends Error {
  override readonly name = "TokenRequestError";
  readonly status: number;
  /** RFC 6749 section 5.2: `invalid_client`, `invalid_scope` …; absent where the answer had none. */
  readonly error: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, error: string | undefined, description: string | undefined, retryAfterSeconds?: number) {
    super(`the token endpoint answered ${status} ${error ?? ""}: ${description ?? "no description"}`);
    this.status = status;
    this.error = error;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const ASSERTION_LIFETIME_SECONDS = 60;
const RENEW_BEFORE_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** Requests made in all while the server says that it cannot serve now (503). */
const ATTEMPTS = 5;
const LONGEST_PAUSE_SECONDS = 5;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const key = options.key instanceof KeyObject ? options.key : createPrivateKey(options.key);
  const agent = new Agent({ ...options.tls, keepAlive: true, maxSockets: 1 });
  let held: IssuedToken | undefined;
  let renewal: Promise<IssuedToken> | undefined;
  return async () => {
    if (held && performance.now() < held.renewAt) return held.accessToken;
    // Whoever comes second waits for the request of the first.
    renewal ??= requestPatiently(options, key, agent).finally(() => {
      renewal = undefined;
    });
    held = await renewal;
    return held.accessToken;
  };
}

/** Makes one assertion, good for one request within a minute. */
export async function createAssertion(options: {
  readonly issuer: string;
  readonly clientId: string;
  readonly key: KeyObject;
  readonly kid?: string;
}): Promise<string> {
  const { issuer, clientId, key, kid } = options;
  return new SignJWT()
    .setProtectedHeader({ alg: algorithmOf(key), typ: "JWT", ...(kid !== undefined && { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${ASSERTION_LIFETIME_SECONDS}s`)
    .sign(key);
}

interface IssuedToken {
  readonly accessToken: string;
  /** On the clock of `performance.now()`. */
  readonly renewAt: number;
}

/** A server that is starting or overloaded is asked again when it says (`Retry-After`), each time with a new assertion. */
async function requestPatiently(options: TokenSourceOptions, key: KeyObject, agent: Agent): Promise<IssuedToken> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await requestToken(options, key, agent);
    } catch (error) {
      if (!(error instanceof TokenRequestError) || error.status !== 503 || attempt === ATTEMPTS) throw error;
      await sleep(Math.min(error.retryAfterSeconds ?? 1, LONGEST_PAUSE_SECONDS) * 1000);
    }
  }
}

async function requestToken(options: TokenSourceOptions, key: KeyObject, agent: Agent): Promise<IssuedToken> {
  const { issuer, tokenEndpoint = `${issuer}/token`, scopes, timeoutMs = TIMEOUT_MS } = options;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await createAssertion({ ...options, key }),
    ...(scopes && { scope: scopes.join(" ") }),
  });
  const askedAt = performance.now();
  const { status, body, retryAfterSeconds } = await post(tokenEndpoint, form.toString(), agent, timeoutMs);
  if (status !== 200 || typeof body.access_token !== "string") {
    throw new TokenRequestError(status, body.error, body.error_description, retryAfterSeconds);
  }
  const lifetimeMs = Number(body.expires_in ?? 0) * 1000;
  // A token that lives for less than two minutes is renewed half way.
  return { accessToken: body.access_token, renewAt: askedAt + Math.max(lifetimeMs - RENEW_BEFORE_MS, lifetimeMs / 2) };
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number;
  readonly error?: string;
  readonly error_description?: string;
}

async function post(url: string, form: string, agent: Agent, timeoutMs: number) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    body: TokenAnswer;
    retryAfterSeconds?: number;
  }>();
  const headers = { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" };
  const outgoing = request(url, { method: "POST", headers, agent, signal: AbortSignal.timeout(timeoutMs) });
  outgoing.on("error", reject);
  outgoing.on("response", async (response) => {
    try {
      const retryAfterSeconds = Number(response.headers["retry-after"]);
      resolve({
        status: response.statusCode ?? 0,
        body: parseAnswer(await text(response)),
        ...(retryAfterSeconds > 0 && { retryAfterSeconds }),
      });
    } catch (error) {
      reject(error);
    }
  });
  outgoing.end(form);
  return promise;
}

function parseAnswer(body: string): TokenAnswer {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function algorithmOf(key: KeyObject): string {
  const { asymmetricKeyType: type } = key;
  if (type === "ec") return "ES256";
  if (type === "rsa") return "PS256";
  if (type === "ed25519") return "EdDSA";
  throw new TypeError(`assertions are signed with EC P-256, RSA or Ed25519 keys, not with ${type}`);
}
