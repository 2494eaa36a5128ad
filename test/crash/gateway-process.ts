import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { NODE_FLAGS, NODE_SETTINGS } from "../../bench/node-flags.ts";
import { type Settings, TEST_SETTINGS } from "../test-settings.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const PRELOAD = fileURLToPath(new URL("kill-at-step.ts", import.meta.url));
/** Shared by all crash tests: a gateway is started some eighty times, and half of a start is compiling. */
const COMPILE_CACHE = join(tmpdir(), "infoss-gateway-compile-cache");

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly code?: string;
  readonly submissionId?: string;
  readonly attempt?: number;
  readonly err?: { readonly code?: string };
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GatewayProcess {
  readonly pid: number;
  /** True once it serves and works, false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly isReady: () => boolean;
  readonly ended: Promise<Ending>;
  /** Where it serves, while it does. */
  readonly address: () => string | undefined;
  /** Of the embedded server, of a process that also serves. */
  readonly sftpPort: () => number | undefined;
  readonly isAlive: () => boolean;
  /** What it logged so far, and what it printed besides: the trace of an error that nobody caught. */
  readonly log: readonly LogLine[];
  readonly printed: readonly string[];
  readonly signal: (signal: NodeJS.Signals) => void;
}

const running = new Set<ChildProcess>();
// A test that ends with an error leaves nobody behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts what `npm start` starts as a process of its own, with no other environment than `settings`. */
export function startGateway(settings: Settings, crashPlanFile: string): GatewayProcess {
  const environment = {
    PATH: process.env.PATH ?? "",
    ...NODE_SETTINGS,
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    CRASH_PLAN: crashPlanFile,
    ...TEST_SETTINGS,
    ROLES: "serve,worker",
    ...settings,
  };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  // By way of env, which becomes node: the test runner would add its own preloads to a child of node.
  const words = [process.execPath, ...NODE_FLAGS, "--import", PRELOAD, MAIN, "start"];
  const child = spawn("env", ["-i", ...variables, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const log: LogLine[] = [];
  const printed: string[] = [];
  let url: string | undefined;
  let sftpPort: number | undefined;
  let alive = true;
  child.once("exit", () => {
    alive = false;
    running.delete(child);
  });
  const ended: Promise<Ending> = once(child, "close").then(([code, signal]) => ({ code, signal }));
  const started = new Promise<boolean>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      url ??= /runs at (https:\/\/\S+)/.exec(line)?.[1];
      const port = /^SFTP: \S+ port (\d+)/.exec(line)?.[1];
      if (port) sftpPort = Number(port);
      if (url) resolve(true);
    });
    createInterface(child.stderr).on("line", (line) => {
      if (!line.startsWith("{")) printed.push(line);
      else if (line.endsWith("}")) log.push(JSON.parse(line)); // the last one may be cut off by the death
      if (log.at(-1)?.msg === "started" && !environment.ROLES.includes("serve")) resolve(true);
    });
  });
  let isReady = false;
  started.then(() => {
    isReady = true;
  });
  return {
    pid: child.pid!,
    ready: Promise.race([started, ended.then(() => false)]),
    isReady: () => isReady && alive,
    ended,
    address: () => (alive ? url : undefined),
    sftpPort: () => (alive ? sftpPort : undefined),
    isAlive: () => alive,
    log,
    printed,
    signal: (signal) => child.kill(signal),
  };
}
