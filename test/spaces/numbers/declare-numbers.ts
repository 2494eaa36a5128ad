import type { Declaration, OutcomeNumber } from "../../../src/spaces/numbers/outcome-number.ts";
import { resolveDay } from "../../../src/spaces/numbers/outcome-number.ts";
import { OUTCOME_NUMBERS } from "../../../src/spaces/numbers/outcome-numbers.ts";
import { inamiNumberOf, ssinOf } from "../../../src/spaces/numbers/synthetic-number.ts";
import { ALPHA } from "../../http/open-door.ts";

/** A contract as the table says to declare it. */
export interface DeclaredNumber {
  readonly outcome: OutcomeNumber;
  readonly contractNumber: string;
  readonly inamiNumber: string;
  readonly ssin: string;
  readonly startOn: string;
}

/** Every contract of the table, for a group; where there are two of a number the one that is told about comes first. */
export function listDeclared(group: number, year: number): DeclaredNumber[] {
  return OUTCOME_NUMBERS.flatMap((outcome) =>
    Array.from({ length: outcome.declared.contracts }, (_, index) => ({
      outcome,
      contractNumber: `C-${outcome.code}${index === 0 ? "" : "-EARLIER"}`,
      inamiNumber: inamiNumberOf(group, outcome.code),
      ssin: ssinOf(group, outcome.provider?.replacedBy ?? outcome.code),
      startOn: resolveDay(index === 0 ? outcome.declared.startOn : aYearEarlier(outcome.declared), year),
    })),
  );
}

function aYearEarlier({ startOn }: Declaration): string {
  return startOn.replace(/^Y/, "(Y-1)");
}

/** An initial load of them. */
export function renderDeclared(contracts: readonly DeclaredNumber[]): string {
  const records = contracts.map(
    ({ contractNumber, inamiNumber, ssin, startOn }) => `<record senderReference="${contractNumber}"><new>
<contractNumber>${contractNumber}</contractNumber><inamiNumber>${inamiNumber}</inamiNumber><startOn>${startOn}</startOn>
<contractKind>socialPlci</contractKind><ssin>${ssin}</ssin><solidarity>true</solidarity></new></record>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="urn:be:nihdi:infoss:contract-file:1" sender="${ALPHA}" reference="NUMBERS" environment="S" kind="initialLoad"
  complete="true" createdAt="2026-11-22T10:00:00+01:00" recordCount="${records.length}">
${records.join("\n")}
</contractFile>
`;
}
