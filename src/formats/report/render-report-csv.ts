import { stringify } from "csv-stringify/sync";
import type { Finding } from "../../findings/finding.ts";
import type { Language } from "../../findings/language.ts";
import { renderFinding } from "../../findings/render-finding.ts";
import { replaceForbiddenCharacters } from "./forbidden-characters.ts";
import type { ReportedRecord, ReportInput } from "./report.ts";

/** Published in docs/exchange/answers.md: columns are only ever added at the end. */
export const REPORT_CSV_COLUMNS = [
  "submissionId",
  "recordNumber",
  "senderReference",
  "outcome",
  "code",
  "severity",
  "number",
  "field",
  "value",
  "line",
  "byteOffset",
  "details",
  "text",
] as const;

/** A line of the table; columns that it does not name stay empty. */
export type CsvRow = Readonly<Partial<Record<(typeof REPORT_CSV_COLUMNS)[number], string | number>>>;

/**
 * The report as CSV (RFC 4180, UTF-8 without BOM): a line per finding, those about the file first and without
 * record number, and one line for a record without findings. Cells that a spreadsheet would take for a formula
 * begin with an apostrophe.
 */
export async function* renderReportCsv(
  { submission, language }: ReportInput,
  results: AsyncIterable<readonly ReportedRecord[]>,
): AsyncGenerator<string, void, undefined> {
  const { submissionId } = submission;
  const ofFile = submission.findings.map((finding) => ({ submissionId, ...describeFinding(finding, language) }));
  yield renderCsvHeader(REPORT_CSV_COLUMNS) + renderCsvRows(REPORT_CSV_COLUMNS, ofFile);
  for await (const page of results) {
    const rows = page.flatMap((record) => describeRecord(record, language).map((row) => ({ ...row, submissionId })));
    if (rows.length > 0) yield renderCsvRows(REPORT_CSV_COLUMNS, rows);
  }
}

/** A row for each finding, or one for a record that has none. */
export function describeRecord(
  { recordNumber, senderReference, outcome, findings }: ReportedRecord,
  language: Language,
): CsvRow[] {
  const record: CsvRow = { recordNumber, outcome, ...(senderReference !== undefined && { senderReference }) };
  if (findings.length === 0) return [record];
  return findings.map((finding) => ({ ...describeFinding(finding, language), ...record }));
}

export function describeFinding(finding: Finding, language: Language): CsvRow {
  const { details, ...rendered } = renderFinding(finding, language);
  if (details === undefined) return rendered;
  const told = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  return { ...rendered, details: told.join("; ") };
}

export function renderCsvHeader(columns: readonly (keyof CsvRow)[]): string {
  return stringify([[...columns]], { record_delimiter: "windows" });
}

export function renderCsvRows(columns: readonly (keyof CsvRow)[], rows: readonly CsvRow[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  return stringify(cells, { record_delimiter: "windows", escape_formulas: true });
}

function cell(value: string | number | undefined): string | number | undefined {
  if (typeof value !== "string") return value;
  const text = replaceForbiddenCharacters(value);
  // The library guards every other leading character on OWASP's list.
  return text.startsWith("\n") ? `'${text}` : text;
}
