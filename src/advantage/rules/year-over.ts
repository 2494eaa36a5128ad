import type { PersonSubject, Rule } from "../rule.ts";

export const yearOver: Rule<PersonSubject> = {
  name: "yearOver",
  source: "domain.md section 2: a premium year X is handled in X+1",
  apply: ({ businessDate, lastDay }) => ({
    passed: businessDate > lastDay,
    seen: businessDate,
    bound: lastDay,
    reason: "yearNotOver",
  }),
};
