import type { ProfessionFacts } from "../person-facts.ts";
import type { PersonSubject, Rule } from "../rule.ts";

export const professionCovered: Rule<PersonSubject & { readonly facts: ProfessionFacts }> = {
  name: "professionCovered",
  source:
    "domain.md section 1: professions by the premium year from which they take part (H); premium-years/professions.csv",
  apply: ({ facts, rules }) => {
    const isKnown = rules.knownProfessions.includes(facts.profession);
    return {
      passed: isKnown ? rules.professions.has(facts.profession) : undefined,
      seen: facts.profession,
      bound: [...rules.professions.keys()],
      reason: isKnown ? "professionNotCovered" : "professionUnknown",
    };
  },
};
