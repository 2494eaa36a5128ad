import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "../bench-error.ts";

const SCHEMA = fileURLToPath(new URL("../../schemas/contract-file/1/contract-file.xsd", import.meta.url));
const TWIN_TABLES = fileURLToPath(new URL("twin-tables.sql", import.meta.url));
const COPY_ROWS = fileURLToPath(new URL("copy-rows.sql", import.meta.url));

const DEBIAN_PACKAGES = { xmllint: "libxml2-utils", psql: "postgresql-client" } as const;
type FloorProgram = keyof typeof DEBIAN_PACKAGES;

export interface FloorTimes {
  readonly validateMs: number;
  readonly copyMs: number;
}

/** Throws a BenchError that says what to install. */
export async function requireFloorPrograms(): Promise<void> {
  for (const program of ["xmllint", "psql"] as const) await runProgram(program, ["--version"], {});
}

/** Makes the twin tables anew, empty: not timed. `databaseUrl` is a superuser's. */
export async function createTwinTables(databaseUrl: string): Promise<void> {
  await runPsql(databaseUrl, TWIN_TABLES, process.cwd());
}

/**
 * What the fastest tools of the trade need for the same work: `xmllint` validates the file as a stream, then `psql`
 * copies the rows, prepared as CSV in `folder`, into the twin tables.
 */
export async function runFloor(databaseUrl: string, folder: string, contractFile: string): Promise<FloorTimes> {
  const validateMs = await validateByFloor(contractFile);
  const start = performance.now();
  await runPsql(databaseUrl, COPY_ROWS, folder);
  return { validateMs, copyMs: performance.now() - start };
}

/** Milliseconds in which `xmllint` validates the file against the schema as a stream. */
export async function validateByFloor(contractFile: string): Promise<number> {
  const start = performance.now();
  await runProgram("xmllint", ["--noout", "--stream", "--schema", SCHEMA, contractFile], {});
  return performance.now() - start;
}

/** Runs a script of psql in `cwd`, whole or not at all. */
export async function runPsql(databaseUrl: string, script: string, cwd: string): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  // In the environment: an argument would show the password to every user of the machine.
  const connection = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
    PGOPTIONS: "-c client_min_messages=warning",
  };
  const flags = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file", script];
  await runProgram("psql", flags, { cwd, env: { ...process.env, ...connection } });
}

async function runProgram(program: FloorProgram, flags: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }) {
  const child = spawn(program, flags, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (output.length < 4_000) output += chunk;
  });
  const [code] = await once(child, "close").catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    const debianPackage = DEBIAN_PACKAGES[program];
    throw new BenchError(
      `${program} is not installed, and the floor needs it: install the Debian package ${debianPackage} ` +
        `(apt-get install ${debianPackage}).`,
    );
  });
  if (code !== 0) throw new BenchError(`The floor failed: ${program} ended with ${code}.\n${output.trim()}`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
