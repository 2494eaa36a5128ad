import type { ConditionSubject, Rule } from "../rule.ts";

export const requirementMet: Rule<ConditionSubject> = {
  name: "requirementMet",
  source: "premium-years/conditions.csv, also_requires: an attribute of the premium year",
  apply: ({ condition, premiumYearFacts }) => {
    const bound = condition.alsoRequires;
    if (bound === undefined) return { passed: true, seen: undefined, bound };
    const seen = premiumYearFacts?.attributes;
    return seen === undefined
      ? { passed: undefined, seen, bound, reason: "requirementUnknown" }
      : { passed: seen.includes(bound), seen, bound, reason: "requirementNotMet" };
  },
};
