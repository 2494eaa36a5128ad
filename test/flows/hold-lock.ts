import type { Sql, TransactionSql } from "../../src/database/sql.ts";
import { type Insurer, until } from "./open-intake.ts";

/** Takes a lock on a connection of its own and keeps it until the function returned is called. */
export async function holdLock(
  owner: Sql,
  take: (tx: TransactionSql) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const taken = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const held = owner.begin(async (tx) => {
    await take(tx);
    taken.resolve();
    await released.promise;
  });
  held.catch(taken.reject);
  await taken.promise;
  return async () => {
    released.resolve();
    await held;
  };
}

/** Stops every merge of the insurer in front of its beginning; files are still received. */
export function holdMerges(owner: Sql, insurer: Insurer): Promise<() => Promise<void>> {
  return holdLock(owner, (tx) => tx`select 1 from insurer where insurer_id = ${insurer.insurerId} for no key update`);
}

/** Waits until as many connections of the database wait for a lock. */
export async function untilLocksAreAwaited(owner: Sql, count: number): Promise<void> {
  await until(async () => {
    const [row] = await owner<{ waiting: number }[]>`
      select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return row!.waiting === count;
  });
}
