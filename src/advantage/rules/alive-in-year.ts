import type { PersonSubject, Rule } from "../rule.ts";

export const aliveInYear: Rule<PersonSubject> = {
  name: "aliveInYear",
  source: "domain.md section 4: the year of death counts, without its activity condition (M); none after it",
  apply: ({ person, firstDay }) => ({
    passed: person.deceasedOn === undefined || person.deceasedOn >= firstDay,
    seen: person.deceasedOn,
    bound: firstDay,
    reason: "deceasedBeforeYear",
  }),
};
