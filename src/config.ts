import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkAuthorities, checkReadable, checkServerPair, checkSigningKeys } from "./configured-files.ts";
import type { MassChangeLimits } from "./intake/mass-change.ts";
import { refuseDevelopmentParts, TLS_SETTINGS } from "./production-settings.ts";
import { type ReadinessSettings, readReadinessSettings } from "./readiness-settings.ts";
import { createSettingReader, type Environment, type SettingReader } from "./setting-reader.ts";
import { readSftpSettings, type SftpSettings } from "./sftp-settings.ts";
import { readSpaceSettings, type SpaceSettings } from "./space-settings.ts";
import { readWebhookSettings, type WebhookSettings } from "./webhook-settings.ts";

export const DEPLOYMENTS = ["validation", "production"] as const;
export type Deployment = (typeof DEPLOYMENTS)[number];

export const ROLES = ["serve", "worker", "sftp"] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface TlsFiles {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly clientCaFile: string;
}

/** Who gives access tokens in place of this gateway. */
export interface ExternalIssuer {
  /** As its tokens carry it. */
  readonly issuer: string;
  /** Authorities of its server's certificate. Absent: those that Node knows. */
  readonly caFile?: string;
}

/** What a process needs to know to start. Paths are absolute. What is absent is made on this machine (validation only). */
export interface Config {
  readonly environment: Deployment;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where clients reach the gateway, without a slash at the end; absent: https://localhost and the port. */
  readonly publicUrl?: string;
  readonly roles: readonly Role[];
  /** Absent: the embedded database. Holds a password: never log it. */
  readonly databaseUrl?: string;
  readonly dataDirectory: string;
  /** Folders under the data directory, for what is made on this machine. */
  readonly certificatesFolder: string;
  readonly databaseFolder: string;
  /** Absent: development certificates. */
  readonly tls?: TlsFiles;
  /** Folder of the EC P-256 keys in PEM that sign receipts and tokens. Absent: the development key. */
  readonly signingKeysFolder?: string;
  /** Secret of at least 32 bytes that hashes persons' numbers in the audit trail. Absent: the development key. */
  readonly auditKeyFile?: string;
  /** Absent: this gateway gives the tokens itself. */
  readonly externalIssuer?: ExternalIssuer;
  readonly maximumBytes: number;
  readonly uploadConcurrency: number;
  readonly workerConcurrency: number;
  readonly processingAttempts: number;
  readonly massChange: MassChangeLimits;
  readonly pollIntervalMs: number;
  readonly eventRetentionDays: number;
  /** Rows of INAMI verification an insurer may have looked up on a day, for its contracts and in the phase `access`. */
  readonly verificationQuota: { readonly perDay: number; readonly perDayInAccess: number };
  readonly sftp: SftpSettings;
  readonly webhooks: WebhookSettings;
  readonly readiness: ReadinessSettings;
  readonly spaces: SpaceSettings;
  readonly shutdownTimeoutMs: number;
  /** Requests a minute of a client, and from an address for which no client stands; 0: no limit. */
  readonly requestsPerMinutePerClient: number;
  readonly requestsPerMinutePerAddress: number;
  /** Failed proofs before each further one bans a client at an address, and an address; 0: never banned. */
  readonly failuresPerClient: number;
  readonly failuresPerAddress: number;
  /** Mean delay of the event loop above which new requests are put off; 0: not looked at. */
  readonly maximumEventLoopDelayMs: number;
  /** Of the metrics on loopback, 0: any free port. Absent: there is no such listener. */
  readonly metricsPort?: number;
  readonly logLevel: LogLevel;
}

/** The environment cannot be used; `problems` are whole sentences, all there are, without any secret. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["The configuration cannot be used:", ...problems].join("\n- "));
    this.problems = problems;
  }
}

/** 2 GiB, the limit insurers know as code 184. */
const DEFAULT_MAXIMUM_BYTES = 2 * 1024 ** 3;
const HIGHEST_MAXIMUM_BYTES = 1024 ** 4;
const HOUR_MS = 3_600_000;
const HIGHEST_COUNT = 1_000_000_000;

