import type { FastifyBaseLogger } from "fastify";
import type { LoadPremiumYears } from "../advantage/load-premium-years.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { PersonHasher } from "../audit/person-hash.ts";
import type { TokenVerifier } from "../identity/access-token.ts";
import type { AuthorizationServer } from "../identity/authorization-server.ts";
import type { ClientDirectory } from "../identity/client-directory.ts";
import type { FailedAuthentications } from "../identity/failed-authentications.ts";
import type { Intake } from "../intake/intake.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { NewAlarm } from "../operations/alarms.ts";
import type { SignStatement } from "../readiness/readiness-statement.ts";
import type { Spaces } from "../spaces/spaces.ts";
import type { SecretBox } from "../webhooks/secret-box.ts";
import type { HttpLimits } from "./limits/http-limits.ts";
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
  /** For what anybody may know of them. */
  readonly loadPremiumYears: LoadPremiumYears;
  readonly metrics?: Metrics;
  /** Makes operators see; never rejects. Absent: a log line is all. */
  readonly raiseAlarm?: (alarm: NewAlarm) => Promise<void>;
  readonly audit: { readonly log: AuditLog; readonly persons: PersonHasher };
  /** What secrets of webhooks are kept in. */
  readonly webhookSecrets: SecretBox;
  readonly readiness: {
    readonly errorPercent: number;
    /** Where production finds the keys of validation. */
    readonly keySetFile?: string;
    readonly sign: SignStatement;
  };
  /** Settles when the database answers; health asks it under a time limit. */
  readonly pingDatabase: () => Promise<unknown>;
  readonly limits?: Partial<HttpLimits>;
  /** Spaces of integrators; absent in production. */
  readonly spaces?: Spaces & { readonly connection: () => GatewayConnection };
}

/** Where this gateway is, for whoever is admitted. */
export interface GatewayConnection {
  readonly origin: string;
  readonly issuer: string;
  /** Absent: this process does not know. */
  readonly sftp?: { readonly host: string; readonly port: number; readonly hostKeys: readonly string[] };
}

/** Handlers get what they need at the time of a request, so that the OpenAPI document can be made without any of it. */
export type ProvideDependencies = () => HttpDependencies;
