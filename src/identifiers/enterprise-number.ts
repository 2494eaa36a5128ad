import { isDigits, padDigits, readDigits } from "./digits.ts";

/** Number of the Belgian enterprise register (KBO/BCE): 10 digits, the first 0 or 1. */
export type EnterpriseNumber = string;

export type EnterpriseNumberFault = "notDigits" | "lengthInvalid" | "firstDigitInvalid" | "checkDigitsInvalid";

/** Whether `text` is 10 digits, the first 0 or 1, the last two 97 − (first eight mod 97). */
export function isEnterpriseNumber(text: string): boolean {
  if (text.length !== 10) return false;
  const body = readDigits(text, 0, 8);
  return body >= 0 && body < 20_000_000 && readDigits(text, 8, 10) === 97 - (body % 97);
}

/** The first reason why `text` is not an enterprise number; undefined when it is one. */
export function validateEnterpriseNumber(text: string): EnterpriseNumberFault | undefined {
  if (isEnterpriseNumber(text)) return undefined;
  if (!isDigits(text)) return "notDigits";
  if (text.length !== 10) return "lengthInvalid";
  return text[0] === "0" || text[0] === "1" ? "checkDigitsInvalid" : "firstDigitInvalid";
}

/** The number in `text`, which may be written `0403.019.261` or `BE0403019261`; undefined when it is none. */
export function parseEnterpriseNumber(text: string): EnterpriseNumber | undefined {
  const number = text.replace(/[\s.-]/g, "").replace(/^BE/i, "");
  return isEnterpriseNumber(number) ? number : undefined;
}

/** The written form: `dotted` 0403.019.261, `vat` BE0403019261. */
export function formatEnterpriseNumber(number: EnterpriseNumber, form: "dotted" | "vat" = "dotted"): string {
  return form === "vat" ? `BE${number}` : `${number.slice(0, 4)}.${number.slice(4, 7)}.${number.slice(7)}`;
}

/** The two check digits of the first eight digits. */
export function enterpriseCheckDigits(body: string): string {
  return padDigits(97 - (readDigits(body, 0, 8) % 97), 2);
}
