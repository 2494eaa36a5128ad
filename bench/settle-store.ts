import { evaluateWhatIsDue } from "../src/advantage/keep-evaluated.ts";
import { projectWhatIsDue } from "../src/advantage/keep-projected.ts";
import { loadRulesInForce } from "../src/advantage/rules-in-force.ts";
import { createBusinessClock } from "../src/clock.ts";
import { createDatabase } from "../src/database/connection.ts";

/**
 * What a gateway does in the background of a register and of contracts that it has not seen: done before, so that a benchmark
 * measures only what it sends.
 */
export async function settleStore(url: string): Promise<void> {
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
