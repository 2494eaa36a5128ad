import type { PendingQuery, Row } from "postgres";
import type { Sql, TransactionSql } from "../database/sql.ts";

type Fragment = PendingQuery<Row[]>;

/**
 * A query of `root`: those of `roots`, an expression of `text[]`, all that they were replaced by, and all that lead there. A
 * contract may be kept under any of them. Number by number (`offset 0`): the planner takes steps of a recursion for
 * many, and would read the whole register.
 */
export function relatedNumbers(sql: Sql | TransactionSql, roots: Fragment): Fragment {
  return sql`
    with recursive later (root) as (
      select unnest(${roots}) collate "C"
      union
      select next.root from later cross join lateral (
        select replaced_by_root as root from provider where inami_root = later.root and replaced_by_root is not null
        offset 0) next),
    related (root) as (
      select root from later
      union
      select older.root from related cross join lateral (
        select inami_root as root from provider where replaced_by_root = related.root offset 0) older)
    select root from related`;
}
