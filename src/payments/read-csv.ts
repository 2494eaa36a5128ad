import { CsvError, parse } from "csv-parse/sync";
import { OperatorError } from "../operator/operator-change.ts";

export interface CsvRow {
  readonly cells: readonly string[];
  /** In the file, from 1. */
  readonly line: number;
}

/** The rows behind the header, which must be these columns. Throws OperatorError, which quotes nothing of the file. */
export function readCsv(text: string, columns: readonly string[]): CsvRow[] {
  const [header, ...rows] = parseCsv(text);
  if (header?.record.join() === columns.join())
    return rows.map(({ record, info }) => ({ cells: record, line: info.lines }));
  throw new OperatorError("invalidPaymentFile", `Line 1 must be the header ${columns.join()}.`);
}

function parseCsv(text: string) {
  try {
    return parse(text, { info: true, bom: true, skip_empty_lines: true, trim: true }) as unknown as {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
  } catch (error) {
    if (error instanceof CsvError) throw wrongLine(Number(error.lines), "it is no row of this CSV file");
    throw error;
  }
}

export function wrongLine(line: number, reason: string): OperatorError {
  return new OperatorError("invalidPaymentFile", `Line ${line} of the file: ${reason}.`);
}
