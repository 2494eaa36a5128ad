import type { FastifyBaseLogger } from "fastify";
import type { AuditLog } from "../audit/audit-log.ts";
import type { PersonHasher } from "../audit/person-hash.ts";
import type { TokenVerifier } from "../identity/access-token.ts";
import type { AuthorizationServer } from "../identity/authorization-server.ts";
import type { ClientDirectory } from "../identity/client-directory.ts";
import type { FailedAuthentications } from "../identity/failed-authentications.ts";
import type { Intake } from "../intake/intake.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import { DEFAULT_OVERLOAD_SETTINGS, type OverloadSettings } from "./limits/overload.ts";
import type { RateLimitSettings } from "./limits/rate-limits.ts";
import type { SlowBodySettings } from "./limits/slow-body.ts";
import type { TlsMaterial } from "./tls-options.ts";
import type { TlsFiles } from "./tls-reload.ts";

/** What the HTTPS door needs; `app.ts` passes it. */
export interface HttpDependencies {
  /** With `files`, what they hold later is taken over while the door is open. */
  readonly tls: TlsMaterial & { readonly files?: TlsFiles };
  readonly log: FastifyBaseLogger;
  readonly intake: Intake;
  readonly identity: {
    readonly verifyToken: TokenVerifier;
    readonly directory: ClientDirectory;
    /** Absent where tokens come from an external issuer. */
    readonly authorizationServer?: AuthorizationServer;
    /** The same that the authorization server counts in. Absent: nobody is banned. */
    readonly failedAuthentications?: FailedAuthentications;
  };
  readonly metrics?: Metrics;
  /** Makes operators see; never rejects. Absent: a log line is all. */
  readonly raiseAlarm?: (alarm: NewAlarm) => Promise<void>;
  readonly audit: { readonly log: AuditLog; readonly persons: PersonHasher };
  /** Settles when the database answers; health asks it under a time limit. */
  readonly pingDatabase: () => Promise<unknown>;
  readonly limits?: Partial<HttpLimits>;
}

/** Handlers get what they need at the time of a request, so that the OpenAPI document can be made without any of it. */
export type ProvideDependencies = () => HttpDependencies;

export interface HttpLimits extends RateLimitSettings, OverloadSettings, SlowBodySettings {
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
  /** Connections at once; more are closed before the handshake. */
  readonly maximumConnections: number;
  /** How often the files of key, certificate and client authorities are looked at. */
  readonly tlsRereadIntervalMs: number;
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
  maximumConnections: 10_000,
  tlsRereadIntervalMs: 5_000,
  requestsPerMinutePerClient: 6_000,
  requestsPerMinutePerAddress: 3_000,
  minimumBodyBytesPerWindow: 10_000,
  bodyWindowMs: 10_000,
  ...DEFAULT_OVERLOAD_SETTINGS,
};
