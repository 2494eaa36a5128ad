import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectSocket, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Test } from "tap";
import { ACCOUNTS, type AccountName, type DropServer, writeKnownHosts } from "./drop-server.ts";
import { makeSshKey } from "./ssh-keys.ts";

// A real sshd with the configuration and the scripts as shipped, only their paths moved. Its users are in files of the test,
// shown to it by nss_wrapper: the machine gets no users, and several test files can run at once. Being shut into a folder
// takes root.

const SHIPPED = fileURLToPath(new URL("../../src/sftp/openssh/", import.meta.url));
const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";

/** All clients of a test have one address, which OpenSSH 9.8 and newer would shut out after some wrong keys. */
const WITHOUT_PENALTIES = ["-o", "PerSourcePenalties=no"];

export interface Sshd extends DropServer {
  /** Folder of key files on the disk, and as the gateway sees it. */
  readonly keysFolder: string;
  readonly keysPath: string;
  /** What sshd has logged. */
  readonly log: () => string;
  stop(): Promise<void>;
  /** On the same port, with the same host key, unless told otherwise. */
  start(): Promise<void>;
  /** From the next start on. */
  changeHostKey(): void;
}

export interface SshdOptions {
  /** Users of the accounts are so called before the account's own name. */
  readonly prefix?: string;
  /** Lines before those of the shipped configuration; of two that say something of the same the first holds. */
  readonly lines?: readonly string[];
}

/** Starts OpenSSH on a free port of loopback; it ends with the test. */
export async function startSshd(
  t: Pick<Test, "teardown">,
  { prefix = "", lines = [] }: SshdOptions = {},
): Promise<Sshd> {
  const users = ACCOUNTS.map((name) => `${prefix}${name}`);
  // Neither the test's folder nor /tmp: each folder on the way must be such that nobody but root can change it.
  const folder = mkdtempSync("/var/lib/infoss-sshd-");
  chmodSync(folder, 0o755);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const root = join(folder, "srv");
  const environment = { ...process.env, ...writeUsers(folder, users), INFOSS_SFTP_ROOT: root };
  await run("sh", [join(SHIPPED, "set-up-host.sh")], { env: environment });
  for (const user of users) await run("sh", [join(SHIPPED, "add-account.sh"), user], { env: environment });

  const host = makeSshKey(folder, "host");
  const accounts = { alpha: makeSshKey(folder, "alpha"), beta: makeSshKey(folder, "beta") };
  const gateway = makeSshKey(folder, "gateway");
  writeFileSync(join(folder, "gateway_keys"), `${gateway.publicKey}\n`);
  for (const name of ACCOUNTS) {
    writeFileSync(join(root, "keys", `${prefix}${name}`), `${accounts[name].publicKey}\n`, { mode: 0o644 });
  }
  const port = await findFreePort();
  const configuration = join(folder, "sshd_config");
  writeFileSync(configuration, [...lines, moveShippedConfiguration(folder, root, port)].join("\n"));

  const knowsPenalties = await run(SSHD, ["-t", "-f", configuration, ...WITHOUT_PENALTIES], { env: environment }).then(
    () => true,
    () => false,
  );
  let process_: ReturnType<typeof spawn> | undefined;
  let log = "";
  const stop = async () => {
    const running = process_;
    process_ = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, "exit");
    // Each session has processes of its own, which outlive it.
    const all = [running.pid!, ...listDescendants(running.pid!)];
    for (const pid of all) killIfThere(pid);
    await ended;
  };
  const start = async () => {
    const started = spawn(SSHD, ["-D", "-e", "-f", configuration, ...(knowsPenalties ? WITHOUT_PENALTIES : [])], {
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    process_ = started;
    started.stderr!.on("data", (chunk) => {
      log += chunk;
    });
    await waitForPort(
      port,
      () => started.exitCode === null,
      () => log,
    );
  };
  t.teardown(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return {
    port,
    hostKey: host.publicKey,
    knownHostsFile: writeKnownHosts(folder, port, host.publicKey),
    accounts,
    gateway,
    pathOf: (account: AccountName) => `/accounts/${prefix}${account}`,
    folderOf: (account: AccountName) => join(root, "accounts", `${prefix}${account}`),
    keysFolder: join(root, "keys"),
    keysPath: "/keys",
    log: () => log,
    stop,
    start,
    changeHostKey: () => void makeSshKey(folder, "host"),
  };
}

function moveShippedConfiguration(folder: string, root: string, port: number): string {
  const shipped = readFileSync(join(SHIPPED, "sshd_config"), "utf8");
  const moves: readonly (readonly [string | RegExp, string])[] = [
    [/^Port 22$/m, `Port ${port}\nListenAddress 127.0.0.1\nPidFile none`],
    ["/etc/ssh/infoss_host_ed25519_key", join(folder, "host")],
    ["/etc/ssh/infoss_gateway_keys", join(folder, "gateway_keys")],
    [/\/srv\/infoss\b/g, root],
  ];
  return moves.reduce((text, [from, to]) => {
    const moved = text.replace(from, to);
    if (moved === text) throw new Error(`the shipped sshd_config has no ${from}`);
    return moved;
  }, shipped);
}

/** Users as set-up-host.sh and add-account.sh would make them, for nss_wrapper; answers its environment. */
function writeUsers(folder: string, accounts: readonly string[]): Record<string, string> {
  const gatewayId = 61_000;
  const users = [
    ["infoss-gateway", gatewayId] as const,
    ...accounts.map((name, index) => [name, gatewayId + 1 + index] as const),
  ];
  const ofDebian = (file: string, names: readonly string[]) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => names.includes(line.split(":")[0]!));
  const passwd = join(folder, "passwd");
  const group = join(folder, "group");
  writeFileSync(
    passwd,
    [
      ...ofDebian("/etc/passwd", ["root", "sshd", "nobody"]),
      ...users.map(([name, id]) => `${name}:*:${id}:${id}::/:/usr/sbin/nologin`),
      "",
    ].join("\n"),
  );
  writeFileSync(
    group,
    [
      ...ofDebian("/etc/group", ["root", "nogroup"]),
      ...users.map(([name, id]) => `${name}:*:${id}:`),
      `infoss-accounts:*:61999:${accounts.join(",")}`,
      "",
    ].join("\n"),
  );
  return { LD_PRELOAD: "libnss_wrapper.so", NSS_WRAPPER_PASSWD: passwd, NSS_WRAPPER_GROUP: group };
}

function listDescendants(pid: number): number[] {
  const children = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === pid);
  return children.flatMap((child) => [Number(child), ...listDescendants(Number(child))]);
}

function parentOf(pid: string): number | undefined {
  try {
    // After the name, which stands in brackets: state, parent.
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return undefined;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function findFreePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  listener.close();
  await once(listener, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function waitForPort(port: number, isRunning: () => boolean, log: () => string): Promise<void> {
  for (;;) {
    if (!isRunning()) throw new Error(`sshd did not start: ${log()}`);
    const socket = connectSocket({ host: "127.0.0.1", port });
    const isOpen = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "close").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(20);
  }
}
