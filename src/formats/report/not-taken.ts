import type { Finding } from "../../findings/finding.ts";
import { LANGUAGES } from "../../findings/language.ts";
import { findingsToXml, renderXmlElements, XML_DECLARATION } from "./answer-xml.ts";
import { RECEIPT_NAMESPACE } from "./receipt.ts";

/** What became of a file that was not taken: nothing of it was read or kept, so there is no ticket and no receipt. */
export interface NotTaken {
  /** As it stood in IN. */
  readonly fileName: string;
  /** `cancelled`: the sender took it back in time. */
  readonly state: "refused" | "cancelled";
  /** RFC 3339, with offset. */
  readonly decidedAt: string;
  readonly findings: readonly Finding[];
}

/** As XML (schemas/receipt/1/receipt.xsd, element `notTaken`), texts in all languages. */
export function renderNotTakenXml({ fileName, state, decidedAt, findings }: NotTaken): string {
  return (
    `${XML_DECLARATION}<notTaken xmlns="${RECEIPT_NAMESPACE}">\n` +
    renderXmlElements({ fileName, state, decidedAt, findings: findingsToXml(findings, LANGUAGES) }) +
    "</notTaken>\n"
  );
}
