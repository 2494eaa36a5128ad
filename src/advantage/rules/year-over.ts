import type { PersonSubject, Rule } from "../rule.ts";

export const yearOver: Rule<PersonSubject> = {
  name: "yearOver",
  source: "domain.md section 2: a premium year X is handled in X+1",
  apply: ({ businessDate, lastDay }) => ({
    // Until then nothing is refused: what is missing may still come.
    passed: businessDate > lastDay ? true : undefined,
    seen: businessDate,
    bound: lastDay,
    reason: "yearNotOver",
  }),
};
