import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";

/** Has these persons evaluated anew, soon. */
export async function markChanged(tx: TransactionSql, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  await tx`
    insert into person_change (person_id, changed_at)
    select id, clock_timestamp() from (select distinct unnest(${personIds as string[]}::uuid[]) as id) given order by id
    on conflict (person_id) do update set changed_at = excluded.changed_at`;
}

/**
 * The same for the persons that `change`, a statement that returns `person_id`, was about; answers how many rows it returned.
 * They may be everybody: not one of them leaves the database.
 */
export async function noteChanged(tx: TransactionSql, change: PendingQuery<Row[]>): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    with change as (${change}),
    noted as (
      insert into person_change (person_id, changed_at)
      select person_id, clock_timestamp() from (select distinct person_id from change) given order by person_id
      on conflict (person_id) do update set changed_at = excluded.changed_at)
    select count(*) as count from change`;
  return Number(row!.count);
}
