import type { ProfessionSubject, Rule } from "../rule.ts";

const MONTHS = 12;

/** The twelfths of the amount: full calendar months from the first of the month on or after joining. */
export const firstYearMonths: Rule<ProfessionSubject, number> = {
  name: "firstYearMonths",
  source:
    "domain.md section 4: first year, amount × full months / 12; joined on 1 October, 3/12 (H); pro rata of data/README.md",
  apply: ({ period, isFirstYear }) => {
    const isFirstOfMonth = period.from.endsWith("-01");
    const value = isFirstYear ? MONTHS - Number(period.from.slice(5, 7)) + (isFirstOfMonth ? 1 : 0) : MONTHS;
    return { passed: value > 0, seen: period.from, bound: 1, reason: "noFullMonth", value };
  },
};
