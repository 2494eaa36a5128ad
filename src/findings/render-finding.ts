import { DETAIL_PHRASES, isDetailWord } from "./detail-phrases.ts";
import type { Finding } from "./finding.ts";
import { FINDING_CODES, type FindingCode } from "./finding-codes.ts";
import { fillText } from "./finding-text.ts";
import { FINDING_TEXTS } from "./finding-texts.ts";
import type { Language } from "./language.ts";

/** A finding as insurers see it, in one language. Fields that the finding lacks are absent, never null. */
export interface RenderedFinding {
  readonly code: FindingCode;
  readonly severity: "blocking" | "warning";
  /** The answer code known from the social-security batch conventions. */
  readonly number?: number;
  readonly field?: string;
  readonly value?: string;
  readonly recordNumber?: number;
  readonly senderReference?: string;
  readonly line?: number;
  readonly byteOffset?: number;
  /** What the text quotes, for programs: the replacing number, the earlier ticket … */
  readonly details?: Readonly<Record<string, string | number>>;
  readonly text: string;
}

export function renderFinding(finding: Finding, language: Language): RenderedFinding {
  const { code, details, ...place } = finding;
  const { severity, number } = FINDING_CODES[code];
  return {
    code,
    severity,
    ...(number !== undefined && { number }),
    ...place,
    ...(details !== undefined && { details }),
    text: renderFindingText(finding, language),
  };
}

export function renderFindingText(finding: Finding, language: Language): string {
  const { code, field, value, details } = finding;
  return fillText(FINDING_TEXTS[code][language], { ...phraseDetails(details, language), field, value });
}

/** Details named here may be words of ours; under any other name a detail is what a sender wrote, or a number. */
const WORDED_DETAILS = ["reason", "form", "limit", "encoding"] as const;

function phraseDetails(details: Finding["details"], language: Language): Finding["details"] {
  if (details === undefined) return undefined;
  const phrased = { ...details };
  for (const name of WORDED_DETAILS) {
    const word = details[name];
    if (isDetailWord(word)) phrased[name] = DETAIL_PHRASES[word][language];
  }
  return phrased;
}
