import { fileURLToPath } from "node:url";
import { evaluateWhatIsDue } from "../../src/advantage/keep-evaluated.ts";
import { projectWhatIsDue } from "../../src/advantage/keep-projected.ts";
import { loadRulesInForce } from "../../src/advantage/rules-in-force.ts";
import { createBusinessClock } from "../../src/clock.ts";
import { createDatabase } from "../../src/database/connection.ts";
import { withClient } from "../bench-database.ts";
import { runPsql } from "../floor/run-floor.ts";
import { loadRegister } from "../gateway.ts";
import type { LoadStage } from "../measure-load.ts";
import { hashOf, prepareFiles } from "../prepared-files.ts";

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
  const writers = ["drizzle", "src/register", "src/identity", "src/advantage", "bench/history/store.sql"];
  const name = `history_${contracts}_${await hashOf(writers, files.sha256.toString("hex"))}`;
  await stage.database.prepare(name, async (url) => {
    await loadRegister(url, stage.dataDirectory, files.registerFile);
    await runPsql(url, STORE, files.folder);
    await evaluatePortfolio(url);
  });
  const versions = await withClient(stage.database.urlOf(name), async (sql) => {
    const [row] = await sql<{ count: number }[]>`
      select reltuples::int as count from pg_class where oid = 'contract_version'::regclass`;
    return row!.count;
  });
  return { name, contracts, versions };
}

/** What a gateway does in the background of contracts it has not seen: done before, so that only what a delta changes is left. */
async function evaluatePortfolio(url: string): Promise<void> {
  const database = createDatabase(url);
  try {
    const { institute } = database;
    const loadRules = async () => (await loadRulesInForce(institute)).years;
    const source = { institute, clock: createBusinessClock(), loadRules };
    await evaluateWhatIsDue(source);
    await projectWhatIsDue(source);
  } finally {
    await database.close();
  }
}
