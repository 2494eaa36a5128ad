import type { Logger } from "pino";
import { startKeepingEvaluated } from "./advantage/keep-evaluated.ts";
import { startKeepingProjected } from "./advantage/keep-projected.ts";
import type { LoadPremiumYears } from "./advantage/load-premium-years.ts";
import { createRulesInForce } from "./advantage/rules-in-force.ts";
import { createPersonHasher, type PersonHasher } from "./audit/person-hash.ts";
import { createSealSigner } from "./audit/seal-signature.ts";
import { startSealer } from "./audit/sealer.ts";
import { type BusinessClock, sameForAll } from "./clock.ts";
import type { Config } from "./config.ts";
import { createDatabase, type Database } from "./database/connection.ts";
import { startEmbeddedDatabase } from "./database/embedded-database.ts";
import { migrate } from "./database/migrate.ts";
import { startEventRemoval } from "./events/remove-events.ts";
import type { Exchange } from "./exchange/exchange.ts";
import { startKeepingStatusFiles } from "./exchange/keep-status-files.ts";
import { createKeyRing, type KeyRing } from "./identity/signing-keys.ts";
import { createCallTurns } from "./intake/call-turns.ts";
import { countSubmissions } from "./intake/count-submissions.ts";
import { giveWayToSubmissions } from "./intake/give-way.ts";
import type { Intake } from "./intake/intake.ts";
import { createReceiptSigner } from "./intake/receipt.ts";
import { createTransferSlots } from "./intake/transfer-slots.ts";
import { startWorker } from "./intake/worker.ts";
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import { startMetricsServer } from "./metrics/metrics-server.ts";
import { type DoorParts, openDoor } from "./open-door.ts";
import { openSftpDoor, type SftpDoor } from "./open-sftp-door.ts";
import { type NewAlarm, raiseAlarm, raiseUnlessSeen } from "./operations/alarms.ts";
import { startExpiryWatch } from "./operator/expiry-watch.ts";
import { readKeys } from "./read-keys.ts";
import { loadCompetenceCodes } from "./register/load-register.ts";
import { seedSharedNumbers } from "./spaces/numbers/seed-numbers.ts";
import { startRemovingSpaces } from "./spaces/remove-spaces.ts";
import { startKeepingSpaces } from "./spaces/simulations/keep-spaces-current.ts";
import { createSpaceClock } from "./spaces/space-clock.ts";
import { startWebhooks } from "./start-webhooks.ts";

export interface App {
  /** Where clients reach the REST door; absent in a process that only works. */
  readonly url?: string;
  /** Where insurers reach the embedded SFTP server; absent where there is none in this process. */
  readonly sftp?: SftpDoor["embedded"];
  readonly database: Database;
  /** Takes no new work, finishes or hands back what it holds, then closes. */
  stop(): Promise<void>;
}

type Closers = (() => Promise<unknown>)[];

/** What a process holds: `activities` are told to stop at the same moment, then `closers` end in reverse order. */
interface Held {
  readonly activities: Closers;
  readonly closers: Closers;
}

