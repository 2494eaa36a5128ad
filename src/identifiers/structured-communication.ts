import { isDigits, padDigits, readDigits } from "./digits.ts";

/** Structured communication of a Belgian transfer: 12 digits, the last two ten-digit number mod 97, 97 standing for 0. */
export type StructuredCommunication = string;

export type StructuredCommunicationFault = "notDigits" | "lengthInvalid" | "checkDigitsInvalid";

const WRITTEN = /^(\+\+\+|\*\*\*)?\s*(\d{3})\/?(\d{4})\/?(\d{5})\s*(\+\+\+|\*\*\*)?$/;

/** Whether `text` is 12 digits of which the last two are the first ten mod 97, 97 standing for 0. */
export function isStructuredCommunication(text: string): boolean {
  if (text.length !== 12) return false;
  const high = readDigits(text, 0, 5);
  const low = readDigits(text, 5, 10);
  return high >= 0 && low >= 0 && readDigits(text, 10, 12) === checkNumber(high, low);
}

/** The first reason why `text` is not a structured communication; undefined when it is one. */
export function validateStructuredCommunication(text: string): StructuredCommunicationFault | undefined {
  if (isStructuredCommunication(text)) return undefined;
  if (!isDigits(text)) return "notDigits";
  return text.length === 12 ? "checkDigitsInvalid" : "lengthInvalid";
}

/** The 12 digits of `text`, written plain or as `+++090/9337/55493+++` (or with asterisks); undefined when it is none. */
export function parseStructuredCommunication(text: string): StructuredCommunication | undefined {
  const match = WRITTEN.exec(text.trim());
  if (match === null || match[1] !== match[5]) return undefined;
  const digits = `${match[2]}${match[3]}${match[4]}`;
  return isStructuredCommunication(digits) ? digits : undefined;
}

/** The form printed on a transfer: `+++090/9337/55493+++`. */
export function formatStructuredCommunication(digits: StructuredCommunication): string {
  return `+++${digits.slice(0, 3)}/${digits.slice(3, 7)}/${digits.slice(7)}+++`;
}

/** The two check digits of the first ten digits. */
export function structuredCommunicationCheckDigits(body: string): string {
  return padDigits(checkNumber(readDigits(body, 0, 5), readDigits(body, 5, 10)), 2);
}

/** In two halves of five digits, so that every step stays a small integer. */
function checkNumber(high: number, low: number): number {
  return ((high % 97) * 100_000 + low) % 97 || 97;
}
