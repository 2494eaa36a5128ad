import { fileURLToPath } from "node:url";
import { withClient } from "../bench-database.ts";
import { runPsql } from "../floor/run-floor.ts";
import { loadRegister } from "../gateway.ts";
import type { LoadStage } from "../measure-load.ts";
import { hashOf, prepareFiles } from "../prepared-files.ts";
import { settleStore } from "../settle-store.ts";

const STORE = fileURLToPath(new URL("store.sql", import.meta.url));
const SEED = 5;

export interface HistoryStore {
  /** Name of the prepared database. */
  readonly name: string;
  readonly contracts: number;
  readonly versions: number;
}

/**
 * Prepares a database in which one insurer holds `contracts` contracts with about ten versions each, and the register of
 * their providers. Made anew whenever the tables have changed.
 */
export async function prepareHistory(stage: LoadStage, contracts: number): Promise<HistoryStore> {
  const files = await prepareFiles({ records: contracts, seed: SEED, reference: "HISTORY-0" });
  const writers = [
    "drizzle",
    "src/register",
    "src/identity",
    "src/advantage",
    "bench/settle-store.ts",
    "bench/history/store.sql",
  ];
  const name = `history_${contracts}_${await hashOf(writers, files.sha256.toString("hex"))}`;
  await stage.database.prepare(name, async (url) => {
    await loadRegister(url, stage.dataDirectory, files.registerFile);
    // Before the contracts as well, as a gateway does: premium years are then looked at while there are none.
    await settleStore(url);
    await runPsql(url, STORE, files.folder);
    await settleStore(url);
  });
  const versions = await withClient(stage.database.urlOf(name), async (sql) => {
    const [row] = await sql<{ count: number }[]>`
      select reltuples::int as count from pg_class where oid = 'contract_version'::regclass`;
    return row!.count;
  });
  return { name, contracts, versions };
}
