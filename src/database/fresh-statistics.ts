import type { Sql, TransactionSql } from "./sql.ts";

/**
 * Tables shorter than this are planned well enough without. Where a longer one is taken for empty it was looked at while what fills
 * it was not committed: that is worse than to know nothing.
 */
const SMALL_BYTES = 262_144;

/**
 * Has what the planner knows of tables renewed where it is not true any more: a load doubles a table in seconds, and the
 * server looks once a minute, and never into a transaction that does not end. Of the tables that the role of `sql` may
 * maintain; where none grew, it is one query.
 */
export async function renewStatistics(sql: Sql | TransactionSql): Promise<void> {
  const grown = await sql<{ name: string }[]>`
    select oid::regclass::text as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and has_table_privilege(oid, 'maintain')
      and pg_relation_size(oid) > ${SMALL_BYTES} + case when reltuples = 0 then 0
        else 2 * relpages::bigint * current_setting('block_size')::bigint end
    order by name`;
  for (const { name } of grown) await sql.unsafe(`analyze ${name}`);
}
