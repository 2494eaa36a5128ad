import type { Evaluation, Outcome } from "../../../src/advantage/evaluate-dossier.ts";
import type { ContractFacts, PersonFacts, ProfessionFacts, YearFacts } from "../../../src/advantage/person-facts.ts";
import type { PremiumYearRules } from "../../../src/advantage/premium-year-rules.ts";
import type { Reason } from "../../../src/advantage/reasons.ts";
import {
  describeContract,
  describePerson,
  describeProfession,
  describeYear,
  evaluate,
  type WrittenMeasures,
} from "../dossiers.ts";

/** A profession of the person in the case: an ordinary one, but for what is said. */
export interface GivenProfession extends Partial<Omit<ProfessionFacts, "years">> {
  readonly profession: string;
  /** What was done; absent: nothing is known. */
  readonly did?: WrittenMeasures;
  /** The year in which it was done, where that is not the premium year. */
  readonly in?: number;
  readonly inactiveDays?: number;
  readonly attributes?: readonly string[];
}

export interface Given {
  readonly professions: readonly GivenProfession[];
  readonly person?: Partial<Omit<PersonFacts, "professions">>;
  /** Absent: one contract of long ago. */
  readonly contracts?: readonly Partial<ContractFacts>[];
  readonly today?: string;
}

export interface Expected {
  readonly outcome: Outcome;
  readonly isAwaiting: boolean;
  readonly reasons: readonly Reason[];
  readonly level?: string;
  readonly amountCents?: number;
  readonly months?: number;
  /** Id of the contract that is linked; absent: not looked at. */
  readonly contract?: string;
}

/** One row of the table of worked cases: typed by hand, never produced by the evaluator. */
export interface WorkedCase {
  readonly premiumYear: number;
  readonly given: Given;
  readonly expected: Expected;
  /** Where the expectation comes from. */
  readonly source: string;
}

export function gets(level: string, amountCents: number, more: Partial<Expected> = {}): Expected {
  return { outcome: "socialAdvantage", isAwaiting: false, reasons: [], level, amountCents, ...more };
}

export function refused(...reasons: Reason[]): Expected {
  return { outcome: "none", isAwaiting: false, reasons };
}

export function waits(...reasons: Reason[]): Expected {
  return { outcome: "none", isAwaiting: true, reasons };
}

/** Cases of one profession that differ in what was done: premium year, measures, expectation, source. */
export type ActivityRow = readonly [number, WrittenMeasures, Expected, string];

export function activityCases(
  profession: string,
  rows: readonly ActivityRow[],
  more: Partial<GivenProfession> = {},
): WorkedCase[] {
  return rows.map(([premiumYear, did, expected, source]) => ({
    premiumYear,
    given: { professions: [{ profession, did, ...more }] },
    expected,
    source,
  }));
}

export function evaluateCase({ given, premiumYear }: WorkedCase, rules: PremiumYearRules): Evaluation {
  const professions = given.professions.map((each) => toFacts(each, rules));
  const contracts = (given.contracts ?? [{}]).map((more, index) =>
    describeContract({ contractId: `C-${index + 1}`, ...more }),
  );
  return evaluate(
    rules,
    describePerson(professions, given.person),
    contracts,
    given.today ?? `${premiumYear + 1}-09-02`,
  );
}

function toFacts(given: GivenProfession, rules: PremiumYearRules): ProfessionFacts {
  const { profession, did, in: doneIn = rules.premiumYear, inactiveDays = 0, attributes = [], ...more } = given;
  const years: YearFacts[] = [];
  if (did)
    years.push(
      describeYear(rules, doneIn, did, { inactiveDays, attributes: doneIn === rules.premiumYear ? attributes : [] }),
    );
  if ((!did && attributes.length > 0) || (did && doneIn !== rules.premiumYear))
    years.push(describeYear(rules, rules.premiumYear, {}, { attributes }));
  return describeProfession(profession, { ...more, years });
}

/** What differs from the expectation, in one line; undefined when nothing does. */
export function findDifference(workedCase: WorkedCase, rules: PremiumYearRules): string | undefined {
  const { expected } = workedCase;
  const found = evaluateCase(workedCase, rules);
  const seen = {
    outcome: found.outcome,
    isAwaiting: found.isAwaiting,
    reasons: found.reasons,
    level: found.level,
    amountCents: found.amountCents,
    ...(expected.months !== undefined && { months: found.months }),
    ...(expected.contract !== undefined && {
      contract: found.link.kind === "none" ? undefined : found.link.contractId,
    }),
  };
  const asked = { level: undefined, amountCents: undefined, ...expected };
  const differing = (Object.keys(seen) as (keyof typeof seen)[]).filter(
    (key) => JSON.stringify(seen[key]) !== JSON.stringify(asked[key as keyof typeof asked]),
  );
  return differing.length === 0 ? undefined : differing.map((key) => `${key}: ${JSON.stringify(seen[key])}`).join(", ");
}
