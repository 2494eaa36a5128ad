import { practise } from "./facts.ts";
import type { Declaration, SeenAdvantage } from "./outcome-number.ts";

/** One contract from the first of January of this year. */
export const declared: Declaration = { contracts: 1, startOn: "Y-01-01", premiumYear: "Y" };

/** A dentist well above what is asked. */
export const fullDentist = practise({ profession: "dentist", measures: { provisions: 900 } });

export const PAYABLE: SeenAdvantage = {
  state: "decided",
  outcome: "payable",
  reasons: [],
  amount: { profession: "dentist", level: "full" },
};

export const CONDITIONS_NOT_MET: SeenAdvantage = {
  state: "decided",
  outcome: "notPayable",
  reasons: ["conditionsNotMet"],
};

export const NOT_ON_THIS_CONTRACT: SeenAdvantage = {
  state: "decided",
  outcome: "notPayable",
  reasons: ["notPayableOnThisContract"],
};

/** Something must be known first: it stays evaluated. */
export const UNDER_REVIEW: SeenAdvantage = { state: "evaluated", outcome: "pending", reasons: ["underReview"] };
