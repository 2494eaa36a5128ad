import { existsSync } from "node:fs";
import { createDatabase, type Database } from "../database/connection.ts";
import { startEmbeddedDatabase } from "../database/embedded-database.ts";
import { CommandRefused, type OperatorSettings } from "./operator-surroundings.ts";

/** Where a command would act, as operators know it; no password. */
export function describeDatabase({ databaseUrl, databaseFolder }: OperatorSettings): string {
  if (databaseUrl === undefined) return `embedded database in ${databaseFolder}`;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `database ${decodeURIComponent(pathname.slice(1)) || "postgres"} at ${hostname}:${port || 5432}`;
}

/** Runs `work` on the database of the settings: the embedded one is started for it, so its gateway must not run. */
export async function withDatabase<T>(
  settings: OperatorSettings,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const { databaseUrl, databaseFolder } = settings;
  if (databaseUrl !== undefined) return await withConnections(databaseUrl, work);
  if (!existsSync(databaseFolder)) {
    throw new CommandRefused(
      `There is no embedded database in ${databaseFolder}: start the gateway once, or set DATABASE_URL.`,
    );
  }
  const embedded = await startEmbeddedDatabase(databaseFolder);
  try {
    // Loaded here only: with its library it takes longer than all the rest of a command.
    const { migrate } = await import("../database/migrate.ts");
    await migrate(embedded.url);
    return await withConnections(embedded.url, work);
  } finally {
    await embedded.stop();
  }
}

async function withConnections<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = createDatabase(url);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
