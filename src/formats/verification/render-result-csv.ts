import { stringify } from "csv-stringify/sync";
import { replaceForbiddenCharacters } from "../report/forbidden-characters.ts";
import type { AnsweredRow } from "./verification-answer.ts";
import { renderRow, type VerificationResult } from "./verification-result.ts";

/** Published in docs/exchange/answers.md: columns are only ever added at the end. */
export const RESULT_CSV_COLUMNS = [
  "rowNumber",
  "number",
  "contractNumber",
  "answer",
  "inamiNumbers",
  "replacedBy",
  "notValidOn",
  "reason",
  "text",
] as const;

/**
 * The rows of a result as CSV (RFC 4180, UTF-8 without BOM); several INAMI numbers of one row are parted by spaces. Cells
 * that a spreadsheet would take for a formula begin with an apostrophe.
 */
export async function* renderResultCsv(
  { language }: VerificationResult,
  pages: AsyncIterable<readonly AnsweredRow[]>,
): AsyncGenerator<string, void, undefined> {
  yield stringify([[...RESULT_CSV_COLUMNS]], { record_delimiter: "windows" });
  for await (const page of pages) {
    const cells = page.map((row) => {
      const { inamiNumbers, ...rendered } = renderRow(row, language);
      const columns = { ...rendered, inamiNumbers: inamiNumbers?.join(" ") };
      return RESULT_CSV_COLUMNS.map((column) => toCell(columns[column]));
    });
    if (cells.length > 0) yield stringify(cells, { record_delimiter: "windows", escape_formulas: true });
  }
}

function toCell(value: string | number | undefined): string | number | undefined {
  if (typeof value !== "string") return value;
  const text = replaceForbiddenCharacters(value);
  // The library guards every other leading character on OWASP's list.
  return text.startsWith("\n") ? `'${text}` : text;
}
