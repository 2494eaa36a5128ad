import type { PendingQuery, Row } from "postgres";
import type { Sql, TransactionSql } from "../database/sql.ts";

type Fragment = PendingQuery<Row[]>;

/** What one state of the register says of the number with that root: a query of one row, or none. */
export type FindProvider = (root: Fragment) => Fragment;

/** Numbers about which there may be something else to say than before, with both states of the register. */
export interface RegisterDifference {
  /** Query of one column `root`: the numbers that differ, or came. */
  readonly roots: Fragment;
  readonly before: FindProvider;
  readonly now: FindProvider;
}

const says = (tx: TransactionSql) => tx`inami_root, ssin, valid_from, valid_to, replaced_by_root, deceased_on`;

/** What a change of the register changed; `recordedAt` is its instant as the database writes it, to the microsecond. */
export function differenceOfChange(tx: TransactionSql, changeId: string, recordedAt: string): RegisterDifference {
  // By way of text: as an instant the driver would cut it to milliseconds.
  const at = tx`${recordedAt}::text::timestamptz`;
  return {
    // Who came is of interest where a number was replaced by it already.
    roots: tx`
      select inami_root as root from provider_version where change_id = ${changeId} and version > 1
      union
      select came.inami_root from provider p join provider_version came
        on came.inami_root = p.replaced_by_root and came.version = 1 and came.change_id = ${changeId}
      where p.replaced_by_root is not null`,
    before: (root) => tx`
      select ${says(tx)} from provider_version
      where inami_root = ${root} and recorded_at < ${at} and coalesce(superseded_at >= ${at}, true)`,
    now: (root) => tx`
      select ${says(tx)} from provider_version
      where inami_root = ${root} and recorded_at <= ${at} and coalesce(superseded_at > ${at}, true)`,
  };
}

/** What the table `loaded` of this transaction would change. */
export function differenceOfLoaded(tx: TransactionSql): RegisterDifference {
  return {
    roots: tx`select inami_root as root from loaded`,
    before: (root) => tx`select ${says(tx)} from provider where inami_root = ${root}`,
    now: (root) => tx`
      select ${says(tx)} from loaded where inami_root = ${root}
      union all
      select ${says(tx)} from provider where inami_root = ${root} and not exists (select 1 from loaded where inami_root = ${root})`,
  };
}

/** Those numbers, all that they were replaced by, before or now, and all that lead to them: a query of `root`. */
export function relatedRoots(tx: TransactionSql, { roots, before, now }: RegisterDifference): Fragment {
  return tx`
    with recursive differing as materialized (${roots}),
    successors (root) as (
      select root from differing
      union
      select said.replaced_by_root from successors cross join lateral (
        ${before(tx`successors.root`)} union all ${now(tx`successors.root`)}) said
      where said.replaced_by_root is not null),
    predecessors (root) as (
      select root from differing
      union
      select p.inami_root from predecessors join provider p on p.replaced_by_root = predecessors.root)
    select root from successors union select root from predecessors`;
}

/**
 * The number with that root and what replaced it, one behind the other (`place` 1, 2 …), as far as that state of the
 * register knows them; `is_last` of the last. A number that comes again ends it.
 */
export function chainOfNumbers(tx: TransactionSql, find: FindProvider, root: Fragment): Fragment {
  return tx`
    with recursive chain as (
      select own.*, 1 as place, array[own.inami_root] as passed from (${find(root)}) own
      union all
      select next.*, chain.place + 1, chain.passed || next.inami_root
      from chain cross join lateral (${find(tx`chain.replaced_by_root`)}) next
      where next.inami_root <> all(chain.passed))
    select *, place = max(place) over () as is_last from chain`;
}

/** Changes of the register of which no persons were made yet; `sql` is the institute's. */
export async function listChangesWithoutPersons(sql: Sql | TransactionSql): Promise<string[]> {
  const rows = await sql<{ changeId: string }[]>`
    select change_id as "changeId" from register_change where persons_made_at is null`;
  return rows.map(({ changeId }) => changeId);
}

/** The same, of those that said something of these numbers. */
export async function listChangesOfNumbersWithoutPersons(
  tx: TransactionSql,
  roots: readonly string[],
): Promise<string[]> {
  const rows = await tx<{ changeId: string }[]>`
    select distinct change_id as "changeId" from provider_version join register_change using (change_id)
    where inami_root = any(${[...roots]}) and persons_made_at is null`;
  return rows.map(({ changeId }) => changeId);
}

export async function markPersonsMade(tx: TransactionSql, changeIds: readonly string[]): Promise<void> {
  await tx`
    update register_change set persons_made_at = clock_timestamp() where change_id = any(${changeIds as string[]}::uuid[])`;
}
