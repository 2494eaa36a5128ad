import { quoteValue, type Trouble } from "./trouble.ts";
import { findNameEnd } from "./xml-names.ts";

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

const CHARACTER_REFERENCE = /&#(?:([0-9]+)|x([0-9a-fA-F]+));/y;

/** What is wrong with a reference: how it is written, or which entity it names. */
export interface ReferenceFault {
  readonly trouble: Trouble;
  /** Index of the ampersand in the text. */
  readonly index: number;
}

/** Replaces character references and the five predefined entities. Anything else after an ampersand is a fault. */
export function resolveReferences(text: string): string | ReferenceFault {
  let resolved = "";
  let done = 0;
  for (;;) {
    const index = text.indexOf("&", done);
    if (index === -1) return resolved + text.slice(done);
    const end = text[index + 1] === "#" ? findCharacterEnd(text, index) : findNameEnd(text, index + 1);
    if (end === index + 1 || text[end] !== ";") {
      const reason = text[index + 1] === "#" ? "characterReferenceInvalid" : "ampersandNotEscaped";
      return { trouble: { code: "notWellFormed", details: { reason } }, index };
    }
    const name = text.slice(index + 1, end);
    const replacement = name.startsWith("#") ? readCharacter(name) : PREDEFINED.get(name);
    if (replacement === undefined) {
      if (!name.startsWith("#")) return { trouble: { code: "entityNotAllowed", value: quoteValue(name) }, index };
      return { trouble: { code: "notWellFormed", details: { reason: "characterReferenceInvalid" } }, index };
    }
    resolved += text.slice(done, index) + replacement;
    done = end + 1;
  }
}

function findCharacterEnd(text: string, index: number): number {
  CHARACTER_REFERENCE.lastIndex = index;
  return CHARACTER_REFERENCE.test(text) ? CHARACTER_REFERENCE.lastIndex - 1 : index + 1;
}

/** XML 1.0, production 2: what a character may be. */
function readCharacter(reference: string): string | undefined {
  const isHexadecimal = reference[1] === "x";
  const code = Number.parseInt(reference.slice(isHexadecimal ? 2 : 1), isHexadecimal ? 16 : 10);
  const isCharacter =
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
