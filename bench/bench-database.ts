import { join } from "node:path";
import postgres from "postgres";
import { startEmbeddedDatabase } from "../src/database/embedded-database.ts";
import { BENCH_FOLDER } from "./prepared-files.ts";

const RUN_PREFIX = "run_";

/** A PostgreSQL of the benchmarks' own, whose prepared databases are kept from run to run. */
export interface BenchDatabase {
  /** `PostgreSQL 18.4` */
  readonly version: string;
  /** Makes the database `name` by `fill` unless it was made before; it is vacuumed and analysed, then left alone. */
  prepare(name: string, fill: (url: string) => Promise<void>): Promise<void>;
  /** Runs `use` on a new copy of a prepared database, or on an empty one, and drops it afterwards. */
  withCopy<Result>(template: string | undefined, use: (url: string) => Promise<Result>): Promise<Result>;
  /** Address of a prepared database, for what changes nothing in it. */
  urlOf(name: string): string;
  /** Runs `use`, which only reads, on a prepared database itself: it may be too large to copy. */
  read<Result>(name: string, use: (url: string) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

export async function startBenchDatabase(settings: Readonly<Record<string, string>> = {}): Promise<BenchDatabase> {
  const server = await startEmbeddedDatabase(join(BENCH_FOLDER, "database"), { settings });
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  const urlOf = (name: string) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const drop = (name: string) => admin`drop database if exists ${admin(name)} with (force)`;
  const create = (name: string, template: string) =>
    admin`create database ${admin(name)} template ${admin(template)} strategy file_copy`;
  const listNames = async () =>
    (await admin<{ datname: string }[]>`select datname from pg_database`).map((row) => row.datname);
  // Left behind by a run that was cut off.
  for (const name of await listNames()) if (name.startsWith(RUN_PREFIX)) await drop(name);
  const [{ version } = { version: "PostgreSQL" }] = await admin<
    { version: string }[]
  >`select split_part(version(), ' on ', 1) as version`;
  let copies = 0;
  return {
    version,
    urlOf,
    async prepare(name, fill) {
      if ((await listNames()).includes(name)) return;
      process.stderr.write(`preparing the database ${name}\n`);
      const unfinished = `${RUN_PREFIX}${name}`;
      await create(unfinished, "template1");
      await fill(urlOf(unfinished));
      await settle(urlOf(unfinished));
      await admin`alter database ${admin(unfinished)} rename to ${admin(name)}`;
    },
    async withCopy(template, use) {
      copies += 1;
      const name = `${RUN_PREFIX}${copies}`;
      await create(name, template ?? "template1");
      try {
        // Whatever was written before is on disk: the measured work pays for its own pages only.
        await admin`checkpoint`;
        return await use(urlOf(name));
      } finally {
        await drop(name);
      }
    },
    read: (name, use) => use(urlOf(name)),
    async stop() {
      await admin.end();
      await server.stop();
    },
  };
}

/** So that no autovacuum starts beside the work that is measured on a copy. */
async function settle(url: string): Promise<void> {
  await withClient(url, (sql) => sql`vacuum (freeze, analyze)`);
}

export async function withClient<Result>(url: string, use: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
}