/**
 * Reads and checks all settings, files they name included; an empty value counts as absent. Throws ConfigurationError
 * with all problems at once.
 */
export function readConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const read = createSettingReader(environment, problems);
  const deployment = read.oneOf("ENVIRONMENT", DEPLOYMENTS, "validation");
  const dataDirectory = resolve(read.text("DATA_DIRECTORY") ?? ".local");
  const certificatesFolder = join(dataDirectory, "certificates");
  const publicUrl = read.url("PUBLIC_URL", ["https:"]);
  const databaseUrl = read.url("DATABASE_URL", ["postgres:", "postgresql:"]);
  const tls = readTlsFiles(read, problems);
  const signingKeysFolder = read.path("SIGNING_KEYS_DIRECTORY");
  if (signingKeysFolder !== undefined) problems.push(...checkSigningKeys("SIGNING_KEYS_DIRECTORY", signingKeysFolder));
  const auditKeyFile = readAuditKeyFile(read, problems);
  const externalIssuer = readExternalIssuer(read, problems);
  const config: Config = {
    environment: deployment,
    host: read.host("HOST", "127.0.0.1"),
    port: read.integer("PORT", { minimum: 0, maximum: 65_535, otherwise: 8443 }),
    ...(publicUrl === undefined ? {} : { publicUrl: publicUrl.replace(/\/+$/, "") }),
    roles: read.listOf("ROLES", ROLES),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    dataDirectory,
    certificatesFolder,
    databaseFolder: join(dataDirectory, "database"),
    ...(tls === undefined ? {} : { tls }),
    ...(signingKeysFolder === undefined ? {} : { signingKeysFolder }),
    ...(auditKeyFile === undefined ? {} : { auditKeyFile }),
    ...(externalIssuer === undefined ? {} : { externalIssuer }),
    ...readLimits(read),
    sftp: readSftpSettings(read, problems, dataDirectory),
    webhooks: readWebhookSettings(read, problems),
    readiness: readReadinessSettings(read, problems),
    spaces: readSpaceSettings(read, problems),
    ...readAbuseLimits(read),
    ...(read.isSet("METRICS_PORT") && {
      metricsPort: read.integer("METRICS_PORT", { minimum: 0, maximum: 65_535, otherwise: 0 }),
    }),
    logLevel: read.oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
  };
  if (deployment === "production") problems.push(...refuseDevelopmentParts(read, config));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

const ROWS = { minimum: 0, maximum: 1_000_000_000 };

function readLimits(read: SettingReader) {
  return {
    maximumBytes: read.integer("MAXIMUM_BYTES", {
      minimum: 1,
      maximum: HIGHEST_MAXIMUM_BYTES,
      otherwise: DEFAULT_MAXIMUM_BYTES,
    }),
    uploadConcurrency: read.integer("UPLOAD_CONCURRENCY", { minimum: 1, maximum: 1000, otherwise: 16 }),
    workerConcurrency: read.integer("WORKER_CONCURRENCY", { minimum: 1, maximum: 64, otherwise: 2 }),
    processingAttempts: read.integer("PROCESSING_ATTEMPTS", { minimum: 1, maximum: 100, otherwise: 5 }),
    massChange: {
      percent: read.integer("MASS_CHANGE_PERCENT", { minimum: 0, maximum: 100, otherwise: 5 }),
      minimum: read.integer("MASS_CHANGE_MINIMUM", { minimum: 1, maximum: HIGHEST_COUNT, otherwise: 20 }),
    },
    pollIntervalMs: read.integer("POLL_INTERVAL_MS", { minimum: 10, maximum: HOUR_MS, otherwise: 1000 }),
    eventRetentionDays: read.integer("EVENT_RETENTION_DAYS", { minimum: 90, maximum: 3650, otherwise: 90 }),
    verificationQuota: {
      perDay: read.integer("VERIFICATION_ROWS_PER_DAY", { ...ROWS, otherwise: 200_000 }),
      perDayInAccess: read.integer("VERIFICATION_ROWS_PER_DAY_IN_ACCESS", { ...ROWS, otherwise: 50_000 }),
    },
    shutdownTimeoutMs: read.integer("SHUTDOWN_TIMEOUT_MS", { minimum: 0, maximum: HOUR_MS, otherwise: 30_000 }),
  };
}

