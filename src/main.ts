import { once } from "node:events";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type App, startApp } from "./app.ts";
import { createBusinessClock } from "./clock.ts";
import { type Config, ConfigurationError, readConfig } from "./config.ts";
import { EmbeddedDatabaseError } from "./database/embedded-database-error.ts";
import { outliveLostConnections } from "./database/lost-connections.ts";
import { profilePath, writeDevelopmentProfiles } from "./identity/development-profiles.ts";
import { createLogger } from "./log.ts";
import { loadRegister } from "./register/load-register.ts";
import { RegisterFileError } from "./register/register-file-error.ts";

const USAGE = `usage: node src/main.ts start                 the gateway, until SIGTERM or SIGINT
       node src/main.ts load-register FILE    loads the register of providers, then ends`;

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [command, file, ...rest] = positionals;
  if (command === "start" && !file) await start(readConfig());
  else if (command === "load-register" && file && rest.length === 0) await loadRegisterFile(readConfig(), file);
  else fail(USAGE, 2);
} catch (error) {
  const sentence = isForOperator(error) ? error.message : describePortTrouble(error);
  if (sentence === undefined) throw error;
  fail(sentence, 1);
}

async function start(config: Config): Promise<void> {
  const log = createLogger(config.logLevel);
  outliveLostConnections(log);
  // Before anything is started, so that a signal during the start still ends what was started by then.
  const stopRequested = Promise.race(SIGNALS.map(async (signal) => (await once(process, signal)) && signal));
  const app = await startApp(config, log, createBusinessClock());
  stopRequested.then(async (signal) => {
    log.info({ signal }, "stopping: no new work is taken, what is held is finished or handed back");
    await app.stop();
    log.info("stopped");
  });
  log.info({ environment: config.environment, roles: config.roles }, "started");
  if (!app.url) return;
  if (!config.tls) await writeDevelopmentProfiles(config.certificatesFolder, app.url);
  process.stdout.write(describe(config, app.url, app.sftp));
}

/** What runs where, and a line to paste. */
function describe(config: Config, url: string, sftp: App["sftp"]): string {
  const api = `${url}/REST/digitalContracts/v1`;
  const lines = [
    `infoss-gateway (${config.environment}) runs at ${api}`,
    config.databaseUrl ? "database: DATABASE_URL" : `database: embedded PostgreSQL in ${config.databaseFolder}`,
  ];
  if (sftp) lines.push(`SFTP: ${sftp.host} port ${sftp.port}, host key ${sftp.fingerprint}`);
  if (!config.tls) {
    const ca = quote(join(config.certificatesFolder, "ca.pem"));
    lines.push(
      `certificates and keys: development, in ${config.certificatesFolder} (client-alpha, client-beta, client-provider, client-operator)`,
      "try:",
      `  curl --cacert ${ca} ${api}/health`,
      `  npm run --silent infoss -- status --profile ${quote(profilePath(config.certificatesFolder, "client-alpha"))}`,
      ...(sftp
        ? [
            `  sftp -P ${sftp.port} -i ${quote(join(config.certificatesFolder, "client-alpha-ssh-key"))} client-alpha@localhost`,
          ]
        : []),
      "everything that is not public takes a client certificate and a token: docs/exchange/authentication.md",
    );
  }
  return `${lines.join("\n")}\n`;
}

/** As a shell takes it for one word. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

async function loadRegisterFile(config: Config, file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch {
    return fail(`${file} cannot be read: name a file that is there and that you may read.`, 1);
  }
  const app = await startApp({ ...config, roles: [] }, createLogger(config.logLevel), createBusinessClock());
  try {
    const count = await loadRegister(app.database, file);
    process.stdout.write(`${count} providers loaded from ${file}\n`);
  } finally {
    await app.stop();
  }
}

function isForOperator(error: unknown): error is Error {
  return (
    error instanceof ConfigurationError ||
    error instanceof EmbeddedDatabaseError ||
    error instanceof RegisterFileError ||
    (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
  );
}

/** Undefined where it is no trouble with a port that a setting names. */
function describePortTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error && "syscall" in error && error.syscall === "listen" && "port" in error))
    return undefined;
  const { code, port } = error as NodeJS.ErrnoException & { port: unknown };
  const trouble = code === "EADDRINUSE" ? "is taken by another process" : `cannot be listened on (${code})`;
  return `Port ${port} ${trouble}: set PORT, SFTP_PORT or METRICS_PORT, whichever it is, to a free one.`;
}

function fail(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
