import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedDatabaseError } from "./embedded-database-error.ts";
import type { PostgresAccount } from "./postgres-account.ts";

const READY_POLL_MS = 15;
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const LOG_TAIL_LINES = 15;

/** The whole environment of PostgreSQL's programs: messages in one language, nothing of ours. */
const ENVIRONMENT = { LC_ALL: "C", PATH: "/usr/local/bin:/usr/bin:/bin" };

export interface PostgresProcess {
  stop(): Promise<void>;
}

export interface PostgresStart {
  readonly account: PostgresAccount;
  readonly program: string;
  readonly flags: readonly string[];
  /** The data folder, absolute. */
  readonly data: string;
  /** Emptied at each start. */
  readonly logFile: string;
}

/** Runs a program of PostgreSQL to its end; throws EmbeddedDatabaseError with what it printed when it fails. */
export async function runPostgresProgram(account: PostgresAccount, program: string, flags: string[]): Promise<void> {
  const [command = program, ...rest] = [...account.prefix, program, ...flags];
  const child = spawn(command, rest, { ...account.identity, cwd: "/", env: ENVIRONMENT, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const [code] = await once(child, "close").catch((error: unknown) => [String(error)]);
  if (code !== 0) throw new EmbeddedDatabaseError(`${program} failed (${code}):\n${lastLines(output)}`);
}

/** Starts PostgreSQL and waits until it takes connections; answers the end of its log when it ended instead. */
export async function startPostgres(start: PostgresStart): Promise<PostgresProcess | { readonly log: string }> {
  const { account, logFile } = start;
  const log = openSync(logFile, "w", 0o600);
  const [command = start.program, ...rest] = [...account.prefix, start.program, ...start.flags];
  // Detached: Ctrl-C in a terminal signals a whole group, and the gateway still needs its database while it stops.
  const options = { ...account.identity, cwd: "/", env: ENVIRONMENT, detached: true };
  const child = spawn(command, rest, { ...options, stdio: ["ignore", log, log] });
  closeSync(log);
  const ended: Promise<string> = once(child, "exit").then(() => "", String);
  const stopWithUs = () => child.kill("SIGINT");
  process.once("exit", stopWithUs);
  const impatience = new AbortController();
  const failure = ended.then(async (reason) => ({ log: lastLines(reason + (await readFile(logFile, "utf8"))) }));
  const ready = waitUntilReady(child, start.data, impatience.signal);
  const outcome = await Promise.race([ready, failure]).finally(() => impatience.abort());
  if (outcome === "ready") {
    child.unref();
    return { stop: () => stop(child, ended).finally(() => process.off("exit", stopWithUs)) };
  }
  if (outcome === "timeout") await stop(child, ended);
  process.off("exit", stopWithUs);
  return failure;
}

async function waitUntilReady(child: ChildProcess, data: string, ended: AbortSignal): Promise<"ready" | "timeout"> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline && !ended.aborted; ) {
    const running = await readPostmasterFile(data);
    if (running?.pid === child.pid && running?.status === "ready") return "ready";
    await delay(READY_POLL_MS);
  }
  return "timeout";
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.ref();
  child.kill("SIGINT");
  const patience = new AbortController();
  const impatient = delay(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).then(
    () => child.kill("SIGQUIT"),
    () => {},
  );
  await Promise.race([ended, impatient]);
  await ended;
  patience.abort();
}

/**
 * Ends the database that a killed process left running on `data`, whose folder the caller has locked. Removes the mark
 * of a database that ended without a goodbye, when its process number now belongs to somebody else.
 */
export async function stopOrphan(data: string): Promise<void> {
  const left = await readPostmasterFile(data);
  if (left === undefined || !isAlive(left.pid)) return;
  const isOurs = await runsIn(left.pid, data);
  if (isOurs === false) return rm(join(data, "postmaster.pid"), { force: true });
  if (isOurs === undefined) return;
  process.kill(left.pid, "SIGINT");
  if (await leavesWithin(left.pid, data, STOP_TIMEOUT_MS)) return;
  process.kill(left.pid, "SIGQUIT");
  if (await leavesWithin(left.pid, data, STOP_TIMEOUT_MS)) return;
  throw new EmbeddedDatabaseError(`Process ${left.pid} still runs the database in ${data}. End it, then start again.`);
}

/** PostgreSQL works from inside its data folder, which tells it apart; undefined where that cannot be seen. */
async function runsIn(pid: number, data: string): Promise<boolean | undefined> {
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder === undefined ? undefined : folder === (await realpath(data));
}

/** Looks at the folder it works in, not at its number, which it keeps after its end until its parent takes notice. */
async function leavesWithin(pid: number, data: string, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await delay(READY_POLL_MS)) {
    if (!(await runsIn(pid, data))) return true;
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Reads the lines of postmaster.pid that matter: 1 process number, 8 status. */
async function readPostmasterFile(data: string): Promise<{ pid: number; status: string } | undefined> {
  const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => undefined);
  const lines = text?.split("\n");
  const pid = Number(lines?.[0]);
  return pid > 0 ? { pid, status: lines?.[7]?.trim() ?? "" } : undefined;
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
}
