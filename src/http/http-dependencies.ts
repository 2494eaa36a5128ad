import type { FastifyBaseLogger } from "fastify";
import type { TokenVerifier } from "../identity/access-token.ts";
import type { AuthorizationServer } from "../identity/authorization-server.ts";
import type { ClientDirectory } from "../identity/client-directory.ts";
import type { Intake } from "../intake/intake.ts";

/** What the HTTPS door needs; `app.ts` passes it. */
export interface HttpDependencies {
  /** PEM. `ca` holds the authorities whose client certificates may be registered, not those of the server's own certificate. */
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer; readonly ca: string | Buffer };
  readonly log: FastifyBaseLogger;
  readonly intake: Intake;
  readonly identity: {
    readonly verifyToken: TokenVerifier;
    readonly directory: ClientDirectory;
    /** Absent where tokens come from an external issuer. */
    readonly authorizationServer?: AuthorizationServer;
  };
  /** Settles when the database answers; health asks it under a time limit. */
  readonly pingDatabase: () => Promise<unknown>;
  readonly limits?: Partial<HttpLimits>;
}

/** Handlers get what they need at the time of a request, so that the OpenAPI document can be made without any of it. */
export type ProvideDependencies = () => HttpDependencies;

export interface HttpLimits {
  readonly handshakeTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** A whole request with its body: 2 GiB at 5 Mbit/s takes just under an hour. */
  readonly requestTimeoutMs: number;
  /** A connection on which nothing moves, in either direction. */
  readonly idleTimeoutMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveTimeoutMs: number;
  /** How long a refused sender may go on sending before the connection is cut, so that it gets to read the answer. */
  readonly lingerMs: number;
  /** How long requests under way may go on after the server was asked to close. */
  readonly closeGraceMs: number;
  readonly healthTimeoutMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 3_600_000,
  idleTimeoutMs: 60_000,
  keepAliveTimeoutMs: 20_000,
  lingerMs: 2_000,
  closeGraceMs: 10_000,
  healthTimeoutMs: 2_000,
};
