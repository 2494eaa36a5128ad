import { padDigits, readDigits } from "./digits.ts";

/** International account number (ISO 13616) without spaces, capitals: `BE68539007547034`. */
export type Iban = string;

export type IbanFault = "characterInvalid" | "lengthInvalid" | "checkDigitsInvalid" | "nationalCheckInvalid";

const LONGEST = 34;
const SHORTEST = 15;
const BELGIAN_LENGTH = 16;

/**
 * Whether `text` is an IBAN in electronic form. Belgian ones need 16 characters and hold the national check too;
 * others are accepted on the international check alone, since a payer may not ask for a Belgian account (EU 260/2012).
 */
export function isIban(text: string): boolean {
  return validateIban(text) === undefined;
}

/** The first reason why `text` is not an IBAN; undefined when it is one. */
export function validateIban(text: string): IbanFault | undefined {
  if (!isLetter(text.charCodeAt(0)) || !isLetter(text.charCodeAt(1)) || readDigits(text, 2, 4) < 0) {
    return "characterInvalid";
  }
  const isBelgian = text.startsWith("BE");
  for (let index = 4; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!isDigit(code) && (isBelgian || !isLetter(code))) return "characterInvalid";
  }
  if (text.length < SHORTEST || text.length > LONGEST) return "lengthInvalid";
  if (isBelgian && text.length !== BELGIAN_LENGTH) return "lengthInvalid";
  // 00, 01 and 99 leave the rest of 97, 98 and 02: ISO 7064 gives check digits from 02 to 98 only.
  const check = readDigits(text, 2, 4);
  if (check < 2 || check > 98 || internationalRest(text) !== 1) return "checkDigitsInvalid";
  return isBelgian && !holdsBelgianCheck(text) ? "nationalCheckInvalid" : undefined;
}

/** The account number in `text`, which may be in groups of four and in lower case; undefined when it is none. */
export function parseIban(text: string): Iban | undefined {
  const iban = text.replace(/\s/g, "").toUpperCase();
  return isIban(iban) ? iban : undefined;
}

/** The printed form, in groups of four. */
export function formatIban(iban: Iban): string {
  return iban.replace(/(.{4})(?=.)/g, "$1 ");
}

/** The Belgian IBAN of the ten digits of bank and account: national check digits, then the international ones. */
export function belgianIban(account: string): Iban {
  const national = `${account}${padDigits(readTenDigitsMod97(account, 0) || 97, 2)}`;
  return `BE${padDigits(98 - internationalRest(`BE00${national}`), 2)}${national}`;
}

/** ISO 7064 mod 97-10 over the text with its first four characters moved to the end, letters counting 10 to 35. */
function internationalRest(text: string): number {
  let rest = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt((index + 4) % text.length);
    rest = isDigit(code) ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97;
  }
  return rest;
}

/** Digits 1–10 after `BEcc` mod 97 are digits 11–12, 97 standing for 0. */
function holdsBelgianCheck(text: string): boolean {
  return readDigits(text, 14, 16) === (readTenDigitsMod97(text, 4) || 97);
}

function readTenDigitsMod97(text: string, start: number): number {
  return ((readDigits(text, start, start + 5) % 97) * 100_000 + readDigits(text, start + 5, start + 10)) % 97;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(code: number): boolean {
  return code >= 65 && code <= 90;
}
