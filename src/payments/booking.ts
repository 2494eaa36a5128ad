import { CsvError, parse } from "csv-parse/sync";
import { OperatorError } from "../operator/operator-change.ts";

/** The header of a file of executed and returned payments (docs/payments.md). */
export const BOOKING_COLUMNS = ["reference", "line", "outcome", "amountCents", "bookedOn", "reason"] as const;

/** A row as it is written; `line` counts from 1 in the file, `lineNumber` is that of the advice. */
export interface BookingRow {
  readonly line: number;
  readonly reference: string;
  readonly lineNumber: string;
  readonly outcome: string;
  readonly amountCents: string;
  readonly bookedOn: string;
  readonly reason: string;
}

/** Reads the file as it is written. Throws OperatorError where it is no such file; what is wrong in a row is a finding. */
export function parseBookings(text: string): BookingRow[] {
  const rows = readRows(text);
  const [header] = rows;
  if (header?.record.join() !== BOOKING_COLUMNS.join())
    throw new OperatorError("invalidPaymentFile", `Line 1 must be the header ${BOOKING_COLUMNS.join()}.`);
  return rows.slice(1).map(({ record, info }) => {
    const [reference = "", lineNumber = "", outcome = "", amountCents = "", bookedOn = "", reason = ""] = record;
    return { line: info.lines, reference, lineNumber, outcome, amountCents, bookedOn, reason };
  });
}

function readRows(text: string) {
  try {
    return parse(text, { info: true, bom: true, skip_empty_lines: true, trim: true }) as unknown as {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new OperatorError("invalidPaymentFile", `Line ${String(error.lines)} is no row of this CSV file.`);
  }
}
