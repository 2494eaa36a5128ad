import type { ProfessionSubject, Rule } from "../rule.ts";

/** Either measure above its bound, exclusive, excludes; inactivity does not lower the bound. */
export const activityNotExcluded: Rule<ProfessionSubject> = {
  name: "activityNotExcluded",
  source: "premium-years/exclusions.csv; data/README.md: exclusive, either measure, not lowered by inactivity",
  apply: ({ own, activityFacts }) => {
    const seen = own.exclusions.map(({ measure }) => activityFacts?.measures[measure]);
    const bound = own.exclusions.map(({ above }) => above);
    if (seen.some((value, index) => value !== undefined && value > bound[index]!))
      return { passed: false, seen, bound, reason: "activityTooHigh" };
    return { passed: seen.includes(undefined) ? undefined : true, seen, bound, reason: "activityUnknown" };
  },
};
