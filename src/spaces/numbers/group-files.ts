import { createHash } from "node:crypto";
import { REGISTER_COLUMNS } from "../../register/register-rows.ts";
import { type Fact, SINCE } from "./facts.ts";
import type { HolderFile } from "./load-holders.ts";
import { OUTCOME_NUMBERS } from "./outcome-numbers.ts";
import { bisNumberOf, groupDigits, inamiNumberOf, ssinOf } from "./synthetic-number.ts";

const HEADER = `${REGISTER_COLUMNS.join()}\n`;

/** What the register says of the group's numbers. */
export function renderRegister(group: number): string {
  return (
    HEADER +
    OUTCOME_NUMBERS.flatMap(({ code, provider }) => {
      if (!provider) return [];
      const { validFrom = SINCE, validTo = "", deceasedOn = "", replacedBy, ssinOfCode = code } = provider;
      const successor = replacedBy === undefined ? "" : inamiNumberOf(group, replacedBy);
      return `${inamiNumberOf(group, code)},${ssinOf(group, ssinOfCode)},${validFrom},${validTo},${successor},${deceasedOn}\n`;
    }).join("")
  );
}

/** What it said before some of them got a national number in place of their BIS number. */
export function renderFormerRegister(group: number): string {
  const rows = OUTCOME_NUMBERS.filter(({ provider }) => provider?.hadBisNumber).map(
    ({ code }) => `${inamiNumberOf(group, code)},${bisNumberOf(group, code)},${SINCE},,,\n`,
  );
  return HEADER + rows.join("");
}

/** What the institute knows of the group's holders, for contracts declared in `year`. */
export function renderFacts(group: number, year: number, knowsYear: boolean): HolderFile {
  return toFile(group, String(year), (code) => OUTCOME_OF.get(code)!.facts?.(year, knowsYear) ?? []);
}

/** What becomes known of some of them once their dossiers are decided, or paid. */
export function renderLaterFacts(
  group: number,
  after: "decision" | "payment",
  premiumYear: number,
  on: string,
): HolderFile {
  return toFile(group, `${premiumYear}-${after}`, (code) => {
    const { later } = OUTCOME_OF.get(code)!;
    return later?.after === after ? later.facts(premiumYear, on) : [];
  });
}

/** The first eight digits of the group's numbers that the register knows. */
export function listRoots(group: number): string[] {
  return OUTCOME_NUMBERS.filter(({ provider }) => provider).map(({ code }) => inamiNumberOf(group, code).slice(0, 8));
}

const OUTCOME_OF = new Map(OUTCOME_NUMBERS.map((outcome) => [outcome.code, outcome]));

/** The name tells what is in it: a gateway whose table says something else loads its own. */
function toFile(group: number, what: string, factsOf: (code: string) => readonly Fact[]): HolderFile {
  const text = OUTCOME_NUMBERS.flatMap(({ code }) =>
    factsOf(code).map((fact) => `${JSON.stringify({ ...fact, inamiNumber: inamiNumberOf(group, code) })}\n`),
  ).join("");
  const digest = createHash("sha256").update(renderRegister(group)).update(text).digest("hex").slice(0, 8);
  return { name: `numbers-${groupDigits(group)}-${what}-${digest}`, text };
}
