import { findingsToXml, renderXmlElements, XML_DECLARATION } from "./answer-xml.ts";
import { describeSubmission, type ReportedRecord, type ReportInput } from "./report.ts";

export const REPORT_NAMESPACE = "urn:be:nihdi:infoss:report:1";

/** The report as XML (schemas/report/1/report.xsd), a page of records at a time; content and order as in JSON. */
export async function* renderReportXml(
  input: ReportInput,
  results: AsyncIterable<readonly ReportedRecord[]>,
): AsyncGenerator<string, void, undefined> {
  const { submission, language } = input;
  const { counts, ...head } = describeSubmission(input);
  yield `${XML_DECLARATION}<report xmlns="${REPORT_NAMESPACE}">\n` +
    renderXmlElements({ ...head, counts, findings: findingsToXml(submission.findings, [language]) }) +
    "<records>\n";
  for await (const page of results) {
    if (page.length > 0) yield page.map((result) => renderRecord(result, input)).join("");
  }
  yield "</records>\n</report>\n";
}

function renderRecord(result: ReportedRecord, { language }: ReportInput): string {
  return renderXmlElements({
    record: {
      recordNumber: result.recordNumber,
      senderReference: result.senderReference,
      outcome: result.outcome,
      findings: findingsToXml(result.findings, [language]),
    },
  });
}
