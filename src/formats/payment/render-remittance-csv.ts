import { stringify } from "csv-stringify/sync";

/** A line of a remittance advice as its insurer sees it. */
export interface RemittanceLine {
  readonly lineNumber: number;
  readonly premiumYear: number;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly kind: "payment" | "supplement" | "recovery";
  readonly amountCents: number;
  readonly reference: string;
  readonly state: "announced" | "executed" | "returned";
  readonly executedOn: string | null;
  readonly returnedOn: string | null;
  readonly returnReason: string | null;
}

/** Published in docs/exchange/rest.md: columns are only ever added at the end. */
export const REMITTANCE_CSV_COLUMNS = [
  "lineNumber",
  "premiumYear",
  "contractId",
  "contractNumber",
  "inamiRoot",
  "kind",
  "amountCents",
  "reference",
  "state",
  "executedOn",
  "returnedOn",
  "returnReason",
] as const;

/** The lines as CSV (RFC 4180, UTF-8), page by page. Texts that a spreadsheet would take for a formula get an apostrophe. */
export async function* renderRemittanceCsv(
  pages: AsyncIterable<readonly RemittanceLine[]>,
): AsyncGenerator<string, void, undefined> {
  yield stringify([[...REMITTANCE_CSV_COLUMNS]], { record_delimiter: "windows" });
  for await (const page of pages) {
    const rows = page.map((line) => REMITTANCE_CSV_COLUMNS.map((column) => line[column]));
    yield stringify(rows, { record_delimiter: "windows", escape_formulas: true });
  }
}
