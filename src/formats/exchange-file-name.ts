import { isEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import { parseCalendarDate } from "./contract-file/calendar-date.ts";

/** Names of section 5 of exchange.md, for insurers in docs/exchange/sftp.md. */
export const INPUT_CODES = ["DICO", "INVE"] as const;
export type InputCode = (typeof INPUT_CODES)[number];

export const ANSWER_CODES = ["ACRF", "NOTI", "STAT", "INVR"] as const;
export type AnswerCode = (typeof ANSWER_CODES)[number];

/** FI file, FS signature of it, GO start, TD take it back. */
export const INPUT_PREFIXES = ["FI", "FS", "GO", "TD"] as const;
export type InputPrefix = (typeof INPUT_PREFIXES)[number];

export const NAME_LETTERS = ["R", "S", "T"] as const;
export type NameLetter = (typeof NAME_LETTERS)[number];

/** What a name says: `<code>.<enterprise number>.<yyyymmdd>.<sequence>.<letter>`. */
export interface ExchangeFileName<Code extends string = InputCode> {
  readonly code: Code;
  readonly enterpriseNumber: string;
  /** `yyyymmdd`. */
  readonly date: string;
  readonly sequence: string;
  readonly letter: NameLetter;
}

export const NAME_FAULTS = ["parts", "code", "enterpriseNumber", "date", "sequence", "letter"] as const;
export type NameFault = (typeof NAME_FAULTS)[number];

export type ParsedName =
  | { readonly fault: undefined; readonly name: ExchangeFileName }
  /** `enterpriseNumber` where the name had one all the same. */
  | { readonly fault: NameFault; readonly enterpriseNumber?: string };

const PARTS = 5;
const SEQUENCE_LENGTH = 5;
const SEQUENCE = /^[0-9A-Z]{5}$/;
const DATE = /^(\d{4})(\d{2})(\d{2})$/;
const DIGITS = 10;
const CHARACTERS = 36;

/** Parts the name of a file in IN behind its prefix; undefined for a name that has none of the four. */
export function splitInputName(fileName: string): { prefix: InputPrefix; rest: string } | undefined {
  const prefix = INPUT_PREFIXES.find((known) => fileName.startsWith(`${known}.`));
  return prefix && { prefix, rest: fileName.slice(prefix.length + 1) };
}

/** Reads what follows the prefix of a name in IN; answers the first thing that is wrong with it. */
export function parseInputName(rest: string): ParsedName {
  const parts = rest.split(".");
  const [code = "", enterpriseNumber = "", date = "", sequence = "", letter = ""] = parts;
  const sender = isEnterpriseNumber(enterpriseNumber) ? { enterpriseNumber } : {};
  if (parts.length !== PARTS) return { fault: "parts", ...sender };
  if (!isOneOf(INPUT_CODES, code)) return { fault: "code", ...sender };
  if (!("enterpriseNumber" in sender)) return { fault: "enterpriseNumber" };
  const [, year, month, day] = DATE.exec(date) ?? [];
  if (day === undefined || parseCalendarDate(`${year}-${month}-${day}`) === 0) return { fault: "date", ...sender };
  if (!SEQUENCE.test(sequence)) return { fault: "sequence", ...sender };
  if (!isOneOf(NAME_LETTERS, letter)) return { fault: "letter", ...sender };
  return { fault: undefined, name: { code, enterpriseNumber, date, sequence, letter } };
}

/** Whether a name in IN is that of a verification, whatever else may be wrong with it. */
export function isVerificationName(fileName: string): boolean {
  return splitInputName(fileName)?.rest.startsWith("INVE.") === true;
}

/** What the name of an FI file says; undefined where anything is wrong with it. */
export function parseInputFileName(fileName: string): ExchangeFileName | undefined {
  const split = splitInputName(fileName);
  const parsed = split?.prefix === "FI" ? parseInputName(split.rest) : undefined;
  return parsed?.fault === undefined ? parsed?.name : undefined;
}

/** `FI.DICO.…`, `FO.ACRF.…`, `GO.ACRF.…`. */
export function formatExchangeFileName(
  prefix: InputPrefix | "FO",
  name: ExchangeFileName<InputCode | AnswerCode>,
): string {
  return [prefix, name.code, name.enterpriseNumber, name.date, name.sequence, name.letter].join(".");
}

/**
 * The five characters of a number: `00000` to `99999`, then those with a capital in the order of ASCII, `0000A` first.
 * Throws RangeError beyond 36^5 − 1.
 */
export function formatSequence(number: number): string {
  if (!Number.isSafeInteger(number) || number < 0 || number >= CHARACTERS ** SEQUENCE_LENGTH) {
    throw new RangeError(`a sequence goes from 0 to ${CHARACTERS ** SEQUENCE_LENGTH - 1}`);
  }
  if (number < DIGITS ** SEQUENCE_LENGTH) return String(number).padStart(SEQUENCE_LENGTH, "0");
  let left = number - DIGITS ** SEQUENCE_LENGTH;
  let text = "";
  let hasCapital = false;
  for (let following = SEQUENCE_LENGTH - 1; following >= 0; following -= 1) {
    let value = 0;
    for (; ; value += 1) {
      const count = CHARACTERS ** following - (hasCapital || value >= DIGITS ? 0 : DIGITS ** following);
      if (left < count) break;
      left -= count;
    }
    hasCapital ||= value >= DIGITS;
    text += value.toString(CHARACTERS).toUpperCase();
  }
  return text;
}

/** The number of a sequence of five digits or capitals: the inverse of `formatSequence`. */
export function parseSequence(text: string): number {
  if (!SEQUENCE.test(text)) throw new RangeError("a sequence has five digits or capitals");
  if (/^\d+$/.test(text)) return Number(text);
  let digitsOnlyBefore = 0;
  for (const [index, character] of [...text].entries()) {
    const value = Number.parseInt(character, CHARACTERS);
    const following = DIGITS ** (SEQUENCE_LENGTH - 1 - index);
    digitsOnlyBefore += Math.min(value, DIGITS) * following;
    if (value >= DIGITS) break;
  }
  return DIGITS ** SEQUENCE_LENGTH + Number.parseInt(text, CHARACTERS) - digitsOnlyBefore;
}

function isOneOf<Value extends string>(values: readonly Value[], text: string): text is Value {
  return (values as readonly string[]).includes(text);
}
