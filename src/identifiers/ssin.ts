import { isDigits, padDigits, readDigits } from "./digits.ts";

/** Social security number (NISS/INSZ): 11 digits `YYMMDDNNNCC`, of the national register or of the BIS register. */
export type Ssin = string;

export type SsinFault = "notDigits" | "lengthInvalid" | "checkDigitsInvalid" | "birthDateInvalid";

/** 2,000,000,000 mod 97: what the digit 2 put in front of the first nine digits adds for those born from 2000. */
const BORN_FROM_2000 = 2_000_000_000 % 97;

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether `text` is a social security number: digits, check digits of either century, a birth date that can be. */
export function isSsin(text: string): boolean {
  if (text.length !== 11) return false;
  const body = readDigits(text, 0, 9);
  const check = readDigits(text, 9, 11);
  if (body < 0 || check < 0) return false;
  const century = centuryOf(body % 97, check);
  return century !== undefined && isBirthDate(century, body);
}

/** The first reason why `text` is not a social security number; undefined when it is one. */
export function validateSsin(text: string): SsinFault | undefined {
  if (isSsin(text)) return undefined;
  if (!isDigits(text)) return "notDigits";
  if (text.length !== 11) return "lengthInvalid";
  const century = centuryOf(readDigits(text, 0, 9) % 97, readDigits(text, 9, 11));
  return century === undefined ? "checkDigitsInvalid" : "birthDateInvalid";
}

/** The number in `text`, which may be written `85.07.30-033.28` or with spaces; undefined when it is none. */
export function parseSsin(text: string): Ssin | undefined {
  const ssin = text.replace(/[\s.-]/g, "");
  return isSsin(ssin) ? ssin : undefined;
}

/** The written form `85.07.30-033.28`. */
export function formatSsin(ssin: Ssin): string {
  return `${ssin.slice(0, 2)}.${ssin.slice(2, 4)}.${ssin.slice(4, 6)}-${ssin.slice(6, 9)}.${ssin.slice(9)}`;
}

/** Whether the number comes from the BIS register; such a number can later be replaced by one of the national register. */
export function isBisNumber(ssin: Ssin): boolean {
  return readDigits(ssin, 2, 4) >= 20;
}

/** The two check digits of nine digits `YYMMDDNNN` for somebody born in 19YY or, `bornFrom2000`, in 20YY. */
export function ssinCheckDigits(body: string, bornFrom2000: boolean): string {
  const rest = (readDigits(body, 0, 9) + (bornFrom2000 ? BORN_FROM_2000 : 0)) % 97;
  return padDigits(97 - rest, 2);
}

function centuryOf(rest: number, check: number): 1900 | 2000 | undefined {
  if (check === 97 - rest) return 1900;
  return check === 97 - ((rest + BORN_FROM_2000) % 97) ? 2000 : undefined;
}

/**
 * BIS months are raised by 20 (sex unknown) or 40. Instructions of the national register (IT000): an unknown day, or
 * month and day, is 00; with the month 00 the last digit of the day counts on when the serials of the year run out.
 */
function isBirthDate(century: 1900 | 2000, body: number): boolean {
  const year = century + Math.trunc(body / 10_000_000);
  const writtenMonth = Math.trunc(body / 100_000) % 100;
  const day = Math.trunc(body / 1000) % 100;
  const month = writtenMonth >= 40 ? writtenMonth - 40 : writtenMonth >= 20 ? writtenMonth - 20 : writtenMonth;
  if (month === 0) return day <= 9;
  if (month > 12) return false;
  const leapDay = month === 2 && year % 4 === 0 && year !== 1900 ? 1 : 0;
  return day <= DAYS_OF_MONTH[month - 1]! + leapDay;
}
