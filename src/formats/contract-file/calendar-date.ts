import { padDigits, readDigits } from "../../identifiers/digits.ts";

/**
 * Reads `yyyy-mm-dd` as the number yyyymmdd, which orders like the dates themselves; 0 where the text has another
 * shape or the day does not exist in the Gregorian calendar. Allocates nothing: it runs for every record.
 */
export function parseCalendarDate(text: string): number {
  if (text.length !== 10 || text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return 0;
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 7);
  const day = readDigits(text, 8, 10);
  if (year < 1 || month < 1 || month > 12 || day < 1) return 0;
  if (day > 28 && day > daysInMonth(year, month)) return 0;
  return year * 10_000 + month * 100 + day;
}

/** The number yyyymmdd as `yyyy-mm-dd`. */
export function formatCalendarDate(date: number): string {
  const digits = padDigits(date, 8);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

/** The same day of the next year, 28 February for the 29th, as the number yyyymmdd. */
export function oneYearAfter(date: number): number {
  const sameDay = date + 10_000;
  return sameDay % 10_000 === 229 ? sameDay - 1 : sameDay;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
