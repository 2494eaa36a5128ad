import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { createSessionBook, type SessionBook } from "./connection-tests/session-book.ts";
import {
  admitAccounts,
  claimAccounts,
  listAccountHealth,
  releaseLease,
  renewLeases,
} from "./exchange/account-lease.ts";
import { createAccountDirectory, listKeyFiles, listOpenAccounts } from "./exchange/accounts.ts";
import type { Exchange } from "./exchange/exchange.ts";
import { serveAccount } from "./exchange/serve-account.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { startAccountWatcher } from "./sftp/account-watcher.ts";
import { createFaultAlarms } from "./sftp/fault-alarms.ts";
import type { FolderAccess } from "./sftp/folder-access.ts";
import { type KeyPusherOptions, startKeyPusher } from "./sftp/openssh/key-pusher.ts";
import { readOrMakeHostKey } from "./sftp/server/host-key.ts";
import { startSftpServer } from "./sftp/server/sftp-server.ts";
import { createSessionAccess } from "./sftp/session-folders.ts";
import { createSessionPool } from "./sftp/session-pool.ts";
import type { SftpServerSettings } from "./sftp-settings.ts";

export interface SftpDoorParts {
  readonly config: Config;
  readonly exchange: Exchange;
  readonly metrics: Metrics;
}

export interface SftpDoor {
  /** Where insurers reach the embedded server; absent where another server is used. */
  readonly embedded?: { readonly host: string; readonly port: number; readonly fingerprint: string };
  /** Takes up no account, finishes or breaks off the rounds under way, then closes what it opened. */
  close(): Promise<void>;
}

/** Opens the SFTP door: the embedded server where no other is configured, and the watcher of all open accounts. */
export async function openSftpDoor({ config, exchange: shared, metrics }: SftpDoorParts): Promise<SftpDoor> {
  const { sftp } = config;
  const { database, log, raiseAlarm } = shared.intake;
  const server = sftp.server
    ? await reachServer(sftp.server, sftp.timeoutMs)
    : await startEmbeddedServer(config, shared, createSessionBook());
  const { host, port, hostKeys, sessions } = server;
  const exchange: Exchange = { ...shared, ssh: { hostKeys, ...(sessions && { sessions }) } };
  const alarms = createFaultAlarms({ host, port }, raiseAlarm);
  metrics.watchSftpAccounts(async () =>
    listAccountHealth(
      database,
      (await listOpenAccounts(exchange.intake)).map(({ accountName }) => accountName),
    ),
  );
  const watcher = startAccountWatcher({
    listAccounts: () => listOpenAccounts(exchange.intake),
    admit: (accountNames) => admitAccounts(database, accountNames),
    claim: (options) => claimAccounts(database, options),
    renew: (leases, leaseMs) => renewLeases(database, leases, leaseMs),
    release: (lease, result) => releaseLease(database, lease, result),
    serve: (account, folders, signal) => serveAccount(exchange, account, folders, signal),
    access: server.folders,
    limit: sftp.sessions,
    pollIntervalMs: sftp.pollIntervalMs,
    log,
    onFault: (accountName, fault, failingForMs) => alarms.note(accountName, fault, failingForMs),
    onRound: (outcome) => metrics.sftpRounds.inc({ outcome }),
  });
  const keyPusher =
    server.keys &&
    startKeyPusher({ listKeyFiles: () => listKeyFiles(exchange.intake), ...server.keys, log, raiseAlarm });
  return {
    ...(server.fingerprint !== undefined && {
      embedded: { host, port, fingerprint: server.fingerprint },
    }),
    async close() {
      await Promise.all([watcher.stop(config.shutdownTimeoutMs), keyPusher?.stop()]);
      await server.close?.();
    },
  };
}

/** Whichever server insurers reach. */
interface DropServer {
  readonly host: string;
  readonly port: number;
  readonly hostKeys: readonly string[];
  readonly folders: FolderAccess;
  /** Where the gateway writes accounts' key files. */
  readonly keys?: Pick<KeyPusherOptions, "sessions" | "user" | "folder">;
  /** What is seen of accounts' sessions, the server's fingerprint and its end: only where it is the gateway's own. */
  readonly sessions?: SessionBook;
  readonly fingerprint?: string;
  close?(): Promise<void>;
}

/** A server like any other: the gateway is its client. */
async function reachServer(server: SftpServerSettings, timeoutMs: number): Promise<DropServer> {
  const { host, port, hostKeys, user, keysFolder } = server;
  const privateKey = await readFile(server.keyFile);
  const createSessions = () => createSessionPool({ host, port, hostKeys, privateKey, timeoutMs });
  return {
    host,
    port,
    hostKeys,
    folders: createSessionAccess(createSessions(), server),
    ...(keysFolder !== undefined && { keys: { sessions: createSessions(), user, folder: keysFolder } }),
  };
}

/** The gateway's own server. Its folders are on this disk: the gateway needs no connection to them (docs/adr/0014). */
async function startEmbeddedServer({ sftp }: Config, { intake }: Exchange, sessions: SessionBook): Promise<DropServer> {
  const { folder, host } = sftp;
  const root = join(folder, "accounts");
  await mkdir(root, { recursive: true, mode: 0o700 });
  const gatewayKey = await readOrMakeHostKey(join(folder, "gateway-key"));
  const directory = createAccountDirectory(intake);
  const server = await startSftpServer({
    host,
    port: sftp.port,
    hostKeyFile: join(folder, "host-key"),
    root,
    findAccountByKey: directory.findAccountByKey,
    gatewayKey: gatewayKey.publicKey,
    log: intake.log,
    onDrop: sessions.note,
  });
  return { ...server, host, hostKeys: [server.fingerprint], sessions };
}
