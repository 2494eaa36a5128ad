import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { createAuditLog } from "./audit/audit-log.ts";
import { createPersonHasher } from "./audit/person-hash.ts";
import type { BusinessClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createDatabase, type Database } from "./database/connection.ts";
import { startEmbeddedDatabase } from "./database/embedded-database.ts";
import { migrate } from "./database/migrate.ts";
import { createHttpServer } from "./http/http-server.ts";
import { createOwnTokenKeys, createTokenVerifier } from "./identity/access-token.ts";
import { createAuthorizationServer, issuerOf } from "./identity/authorization-server.ts";
import { createClientDirectory } from "./identity/client-directory.ts";
import { type DevelopmentCertificates, ensureDevelopmentCertificates } from "./identity/development-certificates.ts";
import { seedDevelopmentClients } from "./identity/development-clients.ts";
import { audienceOf } from "./identity/scopes.ts";
import { createKeyRing, type KeyRing } from "./identity/signing-keys.ts";
import type { Intake } from "./intake/intake.ts";
import { createReceiptSigner } from "./intake/receipt.ts";
import { createTransferSlots } from "./intake/transfer-slots.ts";
import { startWorker } from "./intake/worker.ts";
import { isRegisterEmpty, loadCompetenceCodes, loadRegister } from "./register/load-register.ts";

/** Left out of the container image: there the operator loads a register. */
const FIXTURE_REGISTER = fileURLToPath(new URL("../fixtures/initial-load/register.csv", import.meta.url));

export interface App {
  /** Where clients reach the REST door; absent in a process that only works. */
  readonly url?: string;
  readonly database: Database;
  readonly databaseUrl: string;
  /** Takes no new work, finishes or hands back what it holds, then closes. */
  stop(): Promise<void>;
}

/** Starts what `config.roles` name, on the embedded database and development certificates where nothing else is set. */
export async function startApp(config: Config, log: Logger, clock: BusinessClock): Promise<App> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const { database, databaseUrl } = await openDatabase(config, closers);
    const { tls, signingKeysFolder, auditKey } = await readKeys(config, database);
    const keyRing = await createKeyRing(signingKeysFolder, {
      onTrouble: (err) => log.error({ code: "signingKeysUnusable", err }, "the signing keys stay as they were"),
    });
    closers.push(async () => keyRing.close());
    const intake: Intake = {
      database,
      clock,
      log,
      signer: createReceiptSigner(keyRing),
      environmentName: config.environment,
      maximumBytes: config.maximumBytes,
      transferSlots: createTransferSlots(config.uploadConcurrency),
      processingAttempts: config.processingAttempts,
    };
    if (config.roles.includes("worker")) {
      const worker = startWorker(intake, {
        concurrency: config.workerConcurrency,
        pollIntervalMs: config.pollIntervalMs,
      });
      closers.push(() => worker.stop(config.shutdownTimeoutMs));
    }
    if (!config.roles.includes("serve")) return { database, databaseUrl, stop };
    const url = await serve(config, intake, { tls, keyRing, auditKey }, closers);
    return { url, database, databaseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(config: Config, closers: (() => Promise<unknown>)[]) {
  let databaseUrl = config.databaseUrl;
  if (!databaseUrl) {
    const embedded = await startEmbeddedDatabase(config.databaseFolder);
    closers.push(() => embedded.stop());
    databaseUrl = embedded.url;
  }
  await migrate(databaseUrl);
  const database = createDatabase(databaseUrl, {
    transactionConnections: config.uploadConcurrency + config.workerConcurrency,
  });
  closers.push(() => database.close());
  await loadCompetenceCodes(database.institute);
  return { database, databaseUrl };
}

/** Keys from files, or those of a development machine, which come with all it takes to try the gateway. */
async function readKeys(config: Config, database: Database) {
  const isDevelopment = !config.tls || !config.signingKeysFolder || !config.auditKeyFile;
  const made = isDevelopment ? await ensureDevelopmentCertificates(config.certificatesFolder) : undefined;
  if (made && !config.tls) await seedDevelopment(database, made);
  const keyFile = config.tls?.keyFile ?? made!.server.keyFile;
  const certificateFile = config.tls?.certificateFile ?? made!.server.certificateFile;
  const caFile = config.tls?.clientCaFile ?? made!.authority.certificateFile;
  const [key, cert, ca] = await Promise.all([keyFile, certificateFile, caFile].map((file) => readFile(file)));
  const signingKeysFolder = config.signingKeysFolder ?? made!.signingKeysFolder;
  const auditKey = await readFile(config.auditKeyFile ?? made!.auditKeyFile);
  return { tls: { key: key!, cert: cert!, ca: ca! }, signingKeysFolder, auditKey };
}

/** The synthetic insurers with their clients and, while the register is empty, the synthetic one of the checkout's fixtures. */
async function seedDevelopment(database: Database, made: DevelopmentCertificates): Promise<void> {
  await seedDevelopmentClients(database.institute, made);
  if (existsSync(FIXTURE_REGISTER) && (await isRegisterEmpty(database.institute)))
    await loadRegister(database, FIXTURE_REGISTER);
}

interface ServerKeys extends Pick<Awaited<ReturnType<typeof readKeys>>, "tls" | "auditKey"> {
  readonly keyRing: KeyRing;
}

async function serve(
  config: Config,
  intake: Intake,
  { tls, keyRing, auditKey }: ServerKeys,
  closers: (() => Promise<unknown>)[],
): Promise<string> {
  const { database, log } = intake;
  let url = config.publicUrl;
  const issuer = () => issuerOf(url!);
  const audience = audienceOf(config.environment);
  const directory = createClientDirectory(database.plain);
  const authorizationServer = createAuthorizationServer({
    issuer,
    audience,
    keyRing,
    sql: database.plain,
    directory,
    log,
  });
  closers.push(async () => authorizationServer.close());
  const server = await createHttpServer({
    tls,
    log,
    intake,
    identity: {
      directory,
      verifyToken: createTokenVerifier({ issuer, audience, keys: createOwnTokenKeys(keyRing) }),
      authorizationServer,
    },
    audit: { log: createAuditLog(database.plain), persons: createPersonHasher(auditKey) },
    pingDatabase: () => database.plain`select 1`,
    limits: { closeGraceMs: config.shutdownTimeoutMs },
  });
  closers.push(() => server.close());
  await server.listen({ host: config.host, port: config.port });
  const { port } = server.server.address() as AddressInfo;
  url ??= `https://localhost:${port}`;
  return url;
}
