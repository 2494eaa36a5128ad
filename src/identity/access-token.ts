import { hash } from "node:crypto";
import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import type { KeyRing } from "./signing-keys.ts";

/** What a token says, after every check. */
export interface AccessToken {
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** SHA-256 of the token as it was sent: how logs and audit name it. */
  readonly tokenSha256: Buffer;
  readonly expiresAt: Date;
}

export type TokenFailureCode = "noAccessToken" | "invalidAccessToken" | "expiredAccessToken";

export interface TokenFailure {
  readonly failure: TokenFailureCode;
  /** A sentence for the caller; quotes nothing of the token. */
  readonly detail: string;
}

export type TokenCheck = AccessToken | TokenFailure;

/**
 * Checks the value of an `Authorization` header against the certificate (SHA-256 of its DER form) of the connection.
 * Throws IssuerUnavailable when the keys of an external issuer cannot be had.
 */
export type TokenVerifier = (authorization: string | undefined, thumbprint: Buffer) => Promise<TokenCheck>;

/** Keys that verify tokens. */
export interface TokenKeys {
  readonly find: JWTVerifyGetKey;
  /** Calls back when a key may have gone. */
  onChange(listener: () => void): () => void;
}

export interface TokenVerifierOptions {
  readonly issuer: () => string;
  readonly audience: string;
  readonly keys: TokenKeys;
}

const ALGORITHMS = ["ES256", "PS256", "EdDSA"];
const MAXIMUM_LIFETIME_SECONDS = 300;
/** Two of our machines need not agree to the second. */
const CLOCK_TOLERANCE_SECONDS = 5;
const MAXIMUM_TOKEN_LENGTH = 8_192;
const MAXIMUM_REMEMBERED_TOKENS = 10_000;
const BEARER = /^Bearer(?: +|$)/i;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** RFC 9068 and RFC 8705. Keys come from `keys` alone: whatever `jku`, `x5u`, `jwk` or `x5c` say is not looked at. */
export function createTokenVerifier({ issuer, audience, keys }: TokenVerifierOptions): TokenVerifier {
  const verified = new LRUCache<string, VerifiedToken>({ max: MAXIMUM_REMEMBERED_TOKENS });
  /** What a connection, which its thumbprint stands for, sent last: most send the same again. */
  let lastSent = new WeakMap<Buffer, { readonly authorization: string; readonly token: VerifiedToken }>();
  keys.onChange(() => {
    verified.clear();
    lastSent = new WeakMap();
  });

  const verify = async (token: string, sha256: string): Promise<VerifiedToken | TokenFailure> => {
    if (!COMPACT_JWS.test(token)) return invalid("The access token is not a JWT.");
    try {
      const { payload } = await jwtVerify(token, keys.find, {
        issuer: issuer(),
        audience,
        typ: "at+jwt",
        algorithms: ALGORITHMS,
        requiredClaims: ["exp", "iat", "sub", "jti", "client_id", "cnf"],
        maxTokenAge: MAXIMUM_LIFETIME_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      const result = readClaims(payload, Buffer.from(sha256, "base64"));
      if (!("failure" in result)) verified.set(sha256, result);
      return result;
    } catch (error) {
      return explain(error);
    }
  };

  const identify = async (
    authorization: string | undefined,
    thumbprint: Buffer,
  ): Promise<VerifiedToken | TokenFailure> => {
    const last = lastSent.get(thumbprint);
    if (last?.authorization === authorization && last !== undefined) return last.token;
    const scheme = BEARER.exec(authorization ?? "")?.[0];
    if (authorization === undefined || scheme === undefined) {
      return { failure: "noAccessToken", detail: "This resource requires an access token." };
    }
    const token = authorization.slice(scheme.length).trimEnd();
    if (token.length > MAXIMUM_TOKEN_LENGTH) return invalid("The access token is too long.");
    const sha256 = hash("sha256", token, "base64");
    const known = lastSent;
    const result = verified.get(sha256) ?? (await verify(token, sha256));
    if (!("failure" in result)) known.set(thumbprint, { authorization, token: result });
    return result;
  };

  return async (authorization, thumbprint) => {
    const result = await identify(authorization, thumbprint);
    if ("failure" in result) return result;
    if (Date.now() >= result.accessToken.expiresAt.getTime() + CLOCK_TOLERANCE_SECONDS * 1000) return EXPIRED;
    if (!result.thumbprint.equals(thumbprint)) {
      return invalid("The access token is bound to another client certificate.");
    }
    return result.accessToken;
  };
}

/** The keys of this environment's own authorization server. */
export function createOwnTokenKeys(keyRing: KeyRing): TokenKeys {
  const read = () => createLocalJWKSet({ keys: [...keyRing.keySet().keys] });
  let keySet = read();
  keyRing.onChange(() => {
    keySet = read();
  });
  return { find: (header, token) => keySet(header, token), onChange: keyRing.onChange };
}

interface VerifiedToken {
  readonly accessToken: AccessToken;
  readonly thumbprint: Buffer;
}

const EXPIRED: TokenFailure = { failure: "expiredAccessToken", detail: "The access token has expired." };

function invalid(detail: string): TokenFailure {
  return { failure: "invalidAccessToken", detail };
}

function readClaims(payload: JWTPayload, tokenSha256: Buffer): VerifiedToken | TokenFailure {
  const { aud, exp = 0, iat = 0, client_id: clientId, scope = "", cnf } = payload;
  if (Array.isArray(aud) && aud.length !== 1) return invalid("The access token is for several audiences.");
  if (exp - iat > MAXIMUM_LIFETIME_SECONDS) return invalid("The access token is valid for too long.");
  if (typeof clientId !== "string" || typeof scope !== "string") return invalid("The access token is malformed.");
  const bound = typeof cnf === "object" && cnf !== null && "x5t#S256" in cnf ? cnf["x5t#S256"] : undefined;
  const thumbprint = Buffer.from(typeof bound === "string" ? bound : "", "base64url");
  if (thumbprint.length !== 32) return invalid("The access token is not bound to a client certificate.");
  const scopes = new Set(scope.split(" ").filter((one) => one !== ""));
  return { accessToken: { clientId, scopes, tokenSha256, expiresAt: new Date(exp * 1000) }, thumbprint };
}

function explain(error: unknown): TokenFailure {
  if (error instanceof errors.JWTExpired) return EXPIRED;
  if (error instanceof errors.JWTClaimValidationFailed) {
    // The name of a claim or header member that jose checks, never its value.
    return invalid(`The access token is not accepted here: ${error.claim} is missing or not as required.`);
  }
  if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
    return invalid("The access token is malformed, or its signature is not by a key of the issuer.");
  }
  throw error;
}
