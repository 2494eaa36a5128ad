import { coversPeriod, describePeriod } from "../period.ts";
import type { ProfessionSubject, Rule } from "../rule.ts";

export const joinedAllYear: Rule<ProfessionSubject> = {
  name: "joinedAllYear",
  source:
    "domain.md section 4: joined to the agreement during the whole premium year; in the first year from the grant of the first INAMI number (H)",
  apply: ({ facts, period, isFirstYear }) => ({
    passed: coversPeriod(facts.conventions, period.from, period.to),
    seen: facts.conventions.map(describePeriod),
    bound: describePeriod(period),
    reason: isFirstYear ? "notJoinedAtStart" : "notJoinedAllYear",
  }),
};
