import type { Bound } from "../premium-year-rules.ts";
import type { Reason } from "../reasons.ts";
import type { ConditionSubject, Rule, Verdict } from "../rule.ts";

/** One of the row's bounds is reached, pro rata of the working days left by recognised inactivity. */
export const boundReached: Rule<ConditionSubject> = {
  name: "boundReached",
  source:
    "premium-years/conditions.csv and thresholds.csv; data/README.md: measure × 222 ≥ at_least × (222 − recognised inactive days), exactly; domain.md section 4 (M)",
  apply: (subject) => {
    const { condition, isWaived, activityFacts } = subject;
    if (condition.bounds.length === 0 || isWaived)
      return { passed: true, seen: isWaived ? "waived" : undefined, bound: undefined };
    const seen = condition.bounds.map(({ measure }) => activityFacts?.measures[measure]);
    const bound = condition.bounds.map((each) => findBound(subject, each));
    return { ...compareAll(subject, seen, bound), seen, bound };
  },
};

type Compared = Pick<Verdict, "passed" | "reason">;

function compareAll(
  subject: ConditionSubject,
  seen: readonly (number | undefined)[],
  bound: readonly (number | undefined)[],
): Compared {
  const base = subject.own.switches.workingDaysBase;
  const daysLeft = Math.max(0, base - (subject.activityFacts?.inactiveDays ?? 0));
  let unknown: Reason | undefined;
  for (const [index, value] of seen.entries()) {
    const atLeast = bound[index];
    if (atLeast === undefined) unknown = "thresholdUnknown";
    else if (value === undefined) unknown ??= "activityUnknown";
    else if (value * base >= atLeast * daysLeft) return { passed: true };
  }
  return unknown ? { passed: undefined, reason: unknown } : { passed: false, reason: "activityTooLow" };
}

/** Undefined: no threshold is known for the specialty. */
function findBound({ own, facts }: ConditionSubject, bound: Bound): number | undefined {
  if ("atLeast" in bound) return bound.atLeast;
  const threshold = facts.specialty === undefined ? undefined : own.thresholds.get(facts.specialty);
  return bound.share === "whole" ? threshold?.wholeCents : threshold?.halfCents;
}
