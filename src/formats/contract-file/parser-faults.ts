import type { FindingCode } from "../../findings/finding-codes.ts";

/** How a complaint of the XML parser is reported: a code and one stable word. */
export interface ParserFault {
  readonly code: Extract<FindingCode, "notWellFormed" | "doctypeNotAllowed" | "entityNotAllowed">;
  readonly reason: string;
}

/** Messages of saxes 6.0.0, by how they start; the first that fits counts. */
const FAULTS: readonly (readonly [start: string, reason: string])[] = [
  ["unclosed tag", "unexpectedEnd"],
  ["unexpected end", "unexpectedEnd"],
  ["document must contain a root", "rootMissing"],
  ["text data outside of root", "textOutsideRoot"],
  ["documents may contain only one root", "secondRoot"],
  ["unexpected close tag", "endTagMismatch"],
  ["unmatched closing tag", "endTagMismatch"],
  ["weird empty close tag", "tagMalformed"],
  ["disallowed character in tag", "tagMalformed"],
  ["disallowed character in closing tag", "tagMalformed"],
  ["forward-slash in opening tag", "tagMalformed"],
  ["disallowed character in attribute", "attributeMalformed"],
  ["attribute without value", "attributeMalformed"],
  ["unquoted attribute value", "attributeMalformed"],
  ["no whitespace between attributes", "attributeMalformed"],
  ["duplicate attribute", "attributeRepeated"],
  ["malformed character entity", "characterReferenceInvalid"],
  ["empty entity name", "ampersandNotEscaped"],
  ["disallowed character in entity", "ampersandNotEscaped"],
  ["malformed comment", "commentMalformed"],
  ["disallowed character in processing instruction", "processingInstructionMalformed"],
  ["processing instruction", "processingInstructionMalformed"],
  ["disallowed character", "characterNotAllowed"],
  ['the string "]]>"', "cdataEndNotAllowed"],
  ["incorrect syntax", "markupMalformed"],
];

/** Turns a message of the parser into a code and a word that stay the same whatever the library says. */
export function describeParserFault(message: string): ParserFault {
  if (message.startsWith("inappropriately located doctype")) return { code: "doctypeNotAllowed", reason: "doctype" };
  if (message.startsWith("undefined entity")) return { code: "entityNotAllowed", reason: "entity" };
  const known = FAULTS.find(([start]) => message.startsWith(start));
  return { code: "notWellFormed", reason: known?.[1] ?? "xmlDeclarationMalformed" };
}
