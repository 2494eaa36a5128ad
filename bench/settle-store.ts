import { evaluateWhatIsDue } from "../src/advantage/keep-evaluated.ts";
import { projectWhatIsDue } from "../src/advantage/keep-projected.ts";
import { loadRulesInForce } from "../src/advantage/rules-in-force.ts";
import { createBusinessClock } from "../src/clock.ts";
import { createDatabase, type Database } from "../src/database/connection.ts";
import { readFeedEnds } from "../src/events/feed.ts";
import { recheckWaiting } from "../src/intake/recheck-contracts.ts";
import { seedSharedNumbers } from "../src/spaces/numbers/seed-numbers.ts";

/**
 * What a gateway does at its first start and in the background of a register and of contracts that it has not seen: done
 * before, so that a benchmark measures only what it sends.
 */
export async function settleStore(url: string): Promise<void> {
  const database = createDatabase(url);
  try {
    const { institute } = database;
    const loadRules = async () => (await loadRulesInForce(institute)).years;
    const clock = createBusinessClock();
    const source = { institute, clock, loadRules };
    await seedSharedNumbers(institute, clock.today());
    await recheckWaiting({ database, environmentName: "validation" });
    await evaluateWhatIsDue(source);
    await projectWhatIsDue(source);
    await noteStatusFiles(database, clock.today());
    await placeAllEvents(database);
  } finally {
    await database.close();
  }
}

/** The files of status of the day were written and fetched, some by the gateway that made the store. */
async function noteStatusFiles({ institute }: Database, today: string): Promise<void> {
  await institute`
    insert into status_file (insurer_id, account_name, day, kind, known_at)
    select distinct insurer_id, account_name, ${today}::date, 'changes', date_trunc('milliseconds', clock_timestamp())
    from sftp_account join client_grant using (client_id)
    on conflict do nothing`;
}

/** As whoever reads a feed does. */
async function placeAllEvents({ institute, asInsurer }: Database): Promise<void> {
  const insurers = await institute<{ insurerId: number }[]>`select insurer_id as "insurerId" from insurer`;
  for (const { insurerId } of insurers) await asInsurer(insurerId).run((tx) => readFeedEnds(tx, insurerId));
}
