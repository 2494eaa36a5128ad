import type { ProfessionSubject, Rule } from "../rule.ts";

export const numberHeld: Rule<ProfessionSubject> = {
  name: "numberHeld",
  source: "domain.md section 4: the first year is that of the first INAMI number (H); none before it",
  apply: ({ facts, lastDay }) => ({
    passed: facts.firstInamiNumberOn <= lastDay,
    seen: facts.firstInamiNumberOn,
    bound: lastDay,
    reason: "noNumberInYear",
  }),
};
