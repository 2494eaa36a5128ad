import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import { createLogger } from "../../src/log.ts";
import type { SftpLimits } from "../../src/sftp/server/sftp-limits.ts";
import { type SftpServer, startSftpServer } from "../../src/sftp/server/sftp-server.ts";
import { fingerprint } from "../../src/sftp/sftp-session.ts";
import { makeSshKey } from "../sftp/ssh-keys.ts";
import { type Sshd, type SshdOptions, startSshd } from "../sftp/sshd.ts";
import type { InsurerName } from "./crash-inputs.ts";

/** An SFTP server with the accounts of both insurers, and how a gateway reaches it. */
export interface SftpPlace {
  readonly port: number;
  /** Of `SFTP_URL`. */
  readonly path: string;
  readonly keyFile: string;
  /** The fingerprint to pin. */
  readonly hostKey: string;
  readonly folderOf: (insurer: InsurerName) => string;
  /** With this data directory a gateway's own server has these folders. */
  readonly dataDirectory?: string;
  startServer(options?: { readonly otherHostKey?: boolean; readonly limits?: Partial<SftpLimits> }): Promise<void>;
  stopServer(): Promise<void>;
}

export type OpenPlace = (t: Test) => Promise<SftpPlace>;

/** The embedded server, in the test's own process. */
export async function openEmbeddedPlace(t: Test): Promise<SftpPlace> {
  const folder = mkdtempSync(join(tmpdir(), "infoss-sftp-crash-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "sftp", "accounts");
  const folderOf = (insurer: InsurerName) => join(root, `client-${insurer}`);
  for (const insurer of ["alpha", "beta"] as const) {
    for (const name of ["IN", "OUT"]) mkdirSync(join(folderOf(insurer), name), { recursive: true, mode: 0o700 });
  }
  const gateway = makeSshKey(folder, "gateway");
  let server: SftpServer | undefined;
  let port = 0;
  const startServer: SftpPlace["startServer"] = async ({ otherHostKey = false, limits = {} } = {}) => {
    server = await startSftpServer({
      host: "127.0.0.1",
      port,
      hostKeyFile: join(folder, otherHostKey ? "other-host-key" : "host-key"),
      root,
      findAccountByKey: async () => undefined,
      gatewayKey: gateway.publicKey,
      limits: { freeBytes: 0, requestsPerSecond: 100_000, ...limits },
      log: createLogger("silent"),
    });
    port = server.port;
  };
  const stopServer = async () => {
    await server?.close();
    server = undefined;
  };
  await startServer();
  const hostKey = server!.fingerprint;
  t.teardown(stopServer);
  const reached = { port, path: "/{account}", keyFile: gateway.file, hostKey };
  return { ...reached, folderOf, dataDirectory: folder, startServer, stopServer };
}

export interface OpenSshPlace extends SftpPlace {
  readonly sshd: Sshd;
}

/** OpenSSH as it is shipped, with `lines` before the shipped configuration. */
export async function openOpenSshPlace(t: Test, lines: SshdOptions["lines"] = []): Promise<OpenSshPlace> {
  const sshd = await startSshd(t, { prefix: "client-", lines });
  return {
    sshd,
    port: sshd.port,
    path: "/accounts/{account}",
    keyFile: sshd.gateway.file,
    hostKey: fingerprint(Buffer.from(sshd.hostKey.split(" ")[1] ?? "", "base64")),
    folderOf: (insurer) => sshd.folderOf(insurer),
    startServer: () => sshd.start(),
    stopServer: () => sshd.stop(),
  };
}
