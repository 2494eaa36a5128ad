import type { Sql, TransactionSql } from "../database/sql.ts";
import { groupDigits, SYNTHETIC_DIGIT } from "./numbers/synthetic-number.ts";

/** The business days of the spaces that are ahead, by insurer; empty in production. For the institute's role. */
export async function listSpaceDays(sql: Sql | TransactionSql): Promise<ReadonlyMap<number, string>> {
  const rows = await sql<{ insurerId: number; day: string }[]>`
    select insurer_id as "insurerId", followed_on as day from space where followed_on is not null`;
  return new Map(rows.map(({ insurerId, day }) => [insurerId, day]));
}

/** These persons by the business day that is theirs: `today`, or that of the space that has their number. */
export async function groupByDay(
  sql: Sql | TransactionSql,
  personIds: readonly string[],
  today: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql<{ personId: string; day: string }[]>`
    select n.person_id as "personId", s.followed_on as day from space s
    join person_number n on n.inami_root between ${firstOfGroup(sql)} and ${firstOfGroup(sql)} || ':'
    where s.followed_on is not null and s.removed_at is null and n.person_id = any(${[...personIds]}::uuid[])`;
  if (rows.length === 0) return new Map([[today, personIds]]);
  const dayOf = new Map(rows.map(({ personId, day }) => [personId, day]));
  return Map.groupBy(personIds, (personId) => dayOf.get(personId) ?? today);
}

/** The holders of the numbers of a space, in the order of their ids. */
export async function listPersonsOf(sql: Sql | TransactionSql, insurerId: number): Promise<string[]> {
  const rows = await sql<{ personId: string }[]>`
    select distinct n.person_id as "personId" from space s
    join person_number n on n.inami_root between ${firstOfGroup(sql)} and ${firstOfGroup(sql)} || ':'
    where s.insurer_id = ${insurerId} order by 1`;
  return rows.map(({ personId }) => personId);
}

/** Whether the number (its first 8 digits) is one of the space's own. */
export function isNumberOf({ numberGroup }: { readonly numberGroup: number }, inamiRoot: string): boolean {
  return inamiRoot.startsWith(`${SYNTHETIC_DIGIT}${groupDigits(numberGroup)}`);
}

/** What the numbers of space `s` begin with. */
function firstOfGroup(sql: Sql | TransactionSql) {
  return sql`${SYNTHETIC_DIGIT} || lpad(s.number_group::text, 3, '0')`;
}

/** `yyyy-mm-dd`, so many calendar days later. */
export function addDays(day: string, days: number): string {
  return days === 0 ? day : Temporal.PlainDate.from(day).add({ days }).toString();
}
