import type { DossierState } from "../../advantage/dossier-states.ts";
import type { InsurerOutcome } from "../../advantage/insurer-view.ts";
import type { InsurerReason } from "../../advantage/reasons.ts";
import type { FindingCode } from "../../findings/finding-codes.ts";
import type { VerificationAnswer } from "../../formats/verification/verification-answer.ts";
import type { Facts, LaterFacts } from "./facts.ts";

/** What the two last serial digits of a synthetic number choose. Everything follows from register and facts; nobody asks for it. */
export interface OutcomeNumber {
  /** Two digits. */
  readonly code: string;
  readonly name: string;
  /** One line for integrators. */
  readonly says: string;
  /** Absent: the register does not know the number. */
  readonly provider?: RegisterTraits;
  /** What the institute knows of the person; absent: nothing. */
  readonly facts?: Facts;
  /** What becomes known only when the dossier is that far, and moves it further. */
  readonly later?: { readonly after: "decision" | "payment"; readonly facts: LaterFacts };
  readonly declared: Declaration;
  /** Raised on the record; absent: none. */
  readonly finding?: FindingCode;
  /** Answer of the INAMI verification, by the INAMI number. */
  readonly verified: VerificationAnswer;
  /** From the day of the decision on, all dossiers decided; absent: nobody sees anything. */
  readonly advantage?: SeenAdvantage;
}

export interface RegisterTraits {
  /** Since 2009-09-01 where nothing is said. */
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly deceasedOn?: string;
  /** Code of the number that took its place. */
  readonly replacedBy?: string;
  /** The register has the SSIN of this code beside the number. */
  readonly ssinOfCode?: string;
  /** The person had a BIS number first. */
  readonly hadBisNumber?: true;
}

/** What to send to see it. */
export interface Declaration {
  /** How many contracts of the number: 0, 1, or 2 of which the other one starts a year earlier. */
  readonly contracts: 0 | 1 | 2;
  /** A day, with `Y` for this year: `Y-01-01`, `(Y+1)-01-15`. */
  readonly startOn: string;
  /** `Y`, or the year before. */
  readonly premiumYear: "Y" | "Y-1";
}

export interface SeenAdvantage {
  readonly state: DossierState;
  readonly outcome: InsurerOutcome;
  readonly reasons: readonly InsurerReason[];
  /** Whose yearly amount it is. */
  readonly amount?: { readonly profession: string; readonly level: string };
}

/** The day of a template; `year` stands for Y. */
export function resolveDay(template: string, year: number): string {
  return template.replace(/^(?:Y|\(Y([+-]\d)\))/, (_, shift: string | undefined) => String(year + Number(shift ?? 0)));
}
