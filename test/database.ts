import { randomUUID } from "node:crypto";
import type { Test } from "tap";
import { createDatabase, type Database } from "../src/database/connection.ts";
import { postgres } from "../src/database/driver.ts";
import { migrate } from "../src/database/migrate.ts";
import type { Sql } from "../src/database/sql.ts";
import { loadCompetenceCodes } from "../src/register/load-register.ts";

const TEMPLATE = "infoss_template";

/** Migrates and seeds the database that every test file clones. */
export async function createTemplate(serverUrl: string): Promise<void> {
  await runOnServer(serverUrl, `create database ${TEMPLATE}`);
  const url = databaseUrl(serverUrl, TEMPLATE);
  await migrate(url);
  const database = createDatabase(url);
  await loadCompetenceCodes(database.institute);
  await database.close();
}

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** The owner of the tables, whom row-level security does not bind: for tests that look behind it. */
  readonly owner: Sql;
}

/** A database of its own for one test file, cloned from the template and dropped when the test ends. */
export async function createTestDatabase(t: Test): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_DATABASE_URL;
  if (!serverUrl) throw new Error("there is no test database: run tests by `npm test -- test/some.test.ts`");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await runOnServer(serverUrl, `create database ${name} template ${TEMPLATE} strategy file_copy`);
  const url = databaseUrl(serverUrl, name);
  const database = createDatabase(url);
  const owner = connectAsOwner(url);
  t.teardown(async () => {
    await Promise.all([database.close(), owner.end()]);
    await runOnServer(serverUrl, `drop database ${name} with (force)`);
  });
  return { url, database, owner };
}

async function runOnServer(url: string, statement: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client.unsafe(statement);
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Whom row-level security does not bind. */
export function connectAsOwner(url: string): Sql {
  return postgres(url, {
    max: 8,
    onnotice: () => {},
    types: {
      int8: { to: 20, from: [20], parse: Number, serialize: String },
      date: { to: 1082, from: [1082], parse: (text: string) => text, serialize: (text: string) => text },
    },
  });
}
