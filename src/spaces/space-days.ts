import type { Sql, TransactionSql } from "../database/sql.ts";

/** By how many days the spaces are ahead that are; empty in production. For the institute's role. */
export async function listDaysAhead(sql: Sql | TransactionSql): Promise<ReadonlyMap<number, number>> {
  const rows = await sql<{ insurerId: number; daysAhead: number }[]>`
    select insurer_id as "insurerId", business_days_ahead as "daysAhead" from space where business_days_ahead > 0`;
  return new Map(rows.map(({ insurerId, daysAhead }) => [insurerId, daysAhead]));
}

/** `yyyy-mm-dd`, so many calendar days later. */
export function addDays(day: string, days: number): string {
  return days === 0 ? day : Temporal.PlainDate.from(day).add({ days }).toString();
}
