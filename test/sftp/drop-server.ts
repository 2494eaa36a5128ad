import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import SftpClient from "ssh2-sftp-client";
import type { Test } from "tap";
import { createLogger } from "../../src/log.ts";
import type { SftpLimits } from "../../src/sftp/server/sftp-limits.ts";
import { type SftpServer, startSftpServer } from "../../src/sftp/server/sftp-server.ts";
import { makeSshKey, type SshKey } from "./ssh-keys.ts";

/** A server that insurers drop files on: the embedded one, or OpenSSH as it is shipped. */
export interface DropServer {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` of the host. */
  readonly hostKey: string;
  /** A file of known hosts with that key. */
  readonly knownHostsFile: string;
  readonly accounts: Readonly<Record<AccountName, SshKey>>;
  readonly gateway: SshKey;
  /** Where the gateway sees an account's folders, without slash at the end. */
  readonly pathOf: (account: AccountName) => string;
  /** The same on the disk. */
  readonly folderOf: (account: AccountName) => string;
}

export const ACCOUNTS = ["alpha", "beta"] as const;
export type AccountName = (typeof ACCOUNTS)[number];

export interface EmbeddedServer extends DropServer {
  readonly server: SftpServer;
  /** What operators take back. */
  revoke(account: AccountName): void;
  readonly logLines: string[];
  readonly root: string;
}

/** The embedded server with two accounts and the gateway; their keys come from a double of the data only. */
export async function startEmbeddedServer(t: Test, limits: Partial<SftpLimits> = {}): Promise<EmbeddedServer> {
  const folder = t.testdir();
  const root = join(folder, "data", "sftp");
  const accounts = { alpha: makeSshKey(folder, "alpha"), beta: makeSshKey(folder, "beta") };
  const gateway = makeSshKey(folder, "gateway");
  const revoked = new Set<string>();
  const logLines: string[] = [];
  const server = await startSftpServer({
    host: "127.0.0.1",
    port: 0,
    hostKeyFile: join(folder, "data", "sftp-host-key"),
    root,
    findAccountByKey: async (accountName, publicKey) =>
      !revoked.has(accountName) && accounts[accountName as AccountName]?.blob.equals(publicKey)
        ? { accountName }
        : undefined,
    gatewayKey: gateway.publicKey,
    limits: { freeBytes: 0, ...limits },
    log: createLogger(
      "debug",
      new Writable({
        write(line, _encoding, done) {
          logLines.push(String(line));
          done();
        },
      }),
    ),
  });
  t.teardown(() => server.close());
  // As after a first login.
  for (const name of ACCOUNTS) for (const one of ["IN", "OUT"]) mkdirSync(join(root, name, one), { recursive: true });
  return {
    server,
    port: server.port,
    hostKey: server.hostKey,
    knownHostsFile: writeKnownHosts(folder, server.port, server.hostKey),
    accounts,
    gateway,
    pathOf: (account) => `/${account}`,
    folderOf: (account) => join(root, account),
    revoke: (account) => revoked.add(account),
    logLines,
    root,
  };
}

export function writeKnownHosts(folder: string, port: number, hostKey: string): string {
  const file = join(folder, "known_hosts");
  if (!existsSync(file)) writeFileSync(file, `[127.0.0.1]:${port} ${hostKey}\n`);
  return file;
}

/** Connects as ssh2-sftp-client does where it is set up well; ends with the test. */
export async function connect(
  t: Test,
  { port }: { readonly port: number },
  username: string,
  { privateKey }: SshKey,
): Promise<SftpClient> {
  const client = new SftpClient(username, { error: () => {}, end: () => {}, close: () => {} });
  client.on("error", () => {});
  const sock = connectSocket({ host: "127.0.0.1", port, noDelay: true });
  await client.connect({ sock, username, privateKey, readyTimeout: 10_000 });
  t.teardown(async () => {
    await client.end().catch(() => {});
    sock.destroy();
  });
  return client;
}
