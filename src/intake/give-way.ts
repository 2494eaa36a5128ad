import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "../database/sql.ts";
import type { TransferSlots } from "./transfer-slots.ts";

const LOOK_MS = 500;
/** Where submissions never cease, what goes on in the background must not wait for ever. */
const PATIENCE_MS = 3_000;

/**
 * For long work in the background: waits while receipts are awaited in this process or submissions are received or processed by
 * any, but three seconds at most. `sql` is the institute's.
 */
export async function giveWayToSubmissions(sql: Sql, transfers: TransferSlots, signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!signal.aborted && performance.now() < until) {
    await transfers.untilQuiet(LOOK_MS);
    const [intake] = await sql<{ isBusy: boolean }[]>`
      select exists (select from submission where state in ('received', 'processing')) as "isBusy"`;
    if (!intake!.isBusy) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}
