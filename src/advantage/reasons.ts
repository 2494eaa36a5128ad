/** What a dossier's reason means for its decision: it refuses, or something must be known before one can be taken. */
export type ReasonNature = "refuses" | "awaits";

/** The only reasons an insurer may ever read (exchange.md section 9). */
export const INSURER_REASONS = [
  "noContract",
  "contractStartedTooLate",
  "contractReceivedTooLate",
  "notPayableOnThisContract",
  "conditionsNotMet",
  "amountNotPublished",
  "underReview",
] as const;
export type InsurerReason = (typeof INSURER_REASONS)[number];

interface ReasonTraits {
  readonly nature: ReasonNature;
  /** What an insurer reads instead, on the contract that is linked. */
  readonly insurerReason: InsurerReason;
}

/**
 * Every reason an evaluation can give, for operators; the order is that in which they are listed. Each has a paragraph
 * in docs/social-advantage.md.
 */
export const REASONS = {
  deceasedBeforeYear: { nature: "refuses", insurerReason: "conditionsNotMet" },
  sanctioned: { nature: "refuses", insurerReason: "conditionsNotMet" },
  noProfession: { nature: "refuses", insurerReason: "conditionsNotMet" },
  professionNotCovered: { nature: "refuses", insurerReason: "conditionsNotMet" },
  noNumberInYear: { nature: "refuses", insurerReason: "conditionsNotMet" },
  notRecognised: { nature: "refuses", insurerReason: "conditionsNotMet" },
  notActive: { nature: "refuses", insurerReason: "conditionsNotMet" },
  notJoinedAllYear: { nature: "refuses", insurerReason: "conditionsNotMet" },
  notJoinedAtStart: { nature: "refuses", insurerReason: "conditionsNotMet" },
  noFullMonth: { nature: "refuses", insurerReason: "conditionsNotMet" },
  activityTooHigh: { nature: "refuses", insurerReason: "conditionsNotMet" },
  activityTooLow: { nature: "refuses", insurerReason: "conditionsNotMet" },
  requirementNotMet: { nature: "refuses", insurerReason: "conditionsNotMet" },
  noLevelApplies: { nature: "refuses", insurerReason: "conditionsNotMet" },
  noContract: { nature: "refuses", insurerReason: "noContract" },
  contractStartedTooLate: { nature: "refuses", insurerReason: "contractStartedTooLate" },
  contractReceivedTooLate: { nature: "refuses", insurerReason: "contractReceivedTooLate" },
  contractEnded: { nature: "refuses", insurerReason: "conditionsNotMet" },
  contractAfterPension: { nature: "refuses", insurerReason: "notPayableOnThisContract" },
  noContractChosen: { nature: "refuses", insurerReason: "notPayableOnThisContract" },
  yearNotOver: { nature: "awaits", insurerReason: "underReview" },
  linkingNotEnded: { nature: "awaits", insurerReason: "underReview" },
  professionUnknown: { nature: "awaits", insurerReason: "underReview" },
  sanctionUnknown: { nature: "awaits", insurerReason: "underReview" },
  activityUnknown: { nature: "awaits", insurerReason: "underReview" },
  requirementUnknown: { nature: "awaits", insurerReason: "underReview" },
  thresholdUnknown: { nature: "awaits", insurerReason: "underReview" },
  amountNotPublished: { nature: "awaits", insurerReason: "amountNotPublished" },
} as const satisfies Record<string, ReasonTraits>;

export type Reason = keyof typeof REASONS;

const ORDER = new Map(Object.keys(REASONS).map((reason, index) => [reason, index]));

/** Each reason once, in the order of `REASONS`. */
export function orderReasons(reasons: Iterable<Reason>): Reason[] {
  return [...new Set(reasons)].sort((a, b) => ORDER.get(a)! - ORDER.get(b)!);
}
