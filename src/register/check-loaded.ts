import type { TransactionSql } from "../database/sql.ts";
import { MAXIMUM_TROUBLES } from "./register-file-error.ts";

/** Nobody's number was replaced that often; where it seems so, the replacements lead round in a circle. */
const LONGEST_CHAIN = 50;

/** Rows of a batch whose number is in `loaded` already, from an `earlier` line: the first of them. */
export async function findRepeated(
  tx: TransactionSql,
  batch: readonly { readonly line: number; readonly inami_root: string }[],
): Promise<{ line: number; earlier: number }[]> {
  return await tx<{ line: number; earlier: number }[]>`
    select sent.line, l.line as earlier
    from unnest(${batch.map(({ line }) => line)}::int[], ${batch.map((row) => row.inami_root)}::text[]) as sent (line, inami_root)
    join loaded l on l.inami_root = sent.inami_root collate "C"
    where l.line <> sent.line order by sent.line limit ${MAXIMUM_TROUBLES}`;
}

/** Lines of `loaded` whose replacements have no end, in the register as it would be: the first of them. */
export async function findCircles(tx: TransactionSql): Promise<number[]> {
  const rows = await tx<{ line: number }[]>`
    with recursive step (line, root, next, steps) as (
      select line, inami_root, replaced_by_root, 1 from loaded where replaced_by_root is not null
      union all
      select step.line, step.root, said.replaced_by_root, steps + 1 from step cross join lateral (
        select replaced_by_root from loaded where inami_root = step.next
        union all
        select replaced_by_root from provider p
        where inami_root = step.next and not exists (select from loaded where inami_root = step.next)
        offset 0) said
      where said.replaced_by_root is not null and step.next <> step.root and steps < ${LONGEST_CHAIN})
    select line from step where next = root or steps = ${LONGEST_CHAIN} order by line limit ${MAXIMUM_TROUBLES}`;
  return rows.map(({ line }) => line);
}

/** Rows of `loaded` whose successor neither the file nor the register has: it may come in a later file. */
export async function countUnknownSuccessors(tx: TransactionSql): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from loaded l
    where l.replaced_by_root is not null and not exists (select from loaded s where s.inami_root = l.replaced_by_root)
      and not exists (select from provider p where p.inami_root = l.replaced_by_root)`;
  return row!.count;
}
