import { createHash } from "node:crypto";
import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClientMetadata, Configuration, KoaContextWithOIDC, Provider } from "oidc-provider";
import type { Logger } from "pino";
import type { Sql } from "../database/sql.ts";
import type { ClientDirectory } from "./client-directory.ts";
import { loadOidcProvider } from "./load-oidc-provider.ts";
import { createOidcAdapter } from "./oidc-adapter.ts";
import { type PresentedCertificate, readPresentedCertificate } from "./presented-certificate.ts";
import { SCOPES } from "./scopes.ts";
import { type KeyRing, SIGNING_ALGORITHM } from "./signing-keys.ts";

/** RFC 9700 and the exchange: a stolen token is of no use after this. */
export const TOKEN_LIFETIME_SECONDS = 300;
/** How far ahead an assertion may expire. */
export const ASSERTION_LIFETIME_SECONDS = 300;
/** Clocks of clients may differ from ours by this much (FAPI 2.0 section 5.3.2.1). */
const CLOCK_TOLERANCE_SECONDS = 10;

/** Claim of our tokens: seconds by which `iat` of the assertion was ahead of our clock. For connection tests alone. */
export const CLOCK_CLAIM = "infoss_clock_ahead";

/** Algorithms with which clients sign assertions. */
export const ASSERTION_ALGORITHMS = ["PS256", "ES256", "EdDSA"] as const;

/** What became of one request for a token. */
export type TokenDecision =
  | {
      readonly outcome: "issued";
      readonly clientId: string;
      readonly scopes: readonly string[];
      /** SHA-256 of the token as it was sent. */
      readonly tokenSha256: Buffer;
      /** SHA-256 of the client certificate. */
      readonly thumbprint: Buffer;
    }
  | {
      readonly outcome: "refused";
      /** The client that the caller claimed to be, where there is one; not proven. */
      readonly clientId?: string;
      /** As answered: `invalid_client`, `invalid_scope`, … `server_error`. */
      readonly error: string;
      /** For our log and audit; never holds a token, key or personal data. */
      readonly reason: string;
    };

export interface TokenEndpointOptions {
  readonly issuer: string;
  readonly tokenPath: string;
  readonly audience: string;
  readonly keyRing: KeyRing;
  readonly sql: Sql;
  readonly directory: ClientDirectory;
  readonly log: Pick<Logger, "warn" | "error" | "info">;
  readonly onDecision: (decision: TokenDecision, request: IncomingMessage) => Promise<void>;
}

export type TokenEndpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Answers token requests with the signing keys of this moment; made anew when keys come or go. */
export async function createTokenEndpoint(options: TokenEndpointOptions): Promise<TokenEndpoint> {
  const library = await loadOidcProvider((text) => options.log.info({ code: "tokenLibraryWarning" }, text));
  const provider = new library.Provider(options.issuer, createConfiguration(options, library.errors));
  decideBeforeAnswering(provider, options);
  const answer = provider.callback();
  const { host } = new URL(options.issuer);
  return async (request, response) => {
    // The library derives addresses from this header, which anybody may write; ours are those of the issuer.
    request.headers.host = host;
    await answer(request, response);
  };
}

type Errors = typeof import("oidc-provider")["errors"];

function createConfiguration(options: TokenEndpointOptions, errors: Errors): Configuration {
  const { keyRing, sql, directory, issuer, tokenPath, audience } = options;
  const refuse = (reason: string) =>
    Object.assign(new errors.InvalidClientAuth(reason), { error_description: reason, error_detail: reason });
  const off = { enabled: false };
  const clocks = new WeakMap<object, number>();
  return {
    adapter: createOidcAdapter({ sql, directory, alreadyUsed: () => refuse("the assertion was used before") }),
    jwks: {
      keys: keyRing.signingKeys().map(({ kid, privateKey }) => ({
        ...privateKey.export({ format: "jwk" }),
        kid,
        alg: SIGNING_ALGORITHM,
        use: "sig",
      })),
    },
    routes: { token: tokenPath },
    scopes: Object.values(SCOPES),
    responseTypes: [],
    clientAuthMethods: ["private_key_jwt"],
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM },
    enabledJWA: { clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS] },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    clientBasedCORS: () => false,
    extraTokenClaims(ctx) {
      const ahead = clocks.get(ctx);
      return ahead === undefined ? {} : { [CLOCK_CLAIM]: ahead };
    },
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
    renderError(ctx, out) {
      ctx.body = out;
    },
    async assertJwtClientAuthClaimsAndHeader(ctx, claims, _header, client) {
      checkAssertion(claims, [issuer, `${issuer}/token`], refuse);
      if (typeof claims.iat === "number") clocks.set(ctx, Math.round(claims.iat - Date.now() / 1000));
      await checkCertificate(ctx.req, client.clientId, directory, refuse);
    },
    features: {
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: (ctx) => findCertificate(ctx.req)?.certificate,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo(ctx, resource, client) {
          if (resource !== audience) throw new errors.InvalidTarget();
          const scope = chooseScopes(ctx, client, errors);
          const { kid } = keyRing.current();
          return {
            scope,
            audience,
            accessTokenTTL: TOKEN_LIFETIME_SECONDS,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: SIGNING_ALGORITHM, kid } },
          };
        },
      },
      dPoP: off,
      devInteractions: off,
      pushedAuthorizationRequests: off,
      rpInitiatedLogout: off,
      userinfo: off,
    },
  };
}

