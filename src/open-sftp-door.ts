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
import { startKeyPusher } from "./sftp/openssh/key-pusher.ts";
import { GATEWAY_USER } from "./sftp/server/authenticate.ts";
import { readOrMakeHostKey } from "./sftp/server/host-key.ts";
import { startSftpServer } from "./sftp/server/sftp-server.ts";
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
  const sessions = sftp.server ? undefined : createSessionBook();
  const embedded = sessions && (await startEmbeddedServer(config, shared, sessions));
  const server = sftp.server ?? embedded!.asSeenByGateway;
  const exchange: Exchange = { ...shared, ssh: { hostKeys: server.hostKeys, ...(sessions && { sessions }) } };
  const privateKey = await readFile(server.keyFile);
  const { host, port, hostKeys } = server;
  const alarms = createFaultAlarms({ host, port }, raiseAlarm);
  metrics.watchSftpAccounts(async () =>
    listAccountHealth(
      database,
      (await listOpenAccounts(exchange.intake)).map(({ accountName }) => accountName),
    ),
  );
  const createSessions = () => createSessionPool({ host, port, hostKeys, privateKey, timeoutMs: sftp.timeoutMs });
  const watcher = startAccountWatcher({
    listAccounts: () => listOpenAccounts(exchange.intake),
    admit: (accountNames) => admitAccounts(database, accountNames),
    claim: (options) => claimAccounts(database, options),
    renew: (leases, leaseMs) => renewLeases(database, leases, leaseMs),
    release: (lease, result) => releaseLease(database, lease, result),
    serve: (account, folders, signal) => serveAccount(exchange, account, folders, signal),
    sessions: createSessions(),
    user: server.user,
    path: server.path,
    limit: sftp.sessions,
    pollIntervalMs: sftp.pollIntervalMs,
    log,
    onFault: (accountName, fault, failingForMs) => alarms.note(accountName, fault, failingForMs),
    onRound: (outcome) => metrics.sftpRounds.inc({ outcome }),
  });
  const keyPusher =
    server.keysFolder === undefined
      ? undefined
      : startKeyPusher({
          listKeyFiles: () => listKeyFiles(exchange.intake),
          sessions: createSessions(),
          user: server.user,
          folder: server.keysFolder,
          log,
          raiseAlarm,
        });
  return {
    ...(embedded && { embedded: { host: sftp.host, port: embedded.port, fingerprint: embedded.fingerprint } }),
    async close() {
      await Promise.all([watcher.stop(config.shutdownTimeoutMs), keyPusher?.stop()]);
      await embedded?.close();
    },
  };
}

/** The embedded server, and how the gateway reaches it: as a client on this machine, as it would any other. */
async function startEmbeddedServer({ sftp }: Config, { intake }: Exchange, sessions: SessionBook) {
  const { folder } = sftp;
  const root = join(folder, "accounts");
  await mkdir(root, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, "gateway-key");
  const gatewayKey = await readOrMakeHostKey(keyFile);
  const directory = createAccountDirectory(intake);
  const server = await startSftpServer({
    host: sftp.host,
    port: sftp.port,
    hostKeyFile: join(folder, "host-key"),
    root,
    findAccountByKey: directory.findAccountByKey,
    gatewayKey: gatewayKey.publicKey,
    log: intake.log,
    onDrop: sessions.note,
  });
  const asSeenByGateway: SftpServerSettings = {
    host: reachable(sftp.host),
    port: server.port,
    user: GATEWAY_USER,
    path: "/{account}",
    keyFile,
    hostKeys: [server.fingerprint],
  };
  return { ...server, asSeenByGateway };
}

/** An address that stands for all of this machine's is none to connect to. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
