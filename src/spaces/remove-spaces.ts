import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { lockProjections } from "../advantage/project-advantages.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { endAccount } from "./end-account.ts";

/** An account that has expired can still be renewed for so long. */
const RENEWABLE_DAYS = 7;
/** What began in a space before it ended, or makes one, is over by then. */
const REST_MINUTES = 60;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Rows of a transaction: none holds its locks for long, and what dies loses no more. */
const BATCH_ROWS = 10_000;

/**
 * What of a space takes room, or would count for whoever gets its numbers. Submissions, events, payments and the audit trail
 * stay. Row-level security lets the institute delete of spaces that have ended, and of nobody else.
 */
const REMOVED_TABLES = [
  "contract_version",
  "contract",
  "social_advantage",
  "simulation_order",
  "record_result",
  "quiet_result_block",
  "submission_payload",
] as const;

export interface SpaceRemoval {
  /** Finishes the transaction at hand, then ends. */
  stop(): Promise<void>;
}

export interface SpaceRemovalOptions {
  /** Role `infoss_institute`. */
  readonly institute: Sql;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly intervalMs?: number;
}

/** Validation only: removes once a minute, beginning now, what is over. Any number of processes may do so. */
export function startRemovingSpaces({ institute, log, intervalMs = MINUTE_MS }: SpaceRemovalOptions): SpaceRemoval {
  const stopping = new AbortController();
  const removing = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const count = await removeSpaces(institute, { signal: stopping.signal });
        if (count.ended + count.removed > 0)
          log.info({ code: "spacesRemoved", ...count }, "spaces that are over are removed");
      } catch (err) {
        log.warn({ code: "spacesNotRemoved", err }, "spaces could not be removed; tried again later");
      }
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await removing;
    },
  };
}

export interface RemovalRound {
  readonly now?: Date;
  readonly batchRows?: number;
  readonly signal?: AbortSignal;
}

/**
 * Ends the accounts that were not renewed and removes what spaces that have ended held, batch by batch; their numbers are
 * free once all is gone. What dies in between is taken up by the next round. Answers what this round ended and removed.
 */
export async function removeSpaces(
  institute: Sql,
  { now = new Date(), batchRows = BATCH_ROWS, signal }: RemovalRound = {},
): Promise<{ ended: number; removed: number }> {
  const ended = await endExpired(institute, new Date(now.getTime() - RENEWABLE_DAYS * DAY_MS));
  const endedBefore = new Date(now.getTime() - REST_MINUTES * MINUTE_MS);
  const over = await institute<{ insurerId: number }[]>`
    select insurer_id as "insurerId" from space where removed_at is null and ended_at < ${endedBefore}
    order by ended_at, insurer_id`;
  let removed = 0;
  for (const { insurerId } of over) {
    let step: Step = "more";
    while (step === "more" && !signal?.aborted) {
      step = await runTransaction(institute, (tx) => removeBatch(tx, insurerId, batchRows));
    }
    if (signal?.aborted) break;
    if (step === "empty" && (await runTransaction(institute, (tx) => freeNumbers(tx, insurerId)))) removed += 1;
  }
  return { ended, removed };
}

async function endExpired(institute: Sql, expiredBefore: Date): Promise<number> {
  const expired = await institute<{ accountId: string }[]>`
    select account_id as "accountId" from space_account where ended_at is null and expires_at < ${expiredBefore}`;
  let ended = 0;
  for (const { accountId } of expired) {
    const isEnded = await runTransaction(institute, async (tx) => {
      // It may be renewed at this very moment.
      const [account] = await tx<{ accountId: string; clientId: string }[]>`
        select account_id as "accountId", client_id as "clientId" from space_account
        where account_id = ${accountId} and ended_at is null and expires_at < ${expiredBefore} for no key update`;
      if (!account) return false;
      const [living] = await tx<{ insurerId: number }[]>`
        select insurer_id as "insurerId" from space where account_id = ${accountId} and ended_at is null`;
      await endAccount(tx, { ...account, insurerId: living?.insurerId ?? null });
      return true;
    });
    if (isEnded) ended += 1;
  }
  return ended;
}

/** `left`: another process is at it, or its submissions have not all ended. */
type Step = "more" | "empty" | "left";

async function removeBatch(tx: TransactionSql, insurerId: number, batchRows: number): Promise<Step> {
  if (!(await takeSpace(tx, insurerId))) return "left";
  let room = batchRows;
  for (const table of REMOVED_TABLES) {
    room -= await deleteRows(tx, table, insurerId, room);
    if (room <= 0) return "more";
  }
  return "empty";
}

/** The space while this transaction lasts, and behind whatever is merged there; false: leave it for later. */
async function takeSpace(tx: TransactionSql, insurerId: number): Promise<boolean> {
  const [space] = await tx`
    select from space s where s.insurer_id = ${insurerId} and s.removed_at is null and not exists (
      select from submission b where b.insurer_id = s.insurer_id and b.state in ('received', 'processing'))
    for update of s skip locked`;
  if (!space) return false;
  await tx`update insurer set phase = 'suspended' where insurer_id = ${insurerId} and phase <> 'suspended'`;
  await tx`select from insurer where insurer_id = ${insurerId} for no key update`;
  return true;
}

async function deleteRows(tx: TransactionSql, table: string, insurerId: number, limit: number): Promise<number> {
  const { count } = await tx`
    delete from ${tx(table)} where ctid = any(array(
      select ctid from ${tx(table)} where insurer_id = ${insurerId} limit ${limit}))`;
  return count;
}

/** Whoever projects what insurers see may have written behind the last batch: from here on there is no contract to project. */
async function freeNumbers(tx: TransactionSql, insurerId: number): Promise<boolean> {
  await lockProjections(tx);
  if ((await removeBatch(tx, insurerId, BATCH_ROWS)) !== "empty") return false;
  await tx`update space set removed_at = clock_timestamp() where insurer_id = ${insurerId}`;
  return true;
}
