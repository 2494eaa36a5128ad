import { padDigits } from "../../identifiers/digits.ts";
import { INAMI_MODULI, inamiCheckDigits } from "../../identifiers/inami-number.ts";
import { ssinCheckDigits } from "../../identifiers/ssin.ts";

/** No profession has it: such a number is nobody's in any register but that of validation. */
export const SYNTHETIC_DIGIT = "9";
/** The one competence code that validation knows for these numbers. */
export const SYNTHETIC_COMPETENCE_CODE = "000";
/** Groups 000 to 999: 000 is everybody's, the others belong to a space each. */
export const NUMBER_GROUPS = 1_000;
/** Group 000 is everybody's: no day is moved for it, and no premium year is made for it. */
export const SHARED_GROUP = 0;
/** Real serials of a birth day stay well below, and invented portfolios (src/synthetic) begin at 700. */
const SSIN_SERIAL_DIGIT = "6";

/** The 11 digits `9 GGG OO CC 000`: group, two digits that choose the outcome, check digits (modulus 97). */
export function inamiNumberOf(group: number, code: string): string {
  const serial = `${SYNTHETIC_DIGIT}${groupDigits(group)}${code}`;
  return `${serial}${inamiCheckDigits(serial, INAMI_MODULI[0])}${SYNTHETIC_COMPETENCE_CODE}`;
}

/** The SSIN of the same group and outcome: born 197a on day c + 1 of month b + 1, where the group is abc; serial `6 OO`. */
export function ssinOf(group: number, code: string): string {
  return makeSsin(group, code, 0);
}

/** The BIS number (sex known: month + 40) that somebody of the group had before `ssinOf`. */
export function bisNumberOf(group: number, code: string): string {
  return makeSsin(group, code, 40);
}

function makeSsin(group: number, code: string, monthShift: number): string {
  const [year, month, day] = groupDigits(group);
  const written = padDigits(Number(month) + 1 + monthShift, 2);
  const body = `7${year}${written}${padDigits(Number(day) + 1, 2)}${SSIN_SERIAL_DIGIT}${code}`;
  return `${body}${ssinCheckDigits(body, false)}`;
}

/** Three digits; throws RangeError for a group that cannot be. */
export function groupDigits(group: number): string {
  if (!Number.isInteger(group) || group < 0 || group >= NUMBER_GROUPS)
    throw new RangeError(`there is no number group ${group}, only 0 to ${NUMBER_GROUPS - 1}`);
  return padDigits(group, 3);
}
