import { LRUCache } from "lru-cache";
import type { BusinessClock, InsurersClock } from "../clock.ts";
import type { Database } from "../database/connection.ts";
import { shieldQuery } from "../database/tenant-scope.ts";
import { addDays } from "./space-days.ts";

/** A space is made together with its insurer, so an insurer without one keeps none; a little time, for who admits by hand. */
const WITHOUT_SPACE_MS = 5_000;
const MAXIMUM_INSURERS = 10_000;

const FIND_DAYS_AHEAD = shieldQuery(`select business_days_ahead as "daysAhead" from space where insurer_id = $1::int`);

/**
 * The clock of validation: a space is as many days ahead of `clock` as it was moved. Asked of the database each time, so
 * that every process has the new day at once.
 */
export function createSpaceClock(clock: BusinessClock, database: Pick<Database, "asInsurer">): InsurersClock {
  const withoutSpace = new LRUCache<number, true>({ max: MAXIMUM_INSURERS, ttl: WITHOUT_SPACE_MS });
  return {
    today: () => clock.today(),
    async todayOf(insurerId) {
      if (withoutSpace.has(insurerId)) return clock.today();
      const space = await database.asInsurer(insurerId).find<{ daysAhead: number }>(FIND_DAYS_AHEAD);
      if (!space) withoutSpace.set(insurerId, true);
      return addDays(clock.today(), space?.daysAhead ?? 0);
    },
  };
}
