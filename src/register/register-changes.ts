import type { Sql, TransactionSql } from "../database/sql.ts";

/** Changes of the register of which no persons were made yet; `sql` is the institute's. */
export async function listChangesWithoutPersons(sql: Sql | TransactionSql): Promise<string[]> {
  const rows = await sql<{ changeId: string }[]>`
    select change_id as "changeId" from register_change where persons_made_at is null`;
  return rows.map(({ changeId }) => changeId);
}

export async function markPersonsMade(tx: TransactionSql, changeIds: readonly string[]): Promise<void> {
  await tx`
    update register_change set persons_made_at = clock_timestamp() where change_id = any(${changeIds as string[]}::uuid[])`;
}
