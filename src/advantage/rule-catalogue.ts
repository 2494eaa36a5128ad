import { activityNotExcluded } from "./rules/activity-not-excluded.ts";
import { activityWaived } from "./rules/activity-waived.ts";
import { aliveInYear } from "./rules/alive-in-year.ts";
import { amountPublished } from "./rules/amount-published.ts";
import { boundReached } from "./rules/bound-reached.ts";
import { contractInForce } from "./rules/contract-in-force.ts";
import { contractLinked } from "./rules/contract-linked.ts";
import { contractOfPensioner } from "./rules/contract-of-pensioner.ts";
import { contractRecorded } from "./rules/contract-recorded.ts";
import { contractStarted } from "./rules/contract-started.ts";
import { firstYearMonths } from "./rules/first-year-months.ts";
import { groupMatches } from "./rules/group-matches.ts";
import { highestLevel } from "./rules/highest-level.ts";
import { joinedAllYear } from "./rules/joined-all-year.ts";
import { legalPension } from "./rules/legal-pension.ts";
import { notSanctioned } from "./rules/not-sanctioned.ts";
import { numberHeld } from "./rules/number-held.ts";
import { oneAdvantage } from "./rules/one-advantage.ts";
import { professionCovered } from "./rules/profession-covered.ts";
import { reallyActive } from "./rules/really-active.ts";
import { recognised } from "./rules/recognised.ts";
import { requirementMet } from "./rules/requirement-met.ts";
import { reservedRight } from "./rules/reserved-right.ts";
import { yearOver } from "./rules/year-over.ts";

/** Every rule of the evaluation by name, in the order of docs/social-advantage.md. */
export const RULES = {
  yearOver,
  aliveInYear,
  notSanctioned,
  professionCovered,
  numberHeld,
  recognised,
  reallyActive,
  joinedAllYear,
  firstYearMonths,
  activityWaived,
  activityNotExcluded,
  groupMatches,
  requirementMet,
  boundReached,
  highestLevel,
  amountPublished,
  oneAdvantage,
  contractStarted,
  contractRecorded,
  contractInForce,
  contractOfPensioner,
  contractLinked,
  legalPension,
  reservedRight,
} as const;

export type RuleName = keyof typeof RULES;
