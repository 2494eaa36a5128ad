import { rmSync } from "node:fs";
import type { Test } from "tap";
import { createDatabase } from "../../src/database/connection.ts";
import { startEmbeddedDatabase } from "../../src/database/embedded-database.ts";
import { migrate } from "../../src/database/migrate.ts";
import { loadCompetenceCodes } from "../../src/register/load-register.ts";
import { connectAsOwner } from "../database.ts";

/** A migrated PostgreSQL of the test's own, with its data in `folder`. */
export async function openOwnDatabase(t: Test, folder: string, settings: Readonly<Record<string, string>> = {}) {
  let server = await startEmbeddedDatabase(folder, { settings });
  const { url, port } = server;
  t.teardown(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await migrate(url);
  const database = createDatabase(url);
  t.teardown(() => database.close());
  await loadCompetenceCodes(database.institute);
  const owner = connectAsOwner(url);
  t.teardown(() => owner.end());
  return {
    url,
    database,
    owner,
    async restart() {
      await server.stop();
      server = await startEmbeddedDatabase(folder, { port, settings });
    },
  };
}
