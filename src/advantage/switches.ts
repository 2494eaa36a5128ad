/** A number of at least 0, written in digits. */
type WholeNumber = "wholeNumber";

/**
 * What is contested or assumed, as data with a source note (premium-years/switches.csv): each switch with the values it
 * may take. A year without a value for one of them does not load.
 */
export const SWITCHES = {
  workingDaysBase: "wholeNumber",
  activityYearsBefore: "wholeNumber",
  partialConventionShare: ["1", "0.5"],
  firstYears: "wholeNumber",
  thresholdsOfEarlierYears: ["newestPublished", "sameYearOnly"],
  waivedActivityLevel: ["highest", "lowest"],
  missingTraineeAmount: ["amountNotPublished", "fullAmount"],
  conventionAdvantageAmount: ["sameAmount", "amountNotPublished"],
  contractEndingInsideYear: ["payable", "notPayable"],
  contractWithoutChoice: ["earliestStart", "latestStart", "none"],
  pensionAndContractBefore: "day",
  reservedRightBefore: "yearOrNever",
  authorisedActivityWhileInactive: ["counts", "doesNotCount"],
} as const satisfies Record<string, WholeNumber | "day" | "yearOrNever" | readonly string[]>;

export type SwitchName = keyof typeof SWITCHES;

/** `reservedRightBefore` is a premium year; 0 = never. */
export type Switches = {
  readonly [Name in SwitchName]: (typeof SWITCHES)[Name] extends readonly (infer Value)[]
    ? Value
    : (typeof SWITCHES)[Name] extends "day"
      ? string
      : number;
};
