import { renderFinding } from "../../findings/render-finding.ts";
import { describeSubmission, type ReportedRecord, type ReportInput, renderRecordFinding } from "./report.ts";

/**
 * The report as one JSON object, a page of records at a time; `results` are the records that are not plainly
 * accepted, in order. One record is one line.
 */
export async function* renderReportJson(
  input: ReportInput,
  results: AsyncIterable<readonly ReportedRecord[]>,
): AsyncGenerator<string, void, undefined> {
  const head = JSON.stringify({
    ...describeSubmission(input),
    findings: input.submission.findings.map((finding) => renderFinding(finding, input.language)),
  });
  yield `${head.slice(0, -1)},"records":[`;
  let separator = "\n";
  for await (const page of results) {
    if (page.length === 0) continue;
    yield separator + page.map((result) => renderRecord(result, input)).join(",\n");
    separator = ",\n";
  }
  yield "\n]}\n";
}

function renderRecord(result: ReportedRecord, { language }: ReportInput): string {
  return JSON.stringify({
    recordNumber: result.recordNumber,
    senderReference: result.senderReference,
    outcome: result.outcome,
    findings: result.findings.map((finding) => renderRecordFinding(finding, language)),
  });
}
