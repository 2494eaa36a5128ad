import type { ProfessionSubject, Rule } from "../rule.ts";

/** Passed: what was done is not asked for. Who exceeds an exclusion is excluded nevertheless. */
export const activityWaived: Rule<ProfessionSubject> = {
  name: "activityWaived",
  source: "domain.md section 4: waived in the year of death, of the legal pension, of starting, of long incapacity (M)",
  apply: (subject) => {
    const seen = findWaiver(subject);
    return { passed: seen !== undefined, seen, bound: ["death", "legalPension", "start", "longIncapacity"] };
  },
};

function findWaiver({
  person,
  isFirstYear,
  premiumYearFacts,
  firstDay,
  lastDay,
}: ProfessionSubject): string | undefined {
  const inYear = (day: string | undefined) => day !== undefined && day >= firstDay && day <= lastDay;
  if (inYear(person.deceasedOn)) return "death";
  if (inYear(person.legalPensionOn)) return "legalPension";
  if (isFirstYear) return "start";
  return premiumYearFacts?.attributes.includes("longIncapacity") ? "longIncapacity" : undefined;
}
