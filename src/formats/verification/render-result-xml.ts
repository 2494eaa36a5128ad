import { findingsToXml, renderXmlElements, XML_DECLARATION } from "../report/answer-xml.ts";
import type { AnsweredRow } from "./verification-answer.ts";
import { describeResult, renderRow, type VerificationResult } from "./verification-result.ts";

export const VERIFICATION_NAMESPACE = "urn:be:nihdi:infoss:verification-result:1";

/** The result as XML (schemas/verification-result/1/verification-result.xsd), a page of rows at a time. */
export async function* renderResultXml(
  result: VerificationResult,
  pages: AsyncIterable<readonly AnsweredRow[]>,
): AsyncGenerator<string, void, undefined> {
  const { submission, language } = result;
  yield `${XML_DECLARATION}<verificationResult xmlns="${VERIFICATION_NAMESPACE}">\n` +
    renderXmlElements({ ...describeResult(result), findings: findingsToXml(submission.findings, [language]) }) +
    "<rows>\n";
  for await (const page of pages) {
    const rows = page.map((row) => {
      const { inamiNumbers, replacedBy, notValidOn, reason, text, ...head } = renderRow(row, language);
      return { ...head, inamiNumber: inamiNumbers, replacedBy, notValidOn, reason, text };
    });
    if (rows.length > 0) yield renderXmlElements({ row: rows });
  }
  yield "</rows>\n</verificationResult>\n";
}
