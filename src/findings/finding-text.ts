import type { FINDING_CODES, FindingCode } from "./finding-codes.ts";
import type { Language } from "./language.ts";

/**
 * The four texts of a finding: what is wrong, then how to mend it. `{value}`, `{field}` and the details of the
 * code are quoted inside a segment `[…]` that disappears when the finding lacks one of them, so that every text
 * stays a sentence. Texts about a record never quote `{value}`: it may be a personal number, and texts go where
 * those may not (problems, logs). For the same reason a warning does not say that its record was accepted:
 * another finding may reject it.
 */
export type FindingTexts = Readonly<Record<Language, string>>;

export type FindingCodeOf<Level extends "file" | "record" | "connection"> = {
  [Code in FindingCode]: (typeof FINDING_CODES)[Code]["level"] extends Level ? Code : never;
}[FindingCode];

const SEGMENT = /\[([^\]]*)\]/g;
const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * Fills a text in one pass, so that what is quoted is never read as a placeholder or a segment itself. An empty
 * value counts as missing: it quotes as badly.
 */
export function fillText(text: string, quoted: Readonly<Record<string, string | number | undefined>>): string {
  return text.replace(SEGMENT, (_segment, content: string) => {
    if (placeholdersOf(content).some((name) => (quoted[name] ?? "") === "")) return "";
    return content.replace(PLACEHOLDER, (_placeholder, name: string) => `${quoted[name]}`);
  });
}

export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name]) => name ?? "");
}
