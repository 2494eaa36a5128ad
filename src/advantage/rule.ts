import type { ContractFacts, PersonFacts, ProfessionFacts, YearFacts } from "./person-facts.ts";
import type { Calendar, Condition, PremiumYearRules, ProfessionRules } from "./premium-year-rules.ts";
import type { Reason } from "./reasons.ts";

/** One rule of the premium year: pure, and answers what it saw, not only what it found. */
export interface Rule<Subject, Value = undefined> {
  readonly name: string;
  /** Where the rule stands: `domain.md` is the domain description, with its confidence H, M or L. */
  readonly source: string;
  readonly apply: (subject: Subject) => Verdict<Value>;
}

export type Seen = string | number | boolean | undefined | readonly (string | number | undefined)[];

export interface Verdict<Value = undefined> {
  /** Absent: what is known does not tell. */
  readonly passed: boolean | undefined;
  readonly seen: Seen;
  readonly bound: Seen;
  /** Why the advantage is refused or waits because of it; a rule that only describes has none. */
  readonly reason?: Reason | undefined;
  /** What the rule computes, for rules that do. */
  readonly value?: Value;
}

/** A person in a premium year. */
export interface PersonSubject {
  readonly person: PersonFacts;
  readonly rules: PremiumYearRules;
  /** Today, as the business clock has it. */
  readonly businessDate: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** A profession of a person in a premium year that covers it. */
export interface ProfessionSubject extends PersonSubject {
  readonly facts: ProfessionFacts;
  readonly own: ProfessionRules;
  /** The days of the year on which the conditions must hold: from the first INAMI number, until death. */
  readonly period: { readonly from: string; readonly to: string };
  readonly isFirstYear: boolean;
  readonly premiumYearFacts: YearFacts | undefined;
  /** The year whose activity counts: for doctors another one. */
  readonly activityFacts: YearFacts | undefined;
}

/** A row of conditions.csv, for a person. */
export interface ConditionSubject extends ProfessionSubject {
  readonly condition: Condition;
  readonly isWaived: boolean;
}

/** A contract in a premium year, whoever holds it: all that its insurer knows too. */
export interface OwnContractSubject {
  readonly contract: ContractFacts;
  readonly calendar: Calendar;
  readonly rules: PremiumYearRules;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** A contract of a person in a premium year. */
export interface ContractSubject extends PersonSubject, OwnContractSubject {}

/** The days of a premium year. */
export function daysOf(premiumYear: number): { readonly firstDay: string; readonly lastDay: string } {
  return { firstDay: `${premiumYear}-01-01`, lastDay: `${premiumYear}-12-31` };
}

/** Describes the subject of a profession's rules; what is derived here is derived once. */
export function describeProfession(
  subject: PersonSubject,
  facts: ProfessionFacts,
  own: ProfessionRules,
): ProfessionSubject {
  const { person, rules, firstDay, lastDay } = subject;
  const isFirstYear = facts.firstInamiNumberOn >= firstDay && facts.firstInamiNumberOn <= lastDay;
  const activityYear = rules.premiumYear - own.switches.activityYearsBefore;
  return {
    ...subject,
    facts,
    own,
    isFirstYear,
    period: {
      from: isFirstYear ? facts.firstInamiNumberOn : firstDay,
      to: person.deceasedOn !== undefined && person.deceasedOn < lastDay ? person.deceasedOn : lastDay,
    },
    premiumYearFacts: facts.years.find((known) => known.year === rules.premiumYear),
    activityFacts: facts.years.find((known) => known.year === activityYear),
  };
}
