const MS_PER_DAY = 86_400_000;

const FIRST_DAY = dayOf(1950, 1, 1);
const LAST_DAY = dayOf(2099, 12, 31);
/** ISO dates already rendered. Filled from the start: a sparse array would be a slow one. */
const rendered = new Array<string | undefined>(LAST_DAY - FIRST_DAY + 1).fill(undefined);

/** `yyyy-mm-dd` of a day counted from 1970-01-01, between 1950 and 2099. */
export function isoDate(day: number): string {
  const index = day - FIRST_DAY;
  let text = rendered[index];
  if (text === undefined) {
    text = new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
    rendered[index] = text;
  }
  return text;
}

/** The day, counted from 1970-01-01, of a date that exists. */
export function dayOf(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY;
}

/** The day, counted from 1970-01-01, of `yyyy-mm-dd`. */
export function parseDay(isoText: string): number {
  return dayOf(Number(isoText.slice(0, 4)), Number(isoText.slice(5, 7)), Number(isoText.slice(8, 10)));
}

/** The first day of the month of `day`. */
export function firstOfMonth(day: number): number {
  const text = isoDate(day);
  return day + 1 - ((text.charCodeAt(8) - 48) * 10 + text.charCodeAt(9) - 48);
}
