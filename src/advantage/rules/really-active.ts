import { coversPeriod, describePeriod } from "../period.ts";
import type { ProfessionSubject, Rule } from "../rule.ts";

export const reallyActive: Rule<ProfessionSubject> = {
  name: "reallyActive",
  source:
    "domain.md section 4: really active (H); a doctor formally inactive all year with an authorised activity may still qualify from 2022 (M); switch authorisedActivityWhileInactive",
  apply: ({ facts, own, period, premiumYearFacts }) => {
    const isInactive = coversPeriod(facts.formallyInactive, period.from, period.to);
    const isAuthorised = premiumYearFacts?.attributes.includes("authorisedActivity") ?? false;
    return {
      passed: !isInactive || (isAuthorised && own.switches.authorisedActivityWhileInactive === "counts"),
      seen: facts.formallyInactive.map(describePeriod),
      bound: describePeriod(period),
      reason: "notActive",
    };
  },
};
