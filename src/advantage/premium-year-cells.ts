import { parseCalendarDate } from "../formats/contract-file/calendar-date.ts";

/** A file of premium years says something it cannot: none of them is used. `line` counts from 1. */
export class PremiumYearFileError extends Error {
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, reason: string) {
    super(`line ${line} of ${file}: ${reason}`);
    this.name = "PremiumYearFileError";
    this.file = file;
    this.line = line;
  }
}

/** The cells of one line of a premium-year file, read as what they must be. Each throws `PremiumYearFileError`. */
export class Cells {
  readonly file: string;
  readonly line: number;
  readonly #cells: Readonly<Record<string, string>>;

  constructor(file: string, line: number, cells: Readonly<Record<string, string>>) {
    this.file = file;
    this.line = line;
    this.#cells = cells;
  }

  refuse(reason: string): never {
    throw new PremiumYearFileError(this.file, this.line, reason);
  }

  text(column: string): string {
    const value = this.#cells[column] ?? "";
    return value === "" ? this.refuse(`${column} is missing`) : value;
  }

  optionalText(column: string): string | undefined {
    return this.#cells[column] || undefined;
  }

  /** A whole number of at least 0: cents, days, counts. */
  whole(column: string): number {
    const value = this.text(column);
    if (!/^\d{1,12}$/.test(value)) this.refuse(`${column} must be a whole number (money in cents), not ${value}`);
    return Number(value);
  }

  year(column: string): number {
    const value = this.text(column);
    if (!/^20\d\d$/.test(value)) this.refuse(`${column} must be a year, not ${value}`);
    return Number(value);
  }

  day(column: string): string {
    const value = this.text(column);
    if (parseCalendarDate(value) === 0) this.refuse(`${column} must be a day yyyy-mm-dd, not ${value}`);
    return value;
  }

  oneOf<Value extends string>(column: string, values: readonly Value[]): Value {
    const value = this.text(column);
    return values.find((known) => known === value) ?? this.refuse(`${column} must be one of ${values.join(", ")}`);
  }

  /** A decimal number as an integer of its smallest unit: 37.5 with two decimals is 3750. */
  scaled(column: string, decimals: number): number {
    return parseScaled(this.text(column), decimals) ?? this.refuse(`${column} must have at most ${decimals} decimals`);
  }
}

/** "37.5" with 2 decimals is 3750; undefined for anything that is no such number of at least 0. Exact: digits are moved, not divided. */
export function parseScaled(text: string, decimals: number): number | undefined {
  const [, whole, fraction = ""] = /^(\d{1,10})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  return Number(whole + fraction.padEnd(decimals, "0"));
}
