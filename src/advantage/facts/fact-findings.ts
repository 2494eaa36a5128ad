/** What can be said about a line of a fact file: whether the line is left out because of it, and what it means. */
export const FACT_FINDINGS = {
  notAFact: { isBlocking: true, text: "The line is no JSON object with a known kind." },
  fieldUnknown: { isBlocking: true, text: "A fact of this kind has no such field." },
  fieldMissing: { isBlocking: true, text: "The field is required." },
  fieldInvalid: { isBlocking: true, text: "The field has another form than it must have." },
  periodInverted: { isBlocking: true, text: "The last day lies before the first." },
  dayInFuture: { isBlocking: true, text: "The day has not come yet." },
  measureUnknown: { isBlocking: true, text: "No premium year knows this measure." },
  amountNotInCents: { isBlocking: true, text: "Money is a whole number of cents: no decimals." },
  professionUnknown: { isBlocking: true, text: "No premium year knows this profession." },
  premiumYearUnknown: { isBlocking: true, text: "There are no rules for this premium year." },
  personUnknown: { isBlocking: true, text: "Nobody in the register has this number." },
  personMismatch: { isBlocking: true, text: "The INAMI number and the national number are of two persons." },
  professionNotHeld: {
    isBlocking: true,
    text: "A fact of the kind profession must come first, in this file or before.",
  },
  contradictsLine: { isBlocking: true, text: "Another line of the file says something else of the same." },
  conventionsOverlap: { isBlocking: true, text: "On one day a convention is full and partial, or stands twice." },
  contractUnknown: { isBlocking: true, text: "The person has no such contract." },
  contestTooLate: { isBlocking: true, text: "The decision could be contested until an earlier day." },
  moveNotAllowed: { isBlocking: true, text: "The dossier is in a state that allows no such move." },
  dossierNotFound: { isBlocking: true, text: "There is no dossier of that person and premium year." },
  stillAwaiting: { isBlocking: true, text: "Something must be known before it can be revised." },
  secondPersonNeeded: { isBlocking: true, text: "Whoever entered the contest cannot be the one who decides on it." },
  choiceTooLate: { isBlocking: false, text: "Linking was over: the choice is kept and links nothing." },
  chosenContractEnded: { isBlocking: false, text: "The chosen contract had ended before the premium year." },
  afterDeath: { isBlocking: false, text: "The fact begins after the person died." },
  pastYearsAffected: { isBlocking: false, text: "The day lies in a premium year that is decided or paid already." },
} as const satisfies Record<string, { readonly isBlocking: boolean; readonly text: string }>;

export type FactFindingCode = keyof typeof FACT_FINDINGS;

/** About one line of a fact file; lines count from 1. Carries no value: those are personal data. */
export interface FactFinding {
  readonly line: number;
  readonly code: FactFindingCode;
  readonly field?: string | undefined;
}

export function isBlockingFact({ code }: FactFinding): boolean {
  return FACT_FINDINGS[code].isBlocking;
}

export const BLOCKING_FACT_FINDINGS = Object.entries(FACT_FINDINGS).flatMap(([code, { isBlocking }]) =>
  isBlocking ? [code] : [],
);
