import { coversPeriod } from "../period.ts";
import type { Group } from "../premium-year-rules.ts";
import type { ConditionSubject, ProfessionSubject, Rule } from "../rule.ts";

/** Passed: the row of conditions.csv is for this person. */
export const groupMatches: Rule<ConditionSubject> = {
  name: "groupMatches",
  source: "premium-years/conditions.csv, applies_to; five years without threshold: switch firstYears",
  apply: (subject) => ({
    passed: MATCHES[subject.condition.appliesTo](subject),
    seen: subject.facts.conventions.map(({ kind }) => kind),
    bound: subject.condition.appliesTo,
  }),
};

const MATCHES: Readonly<Record<Group, (subject: ProfessionSubject) => boolean>> = {
  any: () => true,
  fullConvention: hasFullConvention,
  partialConvention: (subject) =>
    !hasFullConvention(subject) && coversPeriod(subject.facts.conventions, subject.period.from, subject.period.to),
  trainee: ({ facts, period }) => coversPeriod(facts.trainee, period.from, period.to),
  firstFiveYears: ({ facts, own, rules }) => {
    if (facts.practiceStartedOn === undefined) return false;
    const yearsBefore = rules.premiumYear - Number(facts.practiceStartedOn.slice(0, 4));
    return yearsBefore >= 0 && yearsBefore < own.switches.firstYears;
  },
};

/** A year that is partial for some of its days is partial. */
function hasFullConvention({ facts, period }: ProfessionSubject): boolean {
  const full = facts.conventions.filter(({ kind }) => kind === "full");
  return coversPeriod(full, period.from, period.to);
}
