import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import type { LoadPremiumYears } from "./advantage/load-premium-years.ts";
import { createAuditLog } from "./audit/audit-log.ts";
import { createPersonHasher } from "./audit/person-hash.ts";
import type { Config } from "./config.ts";
import type { GatewayConnection } from "./http/http-dependencies.ts";
import { createHttpServer } from "./http/http-server.ts";
import { readTlsFiles } from "./http/tls-reload.ts";
import { createOwnTokenKeys, createTokenVerifier } from "./identity/access-token.ts";
import { createAuthorizationServer, issuerOf } from "./identity/authorization-server.ts";
import { createClientDirectory } from "./identity/client-directory.ts";
import { createFailedAuthentications } from "./identity/failed-authentications.ts";
import { createIssuerKeys } from "./identity/issuer-keys.ts";
import { audienceOf } from "./identity/scopes.ts";
import type { KeyRing } from "./identity/signing-keys.ts";
import type { Intake } from "./intake/intake.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { NewAlarm } from "./operations/alarms.ts";
import type { Keys } from "./read-keys.ts";
import { createStatementSigner } from "./readiness/readiness-statement.ts";
import type { Spaces } from "./spaces/spaces.ts";
import { createSecretBox } from "./webhooks/secret-box.ts";

export interface DoorParts {
  readonly config: Config;
  readonly intake: Intake;
  readonly keys: Keys;
  readonly keyRing: KeyRing;
  readonly metrics: Metrics;
  readonly raiseAlarm: (alarm: NewAlarm) => Promise<void>;
  readonly loadPremiumYears: LoadPremiumYears;
  /** Of the SFTP server that insurers reach, where this process knows it. */
  readonly sftp?: GatewayConnection["sftp"];
}

/** What spaces of validation are made with. */
export async function createSpaces(config: Config, intake: Intake, keys: Keys): Promise<Spaces> {
  const { days, maximumAccounts } = config.spaces;
  const clientAuthorities = await readFile(keys.tlsFiles.clientCaFile, "utf8");
  const files = keys.admissionAuthority;
  if (!files) return { intake, clientAuthorities, days, maximumAccounts };
  const [certificatePem = "", privateKeyPem = ""] = await Promise.all(
    [files.certificateFile, files.keyFile].map((file) => readFile(file, "utf8")),
  );
  return { intake, clientAuthorities, days, maximumAccounts, authority: { certificatePem, privateKeyPem } };
}

/** As RFC 6749 section 5.2 has it. */
function statusOf(error: string): number {
  if (error === "invalid_client") return 401;
  return error === "server_error" ? 500 : 400;
}

/** Opens the REST door; answers its public address and how to close it. */
export async function openDoor(parts: DoorParts): Promise<{ url: string; close(): Promise<void> }> {
  const { config, intake, keys, keyRing, metrics, raiseAlarm, loadPremiumYears } = parts;
  const { database, log } = intake;
  let url = config.publicUrl;
  const audience = audienceOf(config.environment);
  const directory = createClientDirectory(database.plain);
  const auditLog = createAuditLog(database.trail);
  const failedAuthentications = createFailedAuthentications(database.plain, {
    log,
    failuresPerClient: config.failuresPerClient,
    failuresPerAddress: config.failuresPerAddress,
    onFailure: (reason) => metrics.failedAuthentications.inc({ reason }),
  });
  const ownIssuer = () => issuerOf(url!);
  const external = config.externalIssuer;
  const authorizationServer = external
    ? undefined
    : createAuthorizationServer({
        issuer: ownIssuer,
        audience,
        keyRing,
        sql: database.plain,
        directory,
        log,
        failedAuthentications,
        onDecision: async (decision) => {
          const isIssued = decision.outcome === "issued";
          await auditLog.append({
            kind: isIssued ? "login" : "denial",
            clientId: decision.clientId,
            tokenSha256: isIssued ? decision.tokenSha256 : undefined,
            method: "POST",
            route: "/auth/token",
            status: isIssued ? 200 : statusOf(decision.error),
          });
        },
      });
  const tokenKeys = external
    ? createIssuerKeys({ issuer: external.issuer, ...(external.caFile && { ca: await readFile(external.caFile) }) })
    : createOwnTokenKeys(keyRing);
  const server = await createHttpServer({
    tls: { ...(await readTlsFiles(keys.tlsFiles)), files: keys.tlsFiles },
    log,
    intake,
    identity: {
      directory,
      verifyToken: createTokenVerifier({
        issuer: external ? () => external.issuer : ownIssuer,
        audience,
        keys: tokenKeys,
      }),
      failedAuthentications,
      ...(authorizationServer && { authorizationServer }),
    },
    metrics,
    raiseAlarm,
    loadPremiumYears,
    audit: { log: auditLog, persons: createPersonHasher(keys.auditKey) },
    ...(config.environment === "validation" && {
      spaces: {
        ...(await createSpaces(config, intake, keys)),
        connection: () => ({
          origin: url!,
          issuer: external?.issuer ?? ownIssuer(),
          ...(parts.sftp && { sftp: parts.sftp }),
        }),
      },
    }),
    webhookSecrets: createSecretBox(keys.auditKey),
    readiness: { ...config.readiness, sign: createStatementSigner(keyRing, config.environment) },
    pingDatabase: () => database.plain`select 1`,
    limits: {
      closeGraceMs: config.shutdownTimeoutMs,
      requestsPerMinutePerClient: config.requestsPerMinutePerClient,
      requestsPerMinutePerAddress: config.requestsPerMinutePerAddress,
      maximumEventLoopDelayMs: config.maximumEventLoopDelayMs,
    },
  });
  await server.listen({
    host: config.host,
    port: config.port,
    // Fastify knows nothing of the TLS that its server factory adds.
    listenTextResolver: (address) => `the REST door listens at ${address.replace(/^http:/, "https:")}`,
  });
  const { port } = server.server.address() as AddressInfo;
  url ??= `https://localhost:${port}`;
  return {
    url,
    async close() {
      await server.close();
      authorizationServer?.close();
    },
  };
}
