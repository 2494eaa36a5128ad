import type { PersonSubject, Rule } from "../rule.ts";

/** Passed: no legal pension by the end of the year, so a contract can take the advantage. */
export const legalPension: Rule<PersonSubject> = {
  name: "legalPension",
  source: "domain.md section 4: legal pension taken, convention advantage from that year (H)",
  apply: ({ person, lastDay }) => ({
    passed: person.legalPensionOn === undefined || person.legalPensionOn > lastDay,
    seen: person.legalPensionOn,
    bound: lastDay,
  }),
};
