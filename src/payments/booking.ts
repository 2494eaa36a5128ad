import { readCsv } from "./read-csv.ts";

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
  return readCsv(text, BOOKING_COLUMNS).map(({ cells, line }) => {
    const [reference = "", lineNumber = "", outcome = "", amountCents = "", bookedOn = "", reason = ""] = cells;
    return { line, reference, lineNumber, outcome, amountCents, bookedOn, reason };
  });
}