/** What the library leaves open: one audience that is ours whatever `Host` says, a short life, no time to come. */
function checkAssertion(
  claims: Record<string, unknown>,
  audiences: readonly string[],
  refuse: (reason: string) => Error,
) {
  const { aud, exp, iat, jti } = claims;
  const now = Date.now() / 1000;
  const [audience, ...others] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(audience) || others.length > 0) {
    throw refuse("aud of the assertion must be the issuer, or the token endpoint, and nothing else");
  }
  if (Number(exp) > now + ASSERTION_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) {
    throw refuse(`the assertion must expire within ${ASSERTION_LIFETIME_SECONDS} seconds`);
  }
  if (iat !== undefined && Number(iat) > now + CLOCK_TOLERANCE_SECONDS) throw refuse("iat of the assertion lies ahead");
  if (typeof jti !== "string" || jti.length > 200) throw refuse("jti of the assertion must be 1 to 200 characters");
}

async function checkCertificate(
  request: IncomingMessage,
  clientId: string,
  directory: ClientDirectory,
  refuse: (reason: string) => Error,
): Promise<void> {
  const reading = readPresentedCertificate(request.socket);
  if ("fault" in reading) {
    if (reading.fault === "absent") throw refuse("a client certificate is required at the handshake");
    throw refuse("the client certificate has expired or comes from an authority that is not trusted here");
  }
  if (!(await directory.isCertificateOf(clientId, reading.thumbprint))) {
    throw refuse("the client certificate is not registered for this client");
  }
}

function findCertificate(request: IncomingMessage): PresentedCertificate | undefined {
  const reading = readPresentedCertificate(request.socket);
  return "fault" in reading ? undefined : reading;
}

/** The scopes asked for, all of which the client must have; none asked for: all it has (RFC 6749 section 3.3). */
function chooseScopes(
  ctx: KoaContextWithOIDC,
  client: ClientMetadata | { scope?: string | undefined },
  errors: Errors,
): string {
  const params = ctx.oidc.params as { scope?: string };
  const allowed = client.scope ?? "";
  params.scope ??= allowed;
  const isAllowed = new Set(allowed.split(" "));
  const unknown = params.scope.split(" ").find((scope) => !isAllowed.has(scope));
  if (unknown !== undefined) throw new errors.InvalidScope("this client does not have a scope that was requested", "");
  return params.scope;
}

/** Hands every decision over and waits, so that it can be written down before the caller learns of it. */
function decideBeforeAnswering(provider: Provider, { onDecision, log }: TokenEndpointOptions): void {
  const failures = new WeakMap<object, Error & { error_detail?: string }>();
  const keep = (ctx: KoaContextWithOIDC, error: Error) => failures.set(ctx, error);
  provider.on("grant.error", keep);
  provider.on("server_error", (ctx, error) => {
    keep(ctx, error);
    log.error({ code: "tokenRequestFailed", err: error }, "a request for a token could not be answered");
  });
  // Answers that could not be sent: the caller went away.
  const application: EventEmitter = provider;
  application.on("error", (error) =>
    log.warn({ code: "tokenAnswerFailed", err: error }, "a token answer was not sent"),
  );
  provider.use(async (ctx, next) => {
    await next();
    for (const header of ["Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary"]) ctx.remove(header);
    try {
      await onDecision(describeDecision(ctx as KoaContextWithOIDC, failures.get(ctx)), ctx.req);
    } catch (error) {
      log.error({ code: "tokenDecisionLost", err: error }, "a decision on a token could not be written down");
      ctx.status = 500;
      ctx.body = { error: "server_error" };
    }
  });
}

function describeDecision(ctx: KoaContextWithOIDC, failure?: Error & { error_detail?: string }): TokenDecision {
  const { client } = ctx.oidc;
  const body = ctx.body as { access_token?: string; scope?: string; error?: string; error_description?: string };
  const certificate = findCertificate(ctx.req);
  if (client && certificate && body.access_token && ctx.status === 200) {
    return {
      outcome: "issued",
      clientId: client.clientId,
      scopes: body.scope?.split(" ") ?? [],
      tokenSha256: createHash("sha256").update(body.access_token).digest(),
      thumbprint: certificate.thumbprint,
    };
  }
  return {
    outcome: "refused",
    ...(client && { clientId: client.clientId }),
    error: body.error ?? "server_error",
    reason: failure?.error_detail ?? body.error_description ?? "unknown",
  };
}
