import type { Sql, TransactionSql } from "../database/sql.ts";
import type { DropState, KnownDrop, SeenFile } from "./drop.ts";

interface DropRow {
  readonly name: string;
  readonly state: DropState;
  readonly seen: SeenFile[];
  readonly firstSeenAt: Date;
  readonly changedAt: Date;
  readonly sha256: Buffer | null;
  readonly attempts: number;
  readonly retryAt: Date | null;
}

export async function listDrops(sql: Sql, accountName: string): Promise<KnownDrop[]> {
  const rows = await sql<DropRow[]>`
    select name, state, seen, first_seen_at as "firstSeenAt", changed_at as "changedAt", sha256, attempts,
      retry_at as "retryAt"
    from exchange_drop where account_name = ${accountName}`;
  return rows.map(({ sha256, firstSeenAt, changedAt, retryAt, ...row }) => ({
    ...row,
    firstSeenAt: firstSeenAt.getTime(),
    changedAt: changedAt.getTime(),
    ...(sha256 !== null && { sha256 }),
    ...(retryAt !== null && { retryAt: retryAt.getTime() }),
  }));
}

/**
 * Keeps names as they are seen now: what was known of the files before, attempts too, no longer counts. The attempt at
 * `begun` is counted at once, as by `beginAttempt`.
 */
export async function upsertDrops(
  sql: Sql,
  accountName: string,
  drops: readonly KnownDrop[],
  begun?: string,
): Promise<void> {
  if (drops.length === 0) return;
  const rows = drops.map(({ name, seen, firstSeenAt, changedAt }) => ({
    name,
    seen,
    first: new Date(firstSeenAt).toISOString(),
    changed: new Date(changedAt).toISOString(),
    attempts: name === begun ? 1 : 0,
  }));
  await sql`
    insert into exchange_drop (account_name, name, state, seen, first_seen_at, changed_at, attempts)
    select ${accountName}, name, 'waiting', seen, first, changed, attempts
    from jsonb_to_recordset(${sql.json(rows as never)})
      as row (name text, seen jsonb, first timestamptz, changed timestamptz, attempts int)
    on conflict (account_name, name) do update set state = 'waiting', seen = excluded.seen,
      first_seen_at = excluded.first_seen_at, changed_at = excluded.changed_at, sha256 = null,
      attempts = excluded.attempts, retry_at = null, trouble = null`;
}

/**
 * Marks the outcome of a name as decided, in the transaction that decides it: its files leave IN now or, after a crash,
 * in a later round.
 */
export async function settleDrop(
  tx: TransactionSql,
  accountName: string,
  name: string,
  { files, sha256 }: { readonly files: readonly SeenFile[]; readonly sha256?: Buffer },
): Promise<void> {
  await tx`
    insert into exchange_drop (account_name, name, state, seen, first_seen_at, changed_at, sha256)
    values (${accountName}, ${name}, 'settled', ${tx.json(files as never)}, now(), now(), ${sha256 ?? null})
    on conflict (account_name, name) do update set state = 'settled', seen = excluded.seen, sha256 = excluded.sha256,
      attempts = 0, retry_at = null, trouble = null`;
}

export async function deleteDrops(sql: Sql, accountName: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await sql`delete from exchange_drop where account_name = ${accountName} and name = any(${[...names]})`;
}

export interface Trouble {
  /** A code, never what an error says. */
  readonly trouble: string;
  readonly maximumAttempts: number;
  readonly retryBaseMs: number;
  readonly retryMaximumMs: number;
}

/**
 * Counts an attempt before it is made, so that one that ends the process counts too. Answers false where as many as
 * allowed were made before: the name is set aside now.
 */
export async function beginAttempt(
  sql: Sql,
  accountName: string,
  name: string,
  maximumAttempts: number,
): Promise<boolean> {
  const [row] = await sql<{ state: DropState }[]>`
    update exchange_drop set attempts = attempts + (state <> 'waiting' or attempts < ${maximumAttempts})::int,
      state = case when state = 'waiting' and attempts >= ${maximumAttempts} then 'quarantined' else state end,
      trouble = case when state = 'waiting' and attempts >= ${maximumAttempts} then ${PROCESS_ENDED} else trouble end
    where account_name = ${accountName} and name = ${name} returning state`;
  return row?.state !== "quarantined";
}

/** The trouble of a name whose attempts ended with their process. */
export const PROCESS_ENDED = "processEnded";

/** The attempt came to nothing for reasons that are not the file's. */
export async function takeAttemptBack(sql: Sql, accountName: string, name: string): Promise<void> {
  await sql`
    update exchange_drop set attempts = greatest(attempts - 1, 0)
    where account_name = ${accountName} and name = ${name} and state <> 'quarantined'`;
}

/** Keeps why the attempt failed; answers whether it was the last one and the name is set aside now. */
export async function recordTrouble(sql: Sql, accountName: string, name: string, failure: Trouble): Promise<boolean> {
  const { trouble, maximumAttempts, retryBaseMs, retryMaximumMs } = failure;
  const [row] = await sql<{ state: DropState }[]>`
    update exchange_drop set trouble = ${trouble},
      retry_at = now() + least(${retryBaseMs} * 4 ^ least(attempts - 1, 10), ${retryMaximumMs}) * interval '1 millisecond',
      state = case when state = 'waiting' and attempts >= ${maximumAttempts} then 'quarantined' else state end
    where account_name = ${accountName} and name = ${name} returning state`;
  return row?.state === "quarantined";
}
