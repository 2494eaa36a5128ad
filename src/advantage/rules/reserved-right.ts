import type { PersonSubject, Rule } from "../rule.ts";

/** Passed: a right may be reserved at the institute instead of paying into a contract. */
export const reservedRight: Rule<PersonSubject> = {
  name: "reservedRight",
  source: "domain.md section 4: doctors only, and only those who had one before 2017 (H); switch reservedRightBefore",
  apply: ({ person, rules }) => {
    const first = person.reservedRightFirstYear;
    const bound = person.professions.reduce(
      (latest, { profession }) =>
        Math.max(latest, rules.professions.get(profession)?.switches.reservedRightBefore ?? 0),
      0,
    );
    return { passed: first !== undefined && first < bound, seen: first, bound };
  },
};
