import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { parseCalendarDate } from "../formats/contract-file/calendar-date.ts";
import { type InamiNumberFault, inamiRoot, validateInamiNumber } from "../identifiers/inami-number.ts";
import { type SsinFault, validateSsin } from "../identifiers/ssin.ts";
import { addTrouble, RegisterFileError, type RegisterTrouble } from "./register-file-error.ts";

export const REGISTER_COLUMNS = ["inamiNumber", "ssin", "validFrom", "validTo", "replacedBy", "deceasedOn"] as const;
export type RegisterColumn = (typeof REGISTER_COLUMNS)[number];

/** A quotation mark that is never closed does not fill the memory. */
const MAXIMUM_ROW_CHARACTERS = 10_000;
const INAMI_NUMBER_DIGITS = 11;

/** A row of the file, by the names of the columns of the table `loaded`. */
export interface ProviderRow {
  readonly line: number;
  readonly inami_root: string;
  readonly inami_number: string;
  readonly ssin: string;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly replaced_by_root: string | null;
  readonly deceased_on: string | null;
}

/**
 * The rows that are as they should be, one by one as the bytes come; what is wrong with the others goes to `troubles`.
 * Throws RegisterFileError where reading on says no more, and what reading the bytes throws.
 */
export async function* readProviders(
  body: AsyncIterable<Buffer>,
  troubles: RegisterTrouble[],
): AsyncGenerator<ProviderRow> {
  const options = { info: true, bom: true, skip_empty_lines: true, relax_column_count: true } as const;
  const parser = parse({ ...options, max_record_size: MAXIMUM_ROW_CHARACTERS });
  // What goes wrong with the file is thrown to whoever reads the parser.
  const records = pipeline(body, parser, () => {});
  let hasHeader = false;
  try {
    for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (hasHeader) {
        const row = toProvider(record, info.lines, troubles);
        if (row) yield row;
      } else {
        requireHeader(record, troubles);
        hasHeader = true;
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new RegisterFileError([...troubles, { line: Number(error.lines), reason: NO_ROW }]);
  }
  if (!hasHeader) throw new RegisterFileError([{ line: 1, reason: `it is empty: ${HEADER}` }]);
}

const HEADER = `the header must be ${REGISTER_COLUMNS.join()}, with commas`;
const NO_ROW = `it is no row of this CSV file: give ${REGISTER_COLUMNS.length} columns with commas between them, quotation marks in pairs`;

function requireHeader(header: readonly string[], troubles: readonly RegisterTrouble[]): void {
  if (header.join() !== REGISTER_COLUMNS.join())
    throw new RegisterFileError([...troubles, { line: 1, reason: HEADER }]);
}

type Cells = [string, string, string, string, string, string];

function toProvider(cells: string[], line: number, troubles: RegisterTrouble[]): ProviderRow | undefined {
  if (cells.length !== REGISTER_COLUMNS.length) {
    addTrouble(troubles, { line, reason: NO_ROW });
    return undefined;
  }
  const [inamiNumber, ssin, validFrom, validTo, replacedBy, deceasedOn] = cells as Cells;
  let isGood = true;
  const check = (column: RegisterColumn, reason: string | undefined) => {
    if (reason === undefined) return;
    isGood = false;
    addTrouble(troubles, { line, column, reason });
  };
  check("inamiNumber", inamiNumberTrouble(inamiNumber));
  check("ssin", ssinTrouble(ssin));
  check("validFrom", dayTrouble(validFrom));
  check("validTo", validTo === "" ? undefined : (dayTrouble(validTo) ?? endTrouble(validFrom, validTo)));
  check("replacedBy", replacedBy === "" ? undefined : successorTrouble(inamiNumber, replacedBy));
  check("deceasedOn", deceasedOn === "" ? undefined : dayTrouble(deceasedOn));
  if (!isGood) return undefined;
  return {
    line,
    inami_root: inamiRoot(inamiNumber),
    inami_number: inamiNumber,
    ssin,
    valid_from: validFrom,
    valid_to: validTo || null,
    replaced_by_root: replacedBy === "" ? null : inamiRoot(replacedBy),
    deceased_on: deceasedOn || null,
  };
}

const ELEVEN_DIGITS = "write all 11 digits, with leading zeros and without separators";
const INAMI_NUMBER_TROUBLES: Readonly<Record<InamiNumberFault, string>> = {
  notDigits: `it is missing or not of digits alone: ${ELEVEN_DIGITS}`,
  lengthInvalid: `it has not 11 digits: ${ELEVEN_DIGITS}, the competence code too`,
  checkDigitsInvalid: "its check digits, the seventh and eighth, are wrong: correct the number at its source",
};
const SSIN_TROUBLES: Readonly<Record<SsinFault, string>> = {
  notDigits: `it is missing or not of digits alone: ${ELEVEN_DIGITS}`,
  lengthInvalid: `it has not 11 digits: ${ELEVEN_DIGITS}`,
  checkDigitsInvalid: "its check digits, the last two, are wrong: correct the number at its source",
  birthDateInvalid: "its first six digits can be no date of birth: correct the number at its source",
};

function inamiNumberTrouble(number: string): string | undefined {
  const fault = validateInamiNumber(number);
  if (fault !== undefined) return INAMI_NUMBER_TROUBLES[fault];
  return number.length === INAMI_NUMBER_DIGITS ? undefined : INAMI_NUMBER_TROUBLES.lengthInvalid;
}

function ssinTrouble(ssin: string): string | undefined {
  const fault = validateSsin(ssin);
  return fault && SSIN_TROUBLES[fault];
}

function dayTrouble(text: string): string | undefined {
  return parseCalendarDate(text) > 0 ? undefined : "it is missing or no day of the calendar: write it yyyy-mm-dd";
}

/** Days are written so that they sort as text. */
function endTrouble(validFrom: string, validTo: string): string | undefined {
  if (validTo >= validFrom || dayTrouble(validFrom) !== undefined) return undefined;
  return "it is before validFrom: correct either day, or leave it empty while the number is valid";
}

function successorTrouble(inamiNumber: string, replacedBy: string): string | undefined {
  if (inamiRoot(replacedBy) !== inamiRoot(inamiNumber)) return inamiNumberTrouble(replacedBy);
  return "it is the number itself, whose first eight digits never change: name its successor, or leave it empty";
}