/** Starts what `config.roles` name, on the embedded database and development certificates where nothing else is set. */
export async function startApp(config: Config, log: Logger, clock: BusinessClock): Promise<App> {
  const held: Held = { activities: [], closers: [] };
  const { activities, closers } = held;
  const stop = async () => {
    // One after the other they would go on taking work while the first still ends, and their times would add up.
    await Promise.all(activities.splice(0).map((end) => end()));
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const database = await openDatabase(config, closers);
    const keys = await readKeys(config, database);
    const keyRing = await createKeyRing(keys.signingKeysFolder, {
      onTrouble: (err) => log.error({ code: "signingKeysUnusable", err }, "the signing keys stay as they were"),
    });
    closers.push(async () => keyRing.close());
    const metrics = createMetrics(() => countSubmissions(database.institute));
    const raise = (alarm: NewAlarm) => raiseAlarm(database, log, metrics.alarms, alarm);
    const isValidation = config.environment === "validation";
    const intake: Intake = {
      database,
      clock: isValidation ? createSpaceClock(clock, database) : sameForAll(clock),
      log,
      signer: createReceiptSigner(keyRing),
      raiseAlarm: raise,
      environmentName: config.environment,
      maximumBytes: config.maximumBytes,
      transferSlots: createTransferSlots(config.uploadConcurrency),
      callTurns: createCallTurns(),
      processingAttempts: config.processingAttempts,
      verificationQuota: config.verificationQuota,
      massChange: config.massChange,
    };
    if (config.metricsPort !== undefined) {
      const metricsServer = await startMetricsServer(metrics.registry, config.metricsPort);
      closers.push(() => metricsServer.close());
    }
    const loadPremiumYears = createRulesInForce(database.plain);
    if (config.environment === "validation" && config.roles.length > 0) {
      await seedSharedNumbers(database.institute, clock.today());
    }
    if (config.roles.includes("worker")) startWork(config, { intake, keyRing, loadPremiumYears }, held);
    const persons = createPersonHasher(keys.auditKey);
    const sftp = config.roles.includes("sftp")
      ? await startExchange(config, intake, persons, metrics, held)
      : undefined;
    const isServing = config.roles.includes("serve");
    const door = isServing
      ? await openDoor({
          ...{ config, intake, keys, keyRing, metrics, raiseAlarm: raise, loadPremiumYears },
          ...describeSftp(config, sftp),
        })
      : undefined;
    if (door) activities.push(() => door.close());
    if (config.roles.includes("worker")) {
      activities.push(await startWebhooks({ config, intake, keys, metrics, url: door?.url }));
    }
    return { database, stop, ...(sftp && { sftp }), ...(door && { url: door.url }) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An FI file that is still being written when its GO is there already gets so long to come to rest. */
const SETTLE_MS = 5_000;
/** Servers tell whole seconds: within the second of GO a second look decides whether a file is still being written. */
const SAME_SECOND_MS = 300;
const DAY_MS = 86_400_000;

async function startExchange(
  config: Config,
  intake: Intake,
  persons: PersonHasher,
  metrics: Metrics,
  { activities }: Held,
) {
  const exchange: Exchange = {
    intake,
    persons,
    goTimeoutMs: config.sftp.goTimeoutHours * 3_600_000,
    settleMs: SETTLE_MS,
    sameSecondMs: SAME_SECOND_MS,
    answerRetentionMs: config.sftp.answerRetentionDays * DAY_MS,
    attempts: config.processingAttempts,
  };
  const door = await openSftpDoor({ config, exchange, metrics });
  activities.push(() => door.close());
  const keeper = startKeepingStatusFiles(exchange);
  activities.push(() => keeper.stop());
  return door.embedded;
}

/** Where insurers reach the SFTP door, as far as this process knows. */
function describeSftp({ sftp: { server } }: Config, embedded: SftpDoor["embedded"]): Pick<DoorParts, "sftp"> {
  if (server) return { sftp: { host: server.host, port: server.port, hostKeys: server.hostKeys } };
  return embedded ? { sftp: { host: embedded.host, port: embedded.port, hostKeys: [embedded.fingerprint] } } : {};
}

interface WorkParts {
  readonly intake: Intake;
  readonly keyRing: KeyRing;
  readonly loadPremiumYears: LoadPremiumYears;
}

/** What goes on by itself: submissions, seals of the audit trail, warnings of what expires, dossiers and what is seen of them. */
function startWork(config: Config, { intake, keyRing, loadPremiumYears }: WorkParts, { activities }: Held): void {
  const { database, log, raiseAlarm: raise } = intake;
  const worker = startWorker(intake, { concurrency: config.workerConcurrency, pollIntervalMs: config.pollIntervalMs });
  activities.push(() => worker.stop(config.shutdownTimeoutMs));
  const sealer = startSealer({ sql: database.auditor, signer: createSealSigner(keyRing), log, raise });
  activities.push(() => sealer.stop());
  const expiryWatch = startExpiryWatch({ sql: database.institute, log, raise });
  activities.push(() => expiryWatch.stop());
  const removal = startEventRemoval({ database, log, retentionMs: config.eventRetentionDays * DAY_MS });
  activities.push(() => removal.stop());
  const { institute } = database;
  const giveWay = (signal: AbortSignal) => giveWayToSubmissions(institute, intake.transferSlots, signal);
  const kept = { institute, clock: intake.clock, loadRules: loadPremiumYears, log, giveWay };
  const keeper = startKeepingProjected(kept);
  activities.push(() => keeper.stop());
  const evaluation = startKeepingEvaluated({
    ...kept,
    onUnmergeable: (persons) => raiseUnlessSeen(database, raise, { code: "personsNotMerged", details: { ...persons } }),
  });
  activities.push(() => evaluation.stop());
  if (config.environment !== "validation") return;
  const spaces = startKeepingSpaces({ institute, clock: intake.clock, log });
  activities.push(() => spaces.stop());
  const spaceRemoval = startRemovingSpaces({ institute, log });
  activities.push(() => spaceRemoval.stop());
}

async function openDatabase(config: Config, closers: Closers): Promise<Database> {
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
  return database;
}
