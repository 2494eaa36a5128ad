import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "./bench-error.ts";
import { NODE_FLAGS, NODE_SETTINGS } from "./node-flags.ts";
import { BENCH_FOLDER } from "./prepared-files.ts";
import { type MemoryWatch, watchMemory } from "./process-memory.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const LOG_FILE = join(BENCH_FOLDER, "gateway.log");
const START_TIMEOUT_MS = 30_000;

export interface Gateway {
  /** https://localhost:port */
  readonly url: string;
  readonly memory: MemoryWatch;
  /** Lets it end in order; throws a BenchError when it does not end well. */
  stop(): Promise<void>;
}

/** Data directory of the gateways of this run, with development certificates; removed when the benchmark ends. */
export function createDataDirectory(): string {
  const folder = mkdtempSync(join(tmpdir(), "infoss-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Settings = Readonly<Record<string, string>>;

/** Starts what `npm start` starts, as a process of its own on a free port. */
export async function startGateway(
  databaseUrl: string,
  dataDirectory: string,
  settings: Settings = {},
): Promise<Gateway> {
  const child = await spawnMain(["start"], databaseUrl, dataDirectory, settings);
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const url = await readUrl(child);
  const memory = watchMemory(child.pid!);
  return {
    url,
    memory,
    async stop() {
      memory.stop();
      process.off("exit", kill);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const [code, signal] = await ended;
      if (code !== 0) throw new BenchError(`The gateway ended with ${code ?? signal}: see ${LOG_FILE}.`);
    },
  };
}

/** Applies migrations, admits the development insurers and loads the register, by the gateway's own command. */
export async function loadRegister(databaseUrl: string, dataDirectory: string, registerFile: string): Promise<void> {
  const child = await spawnMain(["load-register", registerFile], databaseUrl, dataDirectory);
  child.stdout?.resume();
  const [code] = await once(child, "exit");
  if (code !== 0) throw new BenchError(`Loading the register ended with ${code}: see ${LOG_FILE}.`);
}

async function spawnMain(
  args: readonly string[],
  databaseUrl: string,
  dataDirectory: string,
  settings: Settings = {},
): Promise<ChildProcess> {
  await mkdir(BENCH_FOLDER, { recursive: true });
  const log = openSync(LOG_FILE, "a");
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    stdio: ["ignore", "pipe", log],
    // Nothing of the caller's environment: a setting left there would be measured.
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      DATA_DIRECTORY: dataDirectory,
      PORT: "0",
      SFTP_PORT: "0",
      LOG_LEVEL: "warn",
      ...NODE_SETTINGS,
      ...settings,
    },
  });
  closeSync(log);
  return child;
}

/** The address is in what the gateway prints once it listens. */
async function readUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk;
    const url = /https:\/\/localhost:\d+/.exec(output)?.[0];
    if (url) resolve(url);
  });
  child.once("exit", (code) => reject(new BenchError(`The gateway did not start (${code}): see ${LOG_FILE}.`)));
  child.once("error", reject);
  const timer = setTimeout(() => reject(new BenchError("The gateway did not start in time.")), START_TIMEOUT_MS);
  return promise.finally(() => clearTimeout(timer));
}

export interface ClientIdentity {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Signs the assertions for which the client gets its tokens. */
  readonly assertionKey: Buffer;
}

/** The first development insurer, whose enterprise number generated files carry by default. */
export async function readClientIdentity(dataDirectory: string): Promise<ClientIdentity> {
  const read = (name: string) => readFile(join(dataDirectory, "certificates", name));
  const [ca, cert, key, assertionKey] = await Promise.all(
    ["ca.pem", "client-alpha.pem", "client-alpha-key.pem", "client-alpha-assertion-key.pem"].map(read),
  );
  return { ca: ca!, cert: cert!, key: key!, assertionKey: assertionKey! };
}
