import { type Evaluation, evaluateDossier } from "../../src/advantage/evaluate-dossier.ts";
import { compilePremiumYears } from "../../src/advantage/load-premium-years.ts";
import type { ContractFacts, PersonFacts, ProfessionFacts, YearFacts } from "../../src/advantage/person-facts.ts";
import { parseScaled } from "../../src/advantage/premium-year-cells.ts";
import type { PremiumYearRules } from "../../src/advantage/premium-year-rules.ts";
import { SHIPPED_TEXTS } from "./premium-year-texts.ts";

export const SHIPPED_YEARS = compilePremiumYears(SHIPPED_TEXTS);

/** Measures as they are written by people: `{ averageWeeklyHours: "37.99" }`. */
export type WrittenMeasures = Readonly<Record<string, number | string>>;

export function rulesOf(premiumYear: number, years = SHIPPED_YEARS): PremiumYearRules {
  const rules = years.get(premiumYear);
  if (!rules) throw new RangeError(`no rules for ${premiumYear}`);
  return rules;
}

/** What was done in `year`, recognised inactivity and attributes beside it. */
export function describeYear(
  rules: PremiumYearRules,
  year: number,
  measures: WrittenMeasures,
  more: Partial<YearFacts> = {},
): YearFacts {
  const scaled = Object.entries(measures).map(([measure, value]) => {
    const units = parseScaled(String(value), rules.measures.get(measure)!);
    if (units === undefined) throw new RangeError(`${measure} ${value}`);
    return [measure, units];
  });
  return { year, measures: Object.fromEntries(scaled), inactiveDays: 0, attributes: [], ...more };
}

/** Somebody who was recognised and joined long before, and did nothing that is known. */
export function describeProfession(profession: string, more: Partial<ProfessionFacts> = {}): ProfessionFacts {
  return {
    profession,
    firstInamiNumberOn: "2005-09-01",
    recognised: [{ from: "2005-09-01" }],
    conventions: [{ from: "2005-09-01", kind: "full" }],
    trainee: [],
    formallyInactive: [],
    years: [],
    ...more,
  };
}

export function describePerson(professions: readonly ProfessionFacts[], more: Partial<PersonFacts> = {}): PersonFacts {
  return { personId: "P-1", professions, sanctions: [], ...more };
}

/** A contract of long ago, recorded long ago, that goes on. */
export function describeContract(more: Partial<ContractFacts> = {}): ContractFacts {
  return {
    insurerId: 1,
    contractId: "C-1",
    profession: "doctor",
    startOn: "2018-03-01",
    recordedOn: "2019-12-01",
    ...more,
  };
}

/** On the day after the decision, when everything that was to come has come. */
export function evaluate(
  rules: PremiumYearRules,
  person: PersonFacts,
  contracts: readonly ContractFacts[] = [describeContract()],
  businessDate = `${rules.premiumYear + 1}-09-02`,
): Evaluation {
  return evaluateDossier({ person, contracts, rules, businessDate });
}
