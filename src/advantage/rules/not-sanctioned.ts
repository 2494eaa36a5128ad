import { touchesPeriod } from "../period.ts";
import type { PersonSubject, Rule } from "../rule.ts";

/** A sanction that premium-years/sanctions.csv does not know is decided by nobody here. */
export const notSanctioned: Rule<PersonSubject> = {
  name: "notSanctioned",
  source: "domain.md section 4: certain sanctions exclude the year (H); which ones: premium-years/sanctions.csv",
  apply: ({ person, rules, firstDay, lastDay }) => {
    const ofYear = person.sanctions.filter((sanction) => touchesPeriod(sanction, firstDay, lastDay));
    const seen = ofYear.map(({ sanction }) => sanction).sort();
    const bound = [...rules.sanctions].filter(([, excludes]) => excludes).map(([sanction]) => sanction);
    if (seen.some((sanction) => rules.sanctions.get(sanction)))
      return { passed: false, seen, bound, reason: "sanctioned" };
    const isKnown = seen.every((sanction) => rules.sanctions.has(sanction));
    return { passed: isKnown ? true : undefined, seen, bound, reason: "sanctionUnknown" };
  },
};
