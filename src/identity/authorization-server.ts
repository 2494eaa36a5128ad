import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Sql } from "../database/sql.ts";
import type { ClientDirectory } from "./client-directory.ts";
import { type FailedAuthentications, readParty } from "./failed-authentications.ts";
import { sweepArtifacts } from "./oidc-adapter.ts";
import { SCOPES } from "./scopes.ts";
import type { KeyRing } from "./signing-keys.ts";
import { ASSERTION_ALGORITHMS, createTokenEndpoint, type TokenDecision, type TokenEndpoint } from "./token-endpoint.ts";

/** The only paths that the authorization server answers. */
export const AUTHORIZATION_PATHS = {
  token: "/auth/token",
  keySet: "/auth/jwks",
  /** RFC 8414 section 3.1. */
  metadata: "/.well-known/oauth-authorization-server/auth",
  /** The same document where clients of OpenID Connect look. */
  openidMetadata: "/auth/.well-known/openid-configuration",
} as const;

/** The issuer of an environment by its public address (no slash at the end). */
export function issuerOf(publicUrl: string): string {
  return `${publicUrl}/auth`;
}

export interface AuthorizationServerOptions {
  /** Asked for at the first request, when the port is known. */
  readonly issuer: () => string;
  /** Of the access tokens. */
  readonly audience: string;
  readonly keyRing: KeyRing;
  readonly sql: Sql;
  readonly directory: ClientDirectory;
  readonly log: Pick<Logger, "warn" | "error" | "info">;
  /** Told of every decision; the answer waits, and where this fails no token is given. */
  readonly onDecision?: (decision: TokenDecision, request: IncomingMessage) => Promise<void>;
  /** Told of callers who could not prove which client they are. */
  readonly failedAuthentications?: FailedAuthentications;
}

export interface AuthorizationServer {
  /** Answers a request whose body nobody has read; anything but AUTHORIZATION_PATHS with 404. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): void;
}

const SWEEP_INTERVAL_MS = 60_000;
const KEY_SET_MAXIMUM_AGE_SECONDS = 300;

/** OAuth 2.0: client credentials by `private_key_jwt` over mutual TLS, tokens bound to the client certificate (RFC 8705). */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const { keyRing, sql, log } = options;
  let endpoint: Promise<TokenEndpoint> | undefined;
  const stopListening = keyRing.onChange(() => {
    endpoint = undefined;
  });
  const sweeper = setInterval(() => {
    sweepArtifacts(sql).catch((err) => log.warn({ code: "assertionSweepFailed", err }, "expired assertions stay"));
  }, SWEEP_INTERVAL_MS).unref();

  const onDecision = async (decision: TokenDecision, request: IncomingMessage) => {
    const isFailedProof = decision.outcome === "refused" && decision.error === "invalid_client";
    if (isFailedProof) await options.failedAuthentications?.record(readParty(request.socket), "invalidClient");
    await options.onDecision?.(decision, request);
  };
  const answerTokenRequest: TokenEndpoint = async (request, response) => {
    const { issuer, ...rest } = options;
    endpoint ??= createTokenEndpoint({ ...rest, onDecision, issuer: issuer(), tokenPath: AUTHORIZATION_PATHS.token });
    const answer = await endpoint.catch((error) => {
      endpoint = undefined;
      throw error;
    });
    await answer(request, response);
  };

  return {
    async handle(request, response) {
      const [path] = (request.url ?? "").split("?", 1);
      if (path === AUTHORIZATION_PATHS.token) {
        if (request.method !== "POST") sendError(response, 405, "invalid_request", { Allow: "POST" });
        else await answerTokenRequest(request, response).catch((err) => failTokenRequest(response, log, err));
      } else if (path === AUTHORIZATION_PATHS.keySet) {
        sendPublic(request, response, "application/jwk-set+json", keyRing.keySet());
      } else if (path === AUTHORIZATION_PATHS.metadata || path === AUTHORIZATION_PATHS.openidMetadata) {
        sendPublic(request, response, "application/json", describeIssuer(options.issuer()));
      } else {
        sendError(response, 404, "invalid_request");
      }
    },
    close() {
      clearInterval(sweeper);
      stopListening();
    },
  };
}

/** RFC 8414. Written here because the library's also tells of what is switched off. */
function describeIssuer(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    grant_types_supported: ["client_credentials"],
    response_types_supported: [],
    scopes_supported: Object.values(SCOPES),
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    tls_client_certificate_bound_access_tokens: true,
  };
}

function sendPublic(request: IncomingMessage, response: ServerResponse, type: string, document: object): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    sendError(response, 405, "invalid_request", { Allow: "GET, HEAD" });
    return;
  }
  const text = JSON.stringify(document);
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": `public, max-age=${KEY_SET_MAXIMUM_AGE_SECONDS}`,
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

function failTokenRequest(response: ServerResponse, log: Pick<Logger, "error">, err: unknown): void {
  log.error({ code: "tokenRequestFailed", err }, "a request for a token could not be answered");
  if (response.headersSent) response.destroy();
  else sendError(response, 500, "server_error");
}

function sendError(response: ServerResponse, status: number, error: string, headers: Record<string, string> = {}) {
  const text = JSON.stringify({ error });
  response.writeHead(status, {
    ...headers,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  response.end(text);
}
