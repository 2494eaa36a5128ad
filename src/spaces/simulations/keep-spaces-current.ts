import type { Logger } from "pino";
import type { BusinessClock } from "../../clock.ts";
import { runTransaction } from "../../database/run-transaction.ts";
import type { Sql } from "../../database/sql.ts";
import { type RepeatedWork, startRepeating } from "../../repeated-work.ts";
import { addDays } from "../space-days.ts";
import { followDay } from "./follow-day.ts";
import { lockSpace } from "./simulated-space.ts";
import { markSimulation } from "./simulation-orders.ts";

export interface SpaceKeeping {
  /** Role `infoss_institute`. */
  readonly institute: Sql;
  readonly clock: BusinessClock;
}

export interface SpaceKeeperOptions extends SpaceKeeping {
  readonly log: Pick<Logger, "warn">;
  readonly intervalMs?: number;
}

const INTERVAL_MS = 10_000;
const RETRY_MS = 60_000;

/** Validation only: with each real day the spaces that are ahead come a day further. Any number of processes may do so. */
export function startKeepingSpaces(options: SpaceKeeperOptions): RepeatedWork {
  const { log, intervalMs = INTERVAL_MS } = options;
  return startRepeating({
    ...{ intervalMs, retryMs: RETRY_MS },
    work: (signal) => followDays(options, signal),
    onTrouble: (err) =>
      log.warn({ code: "spacesNotFollowed", err }, "spaces could not be brought to their day; tried again soon"),
  });
}

/** Brings every living space to its day, each in one transaction; answers how many were behind. */
export async function followDays({ institute, clock }: SpaceKeeping, signal?: AbortSignal): Promise<number> {
  const today = clock.today();
  const behind = await institute<{ insurerId: number }[]>`
    select insurer_id as "insurerId" from space
    where ended_at is null and followed_on < ${today}::date + business_days_ahead order by insurer_id`;
  let followed = 0;
  for (const { insurerId } of behind) {
    if (signal?.aborted) break;
    await runTransaction(institute, async (tx) => {
      await markSimulation(tx);
      const space = await lockSpace(tx, insurerId, today);
      await tx`update space set followed_on = ${addDays(today, space.daysAhead)} where insurer_id = ${insurerId}`;
      await followDay(tx, space, "system");
    });
    followed += 1;
  }
  return followed;
}
