import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { postgres } from "./driver.ts";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../drizzle", import.meta.url));
/** Any number that nothing else locks: only one process migrates at a time. */
const MIGRATION_LOCK = 7_249_001;

/** Applies the migrations of `drizzle/` that the database does not have yet. Safe to call from several processes at once. */
export async function migrate(url: string): Promise<void> {
  // Not imported: as an ES module drizzle costs 200 MB and two seconds at start, through `require` 30 MB (docs/performance.md).
  const require = createRequire(import.meta.url);
  const { drizzle } = require("drizzle-orm/postgres-js") as typeof import("drizzle-orm/postgres-js");
  const migrator = require("drizzle-orm/postgres-js/migrator") as typeof import("drizzle-orm/postgres-js/migrator");
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrator.migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    await client.end();
  }
}
