import type { Language } from "../../findings/language.ts";
import { renderXmlElements, XML_DECLARATION } from "../report/answer-xml.ts";
import { replaceForbiddenCharacters } from "../report/forbidden-characters.ts";

export const STATUS_NAMESPACE = "urn:be:nihdi:infoss:status:1";

/** `changes`: what changed since the file of the day before. `snapshot`: everything, as asked for. */
export const STATUS_FILE_KINDS = ["changes", "snapshot"] as const;
export type StatusFileKind = (typeof STATUS_FILE_KINDS)[number];

export interface StatusFileHead {
  readonly insurer: string;
  readonly environment: "R" | "S";
  readonly kind: StatusFileKind;
  /** `yyyy-mm-dd`. */
  readonly day: string;
  /** What changed later than this is in it; absent: everything. */
  readonly knownAfter?: string;
  readonly knownAt: string;
  readonly language: Language;
}

/** The status of a client on a contract for a premium year; `state` absent: it is no longer shown. */
export interface StatusEntry {
  readonly socialAdvantageId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly premiumYear: number;
  readonly state?: string;
  readonly outcome?: string;
  readonly amountCents?: number;
  readonly payment?: { readonly amountCents: number; readonly paidOn: string };
  readonly nextStep?: { readonly step: string; readonly on: string };
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  readonly changedAt: string;
  readonly simulated?: boolean;
}

/** The file FO.STAT as XML (schemas/status/1/status.xsd), a page of entries at a time. */
export async function* renderStatusXml(
  { insurer, environment, kind, day, knownAfter, knownAt, language }: StatusFileHead,
  pages: AsyncIterable<readonly StatusEntry[]>,
): AsyncGenerator<string, void, undefined> {
  const head = { insurer, environment, kind, day, knownAfter, knownAt, language };
  yield `${XML_DECLARATION}<statusFile xmlns="${STATUS_NAMESPACE}">\n${renderXmlElements(head)}<socialAdvantages>\n`;
  let count = 0;
  for await (const page of pages) {
    count += page.length;
    if (page.length > 0) yield page.map((entry) => renderEntry(entry, language)).join("");
  }
  // Behind them: nobody has counted before, and who misses it has not got the whole file.
  yield `</socialAdvantages>\n<socialAdvantageCount>${count}</socialAdvantageCount>\n</statusFile>\n`;
}

/** By hand: there are thirty thousand of them in a file, and an XML builder takes ten times as long. */
function renderEntry(entry: StatusEntry, language: Language): string {
  const { state, outcome, amountCents, payment, nextStep, reasons } = entry;
  const status =
    state === undefined
      ? "<noLongerShown/>"
      : `<state>${state}</state><outcome>${outcome}</outcome>${amountCents === undefined ? "" : `<amountCents>${amountCents}</amountCents>`}${
          payment
            ? `<payment><amountCents>${payment.amountCents}</amountCents><paidOn>${payment.paidOn}</paidOn></payment>`
            : ""
        }${nextStep ? `<nextStep><step>${nextStep.step}</step><on>${nextStep.on}</on></nextStep>` : ""}`;
  const told = reasons
    .map(
      ({ code, text }) =>
        `<reason><code>${code}</code><text language="${language}">${escapeText(text)}</text></reason>`,
    )
    .join("");
  return `<socialAdvantage><socialAdvantageId>${entry.socialAdvantageId}</socialAdvantageId><contractId>${entry.contractId}</contractId><contractNumber>${escapeText(
    entry.contractNumber,
  )}</contractNumber><inamiRoot>${entry.inamiRoot}</inamiRoot><premiumYear>${entry.premiumYear}</premiumYear>${status}${
    told === "" ? "" : `<reasons>${told}</reasons>`
  }<changedAt>${entry.changedAt}</changedAt>${entry.simulated ? "<simulated>true</simulated>" : ""}</socialAdvantage>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escapeText(text: string): string {
  return replaceForbiddenCharacters(text).replace(/[&<>]/g, (character) => ESCAPES[character]!);
}
