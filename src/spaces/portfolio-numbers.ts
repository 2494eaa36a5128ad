import { padDigits } from "../identifiers/digits.ts";
import { INAMI_MODULI, inamiCheckDigits } from "../identifiers/inami-number.ts";
import { ssinCheckDigits } from "../identifiers/ssin.ts";

/** No profession has it, nor do the numbers that choose an outcome: these belong to the portfolio of a space alone. */
export const PORTFOLIO_DIGIT = "8";
export const PORTFOLIO_COMPETENCE_CODE = "000";
/** Holders of contracts that a space begins with. */
export const PORTFOLIO_HOLDERS = 100;
/** Between the serials of real births and those of the numbers that choose an outcome. */
const SSIN_SERIAL_DIGIT = "5";

/** The 11 digits `8 GGG HH CC 000` of a group's holder, 0 to 99. */
export function portfolioInamiNumberOf(group: number, holder: number): string {
  const serial = `${PORTFOLIO_DIGIT}${padDigits(group, 3)}${padDigits(holder, 2)}`;
  return `${serial}${inamiCheckDigits(serial, INAMI_MODULI[0])}${PORTFOLIO_COMPETENCE_CODE}`;
}

/** The SSIN of the same holder: born 198a on day c + 1 of month b + 1, where the group is abc; serial `5 HH`. */
export function portfolioSsinOf(group: number, holder: number): string {
  const [year, month, day] = padDigits(group, 3);
  const birth = `8${year}${padDigits(Number(month) + 1, 2)}${padDigits(Number(day) + 1, 2)}`;
  const body = `${birth}${SSIN_SERIAL_DIGIT}${padDigits(holder, 2)}`;
  return `${body}${ssinCheckDigits(body, false)}`;
}
