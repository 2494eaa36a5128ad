import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Sql } from "../../src/database/sql.ts";

export const INFOSS = fileURLToPath(new URL("../../src/infoss.ts", import.meta.url));

/** Each command is a process: without this, most of its time would go to reading the same modules again. */
export const COMPILED = mkdtempSync(join(tmpdir(), "infoss-compiled-"));
const AUDIT_KEY_FILE = join(COMPILED, "audit-key");
writeFileSync(AUDIT_KEY_FILE, randomBytes(32), { mode: 0o600 });
process.once("exit", () => rmSync(COMPILED, { recursive: true, force: true }));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a process with these settings alone; `input` is its standard input. */
export async function runInfossProcess(
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
  input = "",
): Promise<Ran> {
  const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...settings };
  const child = spawn(process.execPath, [INFOSS, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { status: child.exitCode, stdout, stderr };
}

/** Runs a command on the database of `sql`; its words are split at spaces, `more` follow as they are. */
export function createInfoss(sql: Sql, settings: Readonly<Record<string, string>> = {}) {
  const DATABASE_URL = addressOf(sql);
  return (words: string, ...more: string[]): Promise<Ran> =>
    runInfossProcess({ DATABASE_URL, AUDIT_KEY_FILE, ...settings }, [...words.split(" "), ...more]);
}

/** The address that a client of the driver was made with. */
export function addressOf(sql: Sql): string {
  const { host, port, database, user, pass } = sql.options;
  return `postgres://${user}:${String(pass)}@${host[0]}:${port[0]}/${database}`;
}
