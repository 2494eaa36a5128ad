import type { TransactionSql } from "../database/sql.ts";

/** Has these persons evaluated anew, soon. */
export async function markChanged(tx: TransactionSql, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  await tx`
    insert into person_change (person_id, changed_at)
    select id, clock_timestamp() from (select distinct unnest(${personIds as string[]}::uuid[]) as id) given order by id
    on conflict (person_id) do update set changed_at = excluded.changed_at`;
}
