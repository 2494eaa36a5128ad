import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Logger } from "pino";
import ssh2 from "ssh2";
import type { FolderAccess } from "../folder-access.ts";
import { createFolderMaker } from "./account-folders.ts";
import { createAdmission } from "./admission.ts";
import { ALGORITHMS } from "./algorithms.ts";
import type { Credentials } from "./authenticate.ts";
import { createUsageBook } from "./folder-usage.ts";
import { readOrMakeHostKey } from "./host-key.ts";
import { createOwnFolders } from "./own-folders.ts";
import { type ConnectionSurroundings, SftpConnection } from "./sftp-connection.ts";
import { SFTP_LIMITS, type SftpLimits } from "./sftp-limits.ts";

export interface SftpServerOptions extends Credentials {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Made on the first start. */
  readonly hostKeyFile: string;
  /** Holds a folder for each account, with `IN` and `OUT` in it; they are made at the first login. */
  readonly root: string;
  readonly limits?: Partial<SftpLimits>;
  readonly log: Logger;
  readonly onDrop?: ConnectionSurroundings["onDrop"];
}

export interface SftpServer {
  readonly port: number;
  /** `SHA256:…` of the host key. */
  readonly fingerprint: string;
  /** `ssh-ed25519 …`, the host key's public part. */
  readonly hostKey: string;
  /** The accounts' folders, for the process that the server is part of. */
  readonly folders: FolderAccess;
  /** Takes no new connection, lets each channel finish its request, and closes. */
  close(): Promise<void>;
}

/**
 * Starts the embedded SFTP server: for one machine, demonstrations and validation. Accounts see `/IN` and `/OUT`, the
 * gateway `/<account>/IN` and `/<account>/OUT`.
 */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const { root, log } = options;
  const limits = { ...SFTP_LIMITS, ...options.limits };
  const hostKey = await readOrMakeHostKey(options.hostKeyFile);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const usageBook = createUsageBook(root, limits);
  const makeFolders = createFolderMaker(root);
  const admission = createAdmission(limits);
  const connections = new Map<Socket, SftpConnection>();
  const countOf = (accountName: string) =>
    [...connections.values()].filter(({ login }) => login?.viewer.accountName === accountName).length;

  const ssh = new ssh2.Server({ hostKeys: [hostKey.privateKey], algorithms: ALGORITHMS, ident: "infoss" });
  ssh.on("connection", (client, { ip, port, header }) => {
    const [, connection] = [...connections].find(([one]) => one.remoteAddress === ip && one.remotePort === port) ?? [];
    client.on("error", () => {});
    if (connection) connection.attach(client, String(header.identRaw));
    else client.end();
  });

  const listener = createServer({ noDelay: true, keepAlive: true, highWaterMark: 256 * 1024 }, (socket) => {
    const address = socket.remoteAddress;
    const leave = address === undefined ? undefined : admission.admit(address);
    if (address === undefined || !leave) return socket.destroy();
    const connection = new SftpConnection(socket, {
      root,
      credentials: options,
      usageBook,
      makeFolders,
      limits,
      log,
      hasRoomFor: (accountName) => countOf(accountName) < limits.connectionsPerAccount,
      onFailedLogin: () => admission.noteFailure(address),
      ...(options.onDrop && { onDrop: options.onDrop }),
    });
    makeRoom(connections, limits.unknownConnections);
    connections.set(socket, connection);
    const loginTimer = setTimeout(() => connection.login ?? socket.destroy(), limits.loginTimeoutMs);
    socket.once("close", () => {
      clearTimeout(loginTimer);
      connections.delete(socket);
      leave();
    });
    ssh.injectSocket(socket);
  });
  listener.listen(options.port, options.host);
  await once(listener, "listening");
  listener.on("error", (err) => log.error({ code: "sftpListenerFailed", err }, "the SFTP server"));
  const sweeper = setInterval(() => void sweep(connections, limits, log), limits.recheckIntervalMs);
  return {
    port: (listener.address() as AddressInfo).port,
    fingerprint: hostKey.fingerprint,
    hostKey: hostKey.publicKey,
    folders: createOwnFolders({ root, usageBook, makeFolders }),
    async close() {
      clearInterval(sweeper);
      const closed = once(listener, "close");
      listener.close();
      const open = [...connections.values()];
      for (const connection of open) connection.cut();
      await Promise.all(open.map((connection) => connection.settle()));
      for (const socket of connections.keys()) socket.destroy();
      await closed;
    },
  };
}

/** Whoever logs in does so within a second: of those that have not, the oldest gives way to who comes. */
function makeRoom(connections: ReadonlyMap<Socket, SftpConnection>, maximum: number): void {
  const unknown = [...connections].filter(([, { login }]) => login === undefined);
  for (const [socket] of unknown.slice(0, Math.max(0, unknown.length + 1 - maximum))) socket.destroy();
}

/** Cuts connections that nothing comes from, and those whose key or account was taken back. */
async function sweep(connections: ReadonlyMap<Socket, SftpConnection>, limits: SftpLimits, log: Logger): Promise<void> {
  for (const connection of [...connections.values()]) {
    if (connection.login && Date.now() - connection.lastAnswerAt > limits.idleTimeoutMs) connection.cut();
    try {
      await connection.recheck();
    } catch (err) {
      // Nobody new comes in either, while that lasts.
      log.error({ code: "sftpRecheckFailed", err }, "keys of open connections could not be looked up");
    }
  }
}
