/** What became of one row of an INAMI verification (exchange.md section 8). */
export const VERIFICATION_ANSWERS = ["valid", "replaced", "notValidOn", "unknown", "malformed"] as const;
export type VerificationAnswer = (typeof VERIFICATION_ANSWERS)[number];

/** The form in which rows came, told by what is in the file and never by its name. */
export const VERIFICATION_FORMS = ["text", "json", "workbook"] as const;
export type VerificationForm = (typeof VERIFICATION_FORMS)[number];

/** Why a row is `malformed`. */
export const ROW_FAULTS = [
  "headerRow",
  "tooManyColumns",
  "numberMissing",
  "leadingZerosLost",
  "separators",
  "scientificNotation",
  "numberNotText",
  "formula",
  "cellNotText",
  "notDigits",
  "lengthInvalid",
  "checkDigitsInvalid",
  "birthDateInvalid",
  "contractNumberMissing",
  "contractNumberTooLong",
] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

export const MAXIMUM_ROWS = 100_000;
/** Of what was sent as a number, characters that are kept and told again. */
export const QUOTED_LENGTH = 100;

/** A row as it was found, before anything is checked. */
export interface SentRow {
  /** Line of the text, row of the sheet, or place in the list; from 1. Empty rows have a number and are no rows. */
  readonly rowNumber: number;
  readonly number: string;
  readonly contractNumber: string;
  /** What is wrong with the cells themselves. */
  readonly fault?: RowFault;
}

/** A row to be looked up, or one with a fault. A number may have the form of both kinds. */
export interface AskedRow {
  readonly rowNumber: number;
  /** As sent, cut to QUOTED_LENGTH. */
  readonly number: string;
  readonly contractNumber: string | undefined;
  readonly ssin: string | undefined;
  readonly inamiRoot: string | undefined;
  readonly fault: RowFault | undefined;
}

/** The answer to a row, as it is kept and told. */
export interface AnsweredRow {
  readonly rowNumber: number;
  readonly number: string;
  readonly contractNumber: string | null;
  readonly answer: VerificationAnswer;
  /** Of `malformed`. */
  readonly fault: RowFault | null;
  /** 11 digits each. */
  readonly inamiNumbers: readonly string[] | null;
  /** Of `replaced`: the INAMI number, or the national number in place of a BIS number. */
  readonly replacedBy: string | null;
  /** Of `notValidOn`: the business day, yyyy-mm-dd. */
  readonly notValidOn: string | null;
}

/** Rows by answer. */
export type VerificationCounts = { readonly [answer in VerificationAnswer]: number };
