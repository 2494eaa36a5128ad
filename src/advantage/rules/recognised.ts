import { coversPeriod, describePeriod } from "../period.ts";
import type { ProfessionSubject, Rule } from "../rule.ts";

export const recognised: Rule<ProfessionSubject> = {
  name: "recognised",
  source:
    "domain.md section 4: recognised during the whole premium year (H); codes that count as recognised: premium-years/recognised-codes.csv (M)",
  apply: ({ facts, own, period }) => {
    const code = facts.competenceCode;
    const countsByCode = code !== undefined && own.recognisedCodes.includes(code);
    return {
      passed: countsByCode || coversPeriod(facts.recognised, period.from, period.to),
      seen: countsByCode ? code : facts.recognised.map(describePeriod),
      bound: describePeriod(period),
      reason: "notRecognised",
    };
  },
};
