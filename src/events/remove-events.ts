import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Database } from "../database/connection.ts";
import type { TransactionSql } from "../database/sql.ts";
import { placeEvents } from "./feed.ts";

export interface EventRemoval {
  /** Finishes the insurer at hand, then ends. */
  stop(): Promise<void>;
}

export interface EventRemovalOptions {
  readonly database: Database;
  readonly log: Pick<Logger, "warn">;
  /** How long events are kept. */
  readonly retentionMs: number;
  readonly intervalMs?: number;
}

const HOUR_MS = 3_600_000;

/** Removes once an hour, beginning now, the events that had their time. Any number of processes may do so. */
export function startEventRemoval(options: EventRemovalOptions): EventRemoval {
  const stopping = new AbortController();
  const removing = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await removeEvents(options, new Date(), stopping.signal);
      } catch (err) {
        options.log.warn({ code: "eventRemovalFailed", err }, "old events could not be removed; tried again later");
      }
      await sleep(options.intervalMs ?? HOUR_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await removing;
    },
  };
}

/** Removes what is older than the retention at `now`, from the beginning of each feed up to the first that is not. */
export async function removeEvents(
  { database, retentionMs }: Pick<EventRemovalOptions, "database" | "retentionMs">,
  now: Date,
  signal?: AbortSignal,
): Promise<void> {
  const before = new Date(now.getTime() - retentionMs);
  const insurers = await database.institute<{ insurerId: number }[]>`select insurer_id as "insurerId" from insurer`;
  for (const { insurerId } of insurers) {
    if (signal?.aborted) return;
    await database.asInsurer(insurerId).run((tx) => removeOf(tx, insurerId, before));
  }
}

async function removeOf(tx: TransactionSql, insurerId: number, before: Date): Promise<void> {
  // What nobody has read yet is counted too: a reader that comes too late is to learn that it missed something.
  while ((await placeEvents(tx, insurerId)) > 0);
  const [feed] = await tx<{ until: number; removed: number }[]>`
    select coalesce((select position - 1 from event
      where insurer_id = ${insurerId} and position is not null and occurred_at >= ${before}
      order by position limit 1), last_position) as until, removed_position as removed
    from event_feed where insurer_id = ${insurerId} for update`;
  if (!feed || feed.until <= feed.removed) return;
  await tx`delete from event where insurer_id = ${insurerId} and position <= ${feed.until}`;
  await tx`update event_feed set removed_position = ${feed.until} where insurer_id = ${insurerId}`;
}
