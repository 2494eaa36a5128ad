import { stringify } from "csv-stringify/sync";
import type { Finding } from "../../findings/finding.ts";
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

type Row = Partial<Record<(typeof REPORT_CSV_COLUMNS)[number], string | number>>;

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
  const header = stringify([[...REPORT_CSV_COLUMNS]], { record_delimiter: "windows" });
  yield header + renderRows(submission.findings.map((finding) => ({ submissionId, ...describe(finding) })));
  for await (const page of results) {
    const lines = renderRows(page.flatMap(toRows));
    if (lines !== "") yield lines;
  }

  function toRows({ recordNumber, senderReference, outcome, findings }: ReportedRecord): Row[] {
    const record: Row = {
      submissionId,
      recordNumber,
      outcome,
      ...(senderReference !== undefined && { senderReference }),
    };
    return findings.length === 0 ? [record] : findings.map((finding) => ({ ...describe(finding), ...record }));
  }

  function describe(finding: Finding): Row {
    const { details, ...rendered } = renderFinding(finding, language);
    if (details === undefined) return rendered;
    return {
      ...rendered,
      details: Object.entries(details)
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
    };
  }
}

function renderRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => REPORT_CSV_COLUMNS.map((column) => cell(row[column])));
  return stringify(cells, { record_delimiter: "windows", escape_formulas: true });
}

function cell(value: string | number | undefined): string | number | undefined {
  if (typeof value !== "string") return value;
  const text = replaceForbiddenCharacters(value);
  // The library guards every other leading character on OWASP's list.
  return text.startsWith("\n") ? `'${text}` : text;
}
