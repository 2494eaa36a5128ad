import { XMLBuilder } from "fast-xml-parser";
import type { Finding } from "../../findings/finding.ts";
import { FINDING_CODES } from "../../findings/finding-codes.ts";
import type { Language } from "../../findings/language.ts";
import { renderFindingText } from "../../findings/render-finding.ts";
import { replaceForbiddenCharacters } from "./forbidden-characters.ts";

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressEmptyNode: true,
  // Its default writes an attribute with the value "true" without a value, which is not XML.
  suppressBooleanAttributes: false,
  tagValueProcessor: (_name, value) => (typeof value === "string" ? replaceForbiddenCharacters(value) : value),
  attributeValueProcessor: (_name, value) => (typeof value === "string" ? replaceForbiddenCharacters(value) : value),
});

/** One element a line, in the order of the keys; undefined ones are left out, arrays repeat their element. */
export function renderXmlElements(elements: Readonly<Record<string, unknown>>): string {
  let lines = "";
  for (const [name, content] of Object.entries(elements)) {
    if (content === undefined) continue;
    lines += `${builder.build({ [name]: content })}\n`;
  }
  return lines;
}

/** Content of an element `findings`: the text of each finding once per language. */
export function findingsToXml(findings: readonly Finding[], languages: readonly Language[]) {
  return { finding: findings.map((finding) => findingToXml(finding, languages)) };
}

function findingToXml(finding: Finding, languages: readonly Language[]) {
  const { code, field, value, line, byteOffset, details } = finding;
  const { severity, number } = FINDING_CODES[code];
  return {
    code,
    severity,
    number,
    field,
    value,
    line,
    byteOffset,
    detail: Object.entries(details ?? {}).map(([name, detail]) => ({ "@name": name, "#text": detail })),
    text: languages.map((language) => ({ "@language": language, "#text": renderFindingText(finding, language) })),
  };
}
