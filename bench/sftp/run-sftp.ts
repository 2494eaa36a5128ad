import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where and as whom OpenSSH's `sftp` logs in, on this machine. */
export interface SftpLogin {
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  /** Holds the server's host key; absent: whatever the server shows is taken. */
  readonly knownHostsFile?: string | undefined;
  /** As for `ssh`, e.g. `-oRekeyLimit=64M`. */
  readonly options?: readonly string[] | undefined;
}

/** Runs OpenSSH's own `sftp` on a command; answers the milliseconds it took, logging in included. */
export async function runSftp(folder: string, login: SftpLogin, command: string): Promise<number> {
  const { port, user, keyFile, knownHostsFile, options = [] } = login;
  const batch = join(folder, "batch");
  writeFileSync(batch, `${command}\n`);
  const trust = knownHostsFile ?? "/dev/null";
  const start = performance.now();
  await run("sftp", [
    "-q",
    "-F/dev/null",
    "-oIdentitiesOnly=yes",
    `-oIdentityFile=${keyFile}`,
    `-oUserKnownHostsFile=${trust}`,
    ...(knownHostsFile === undefined ? ["-oStrictHostKeyChecking=no"] : []),
    ...options,
    `-P${port}`,
    `-b${batch}`,
    `${user}@127.0.0.1`,
  ]);
  return performance.now() - start;
}
