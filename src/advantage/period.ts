import type { Period } from "./person-facts.ts";

const MS_PER_DAY = 86_400_000;

/** True when every day from `from` to `to` lies in one of the periods, in whatever order they come. */
export function coversPeriod(periods: readonly Period[], from: string, to: string): boolean {
  let uncovered = from;
  const ordered = periods.length > 1 ? [...periods].sort((a, b) => compareText(a.from, b.from)) : periods;
  for (const period of ordered) {
    if (period.from > uncovered) return false;
    if (period.to === undefined || period.to >= to) return true;
    if (period.to >= uncovered) uncovered = dayAfter(period.to);
  }
  return false;
}

export function touchesPeriod(period: Period, from: string, to: string): boolean {
  return period.from <= to && (period.to === undefined || period.to >= from);
}

/** Byte order, whatever the language of the process. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function dayAfter(day: string): string {
  return addDays(day, 1);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** `2024-01-01/2024-12-31`, with `..` for an end that lies ahead. */
export function describePeriod({ from, to }: Period): string {
  return `${from}/${to ?? ".."}`;
}
