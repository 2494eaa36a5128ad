import { isDigits, padDigits, readDigits } from "./digits.ts";

/**
 * Moduli of the check digits: 97, and 89 since six-digit numbers ran out. 83 and 79 are reported by one source only,
 * so every function takes the accepted moduli as a parameter with this default.
 */
export const INAMI_MODULI = [97, 89, 83, 79] as const;

/** Digits only, as sent: 8 (the root, which never changes) or 11 (with the competence code). */
export type InamiNumber = string;

export type InamiNumberFault = "notDigits" | "lengthInvalid" | "checkDigitsInvalid";

/**
 * Whether `text` is an INAMI number of 8 or 11 digits whose check digits hold under one of `moduli`.
 * Chance passes 3.9 % of random pairs under four moduli: only the register tells that a number exists.
 */
export function isInamiNumber(text: string, moduli: readonly number[] = INAMI_MODULI): boolean {
  if (text.length === 11) {
    if (readDigits(text, 8, 11) < 0) return false;
  } else if (text.length !== 8) {
    return false;
  }
  const serial = readDigits(text, 0, 6);
  const check = readDigits(text, 6, 8);
  if (serial < 0 || check < 1) return false;
  for (let index = 0; index < moduli.length; index++) {
    const modulus = moduli[index]!;
    if (check === modulus - (serial % modulus)) return true;
  }
  return false;
}

/** The first reason why `text` is not an INAMI number; undefined when it is one. */
export function validateInamiNumber(
  text: string,
  moduli: readonly number[] = INAMI_MODULI,
): InamiNumberFault | undefined {
  if (isInamiNumber(text, moduli)) return undefined;
  if (!isDigits(text)) return "notDigits";
  return text.length === 8 || text.length === 11 ? "checkDigitsInvalid" : "lengthInvalid";
}

/** The number in `text`, which may be written `1-23456-25-001` or with spaces, dots or slashes; undefined when it is none. */
export function parseInamiNumber(text: string, moduli: readonly number[] = INAMI_MODULI): InamiNumber | undefined {
  const number = text.replace(/[\s./-]/g, "");
  return isInamiNumber(number, moduli) ? number : undefined;
}

/** The written form `P-SSSSS-CC`, or `P-SSSSS-CC-QQQ` when the competence code is there. */
export function formatInamiNumber(number: InamiNumber): string {
  const root = `${number.slice(0, 1)}-${number.slice(1, 6)}-${number.slice(6, 8)}`;
  return number.length > 8 ? `${root}-${number.slice(8)}` : root;
}

/** The two check digits of six digits `P-SSSSS` under one modulus: modulus − (N mod modulus), so 01 to the modulus itself. */
export function inamiCheckDigits(serial: string, modulus: number): string {
  return padDigits(modulus - (readDigits(serial, 0, 6) % modulus), 2);
}

/** The first eight digits: they stay for a whole career, so contracts and register are keyed on them. */
export function inamiRoot(number: InamiNumber): string {
  return number.length === 8 ? number : number.slice(0, 8);
}

/** The last three of eleven digits; undefined when only the root was given. */
export function competenceCode(number: InamiNumber): string | undefined {
  return number.length === 11 ? number.slice(8) : undefined;
}

/** The first digit. What it means is a table of the register, not a rule of the number. */
export function professionDigit(number: InamiNumber): string {
  return number.slice(0, 1);
}