function readAbuseLimits(read: SettingReader) {
  const count = { minimum: 0, maximum: HIGHEST_COUNT };
  return {
    requestsPerMinutePerClient: read.integer("RATE_LIMIT_PER_CLIENT", { ...count, otherwise: 6000 }),
    requestsPerMinutePerAddress: read.integer("RATE_LIMIT_PER_ADDRESS", { ...count, otherwise: 3000 }),
    failuresPerClient: read.integer("FAILURES_PER_CLIENT", { ...count, otherwise: 10 }),
    failuresPerAddress: read.integer("FAILURES_PER_ADDRESS", { ...count, otherwise: 300 }),
    maximumEventLoopDelayMs: read.integer("MAXIMUM_EVENT_LOOP_DELAY_MS", {
      minimum: 0,
      maximum: HOUR_MS,
      otherwise: 250,
    }),
  };
}

const AUDIT_KEY_BYTES = 32;

function readAuditKeyFile(read: SettingReader, problems: string[]): string | undefined {
  const file = read.path("AUDIT_KEY_FILE");
  const unreadable = checkReadable("AUDIT_KEY_FILE", file);
  problems.push(...unreadable);
  if (file !== undefined && unreadable.length === 0 && statSync(file).size < AUDIT_KEY_BYTES) {
    problems.push(`AUDIT_KEY_FILE is ${file}, which is too short: set it to a file of at least 32 random bytes.`);
  }
  return file;
}

/** All three files or none: a gateway half on development certificates would be neither safe nor usable. */
function readTlsFiles(read: SettingReader, problems: string[]): TlsFiles | undefined {
  const paths = TLS_SETTINGS.map((name) => read.path(name));
  const missing = TLS_SETTINGS.filter((_, index) => paths[index] === undefined);
  const unreadable = TLS_SETTINGS.flatMap((name, index) => checkReadable(name, paths[index]));
  problems.push(...unreadable);
  if (missing.length === TLS_SETTINGS.length) return undefined;
  if (missing.length > 0) {
    const given = TLS_SETTINGS.filter((name) => !missing.includes(name));
    problems.push(
      `${given.join(" and ")} without ${missing.join(" and ")}: set all three, or none for development certificates.`,
    );
  }
  const [keyFile, certificateFile, clientCaFile] = paths;
  if (keyFile === undefined || certificateFile === undefined || clientCaFile === undefined) return undefined;
  if (unreadable.length === 0) {
    problems.push(...checkServerPair(keyFile, certificateFile), ...checkAuthorities("CLIENT_CA_FILE", clientCaFile));
  }
  return { keyFile, certificateFile, clientCaFile };
}

function readExternalIssuer(read: SettingReader, problems: string[]): ExternalIssuer | undefined {
  const issuer = read.url("AUTH_ISSUER", ["https:"]);
  const caFile = read.path("AUTH_CA_FILE");
  // RFC 8414 section 2.
  if (issuer && URL.canParse(issuer) && /[?#]/.test(issuer)) {
    problems.push("AUTH_ISSUER has a query or fragment: set it to the issuer exactly as its metadata has it.");
  }
  if (caFile === undefined) return issuer === undefined ? undefined : { issuer };
  const unreadable = checkReadable("AUTH_CA_FILE", caFile);
  problems.push(...(unreadable.length > 0 ? unreadable : checkAuthorities("AUTH_CA_FILE", caFile)));
  if (issuer === undefined) {
    problems.push("AUTH_CA_FILE without AUTH_ISSUER: set both, or none where this gateway gives the tokens.");
    return undefined;
  }
  return { issuer, caFile };
}
