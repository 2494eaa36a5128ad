import type { ProfessionResult } from "../../src/advantage/evaluate-profession.ts";
import type { ContractFacts, PersonFacts, ProfessionFacts } from "../../src/advantage/person-facts.ts";
import { findCalendar } from "../../src/advantage/premium-year-rules.ts";
import {
  type ConditionSubject,
  type ContractSubject,
  describeProfession as describeSubject,
  type PersonSubject,
  type ProfessionSubject,
  type Rule,
} from "../../src/advantage/rule.ts";
import type { RULES, RuleName } from "../../src/advantage/rule-catalogue.ts";
import type { ReachedLevel } from "../../src/advantage/rules/highest-level.ts";
import { describeContract, describePerson, describeProfession, describeYear, rulesOf } from "./dossiers.ts";

type SubjectOf<Name extends RuleName> = (typeof RULES)[Name] extends Rule<infer Subject, infer _> ? Subject : never;

/** What a rule lets pass, and what it just does not. */
export interface RuleExamples<Subject> {
  readonly accepted: Readonly<Record<string, Subject>>;
  readonly refused: Readonly<Record<string, Subject>>;
  /** What is known does not tell. */
  readonly unknown?: Readonly<Record<string, Subject>>;
}

const YEAR = 2024;
const rules = rulesOf(YEAR);

function person(more: Partial<PersonFacts> = {}, businessDate = "2025-09-02"): PersonSubject {
  const known = describePerson([describeProfession("doctor")], more);
  return { person: known, rules, businessDate, firstDay: "2024-01-01", lastDay: "2024-12-31" };
}

function ofProfession(
  name: string,
  more: Partial<ProfessionFacts> = {},
  personal: Partial<PersonFacts> = {},
): ProfessionSubject {
  return describeSubject(person(personal), describeProfession(name, more), rules.professions.get(name)!);
}

function did(measures: Record<string, number | string>, more: { inactiveDays?: number; attributes?: string[] } = {}) {
  return { years: [describeYear(rules, YEAR, measures, more)] };
}

/** A row of conditions.csv by its place among those of the profession. */
function condition(
  name: string,
  place: number,
  more: Partial<ProfessionFacts> = {},
  isWaived = false,
): ConditionSubject {
  const subject = ofProfession(name, more);
  return { ...subject, condition: subject.own.conditions[place]!, isWaived };
}

function contract(more: Partial<ContractFacts> = {}, personal: Partial<PersonFacts> = {}): ContractSubject {
  return { ...person(personal), contract: describeContract(more), calendar: findCalendar(rules, "doctor") };
}

const level = (name: string, passed: boolean | undefined): ReachedLevel => ({
  level: name,
  passed,
  reason: passed === true ? undefined : passed === false ? "activityTooLow" : "activityUnknown",
});
const levels = (...reached: ReachedLevel[]) => ({
  ...ofProfession("physiotherapist"),
  levels: reached,
  isWaived: false,
});

const result = (profession: string, status: ProfessionResult["status"], amountCents?: number): ProfessionResult => ({
  ...{ profession, status, reasons: [] },
  ...(amountCents !== undefined && { amountCents }),
});

const joined = (from: string, to?: string) => ({ conventions: [{ from, to, kind: "full" as const }] });

/** For every rule; a test applies it to each and expects just that. */
export const RULE_EXAMPLES: { readonly [Name in RuleName]: RuleExamples<SubjectOf<Name>> } = {
  yearOver: {
    accepted: { "1 January of the next year": person({}, "2025-01-01") },
    refused: {},
    unknown: { "31 December of the year": person({}, "2024-12-31") },
  },
  aliveInYear: {
    accepted: { alive: person(), "deceased on 1 January": person({ deceasedOn: "2024-01-01" }) },
    refused: { "deceased the day before": person({ deceasedOn: "2023-12-31" }) },
  },
  notSanctioned: {
    accepted: {
      "a fine": person({ sanctions: [{ sanction: "administrativeFine", from: "2024-05-01" }] }),
      "suspended until the year began": person({
        sanctions: [{ sanction: "suspension", from: "2023-05-01", to: "2023-12-31" }],
      }),
    },
    refused: {
      "suspended for its first day": person({
        sanctions: [{ sanction: "suspension", from: "2023-05-01", to: "2024-01-01" }],
      }),
    },
    unknown: { "a sanction not in the list": person({ sanctions: [{ sanction: "exile", from: "2024-05-01" }] }) },
  },
  professionCovered: {
    accepted: { "a midwife in 2024": { ...person(), facts: describeProfession("midwife") } },
    refused: { "a midwife in 2022": { ...person(), rules: rulesOf(2022), facts: describeProfession("midwife") } },
    unknown: { "a profession of no year": { ...person(), facts: describeProfession("druid") } },
  },
  numberHeld: {
    accepted: { "granted on 31 December": ofProfession("dentist", { firstInamiNumberOn: "2024-12-31" }) },
    refused: { "granted the day after": ofProfession("dentist", { firstInamiNumberOn: "2025-01-01" }) },
  },
  recognised: {
    accepted: {
      "all year": ofProfession("doctor", { recognised: [{ from: "2024-01-01", to: "2024-12-31" }] }),
      "by code 000": ofProfession("doctor", { recognised: [], competenceCode: "000" }),
      "from the first number": ofProfession("doctor", {
        firstInamiNumberOn: "2024-05-02",
        recognised: [{ from: "2024-05-02" }],
      }),
    },
    refused: {
      "a day short": ofProfession("doctor", { recognised: [{ from: "2024-01-02" }] }),
      "by a doctor's code as a dentist": ofProfession("dentist", { recognised: [], competenceCode: "000" }),
    },
  },
  reallyActive: {
    accepted: {
      "inactive for all days but one": ofProfession("nurse", { formallyInactive: [{ from: "2024-01-02" }] }),
      "a doctor with an authorised activity": ofProfession("doctor", {
        formallyInactive: [{ from: "2024-01-01" }],
        ...did({}, { attributes: ["authorisedActivity"] }),
      }),
    },
    refused: {
      "inactive all year": ofProfession("doctor", { formallyInactive: [{ from: "2024-01-01", to: "2024-12-31" }] }),
      "a nurse with an authorised activity": ofProfession("nurse", {
        formallyInactive: [{ from: "2024-01-01" }],
        ...did({}, { attributes: ["authorisedActivity"] }),
      }),
    },
  },
  joinedAllYear: {
    accepted: {
      "the whole year": ofProfession("dentist", joined("2024-01-01", "2024-12-31")),
      "from the first number": ofProfession("dentist", { firstInamiNumberOn: "2024-10-01", ...joined("2024-10-01") }),
      "until death": ofProfession("dentist", joined("2010-01-01", "2024-03-05"), { deceasedOn: "2024-03-05" }),
    },
    refused: {
      "all but the last day": ofProfession("dentist", joined("2024-01-01", "2024-12-30")),
      "a day after the first number": ofProfession("dentist", {
        firstInamiNumberOn: "2024-10-01",
        ...joined("2024-10-02"),
      }),
    },
  },
  firstYearMonths: {
    accepted: {
      "granted on 1 December": ofProfession("dentist", { firstInamiNumberOn: "2024-12-01" }),
      "granted long ago": ofProfession("dentist"),
    },
    refused: { "granted on 2 December": ofProfession("dentist", { firstInamiNumberOn: "2024-12-02" }) },
  },
  activityWaived: {
    accepted: {
      death: ofProfession("dentist", {}, { deceasedOn: "2024-12-31" }),
      "legal pension": ofProfession("dentist", {}, { legalPensionOn: "2024-01-01" }),
      start: ofProfession("dentist", { firstInamiNumberOn: "2024-05-01" }),
      "long incapacity": ofProfession("dentist", did({}, { attributes: ["longIncapacity"] })),
    },
    refused: {
      "pension the year before": ofProfession("dentist", {}, { legalPensionOn: "2023-12-31" }),
      "start the year before": ofProfession("dentist", { firstInamiNumberOn: "2023-12-31" }),
    },
  },
  activityNotExcluded: {
    accepted: {
      "at the bound": ofProfession("physiotherapist", did({ provisions: 6500, mValues: 156000 })),
      "no bound for the profession": ofProfession("pharmacist"),
    },
    refused: {
      "one above": ofProfession("physiotherapist", did({ provisions: 6501, mValues: 0 })),
      "a hundredth above in the other measure": ofProfession(
        "physiotherapist",
        did({ provisions: 0, mValues: "156000.01" }),
      ),
      "above, though inactive half the year": ofProfession(
        "physiotherapist",
        did({ provisions: 6501, mValues: 0 }, { inactiveDays: 111 }),
      ),
    },
    unknown: { "the other measure is not known": ofProfession("physiotherapist", did({ provisions: 6500 })) },
  },
  groupMatches: {
    accepted: {
      "full convention": condition("doctor", 0),
      "partial convention": condition("doctor", 2, { conventions: [{ from: "2010-01-01", kind: "partial" }] }),
      "partial for a part of the year": condition("doctor", 2, {
        conventions: [
          { from: "2010-01-01", to: "2024-06-30", kind: "full" },
          { from: "2024-07-01", kind: "partial" },
        ],
      }),
      trainee: condition("doctor", 3, { trainee: [{ from: "2023-10-01", to: "2024-12-31" }] }),
      "fifth year": condition("doctor", 4, { practiceStartedOn: "2020-12-31" }),
    },
    refused: {
      "partial convention is not full": condition("doctor", 0, {
        conventions: [{ from: "2010-01-01", kind: "partial" }],
      }),
      "full convention is not partial": condition("doctor", 2),
      "trainee for a part of the year": condition("doctor", 3, { trainee: [{ from: "2023-10-01", to: "2024-12-30" }] }),
      "sixth year": condition("doctor", 4, { practiceStartedOn: "2019-12-31" }),
      "years before practice": condition("doctor", 4, { practiceStartedOn: "2025-01-01" }),
    },
  },
  requirementMet: {
    accepted: {
      "held all year": condition("nurse", 0, did({}, { attributes: ["selfEmployedMainAllYear"] })),
      "none asked": condition("dentist", 0),
    },
    refused: { "known not to hold": condition("nurse", 0, did({})) },
    unknown: { "nothing known of the year": condition("nurse", 0) },
  },
  boundReached: {
    accepted: {
      "at the bound": condition("dentist", 0, did({ provisions: 300 })),
      "by the alternative": condition("midwife", 0, did({ provisions: 0, vValues: 2250 })),
      "pro rata of inactivity": condition("dentist", 0, did({ provisions: 150 }, { inactiveDays: 111 })),
      "half the threshold, as published": condition("doctor", 1, {
        specialty: "anaesthesia",
        years: [describeYear(rules, 2022, { reimbursedAmountCents: 2819694 })],
      }),
      waived: condition("dentist", 0, {}, true),
      "nothing asked": condition("doctor", 3),
    },
    refused: {
      "one below": condition("dentist", 0, did({ provisions: 299 })),
      "both below": condition("midwife", 0, did({ provisions: 149, vValues: "2249.99" })),
      "below pro rata": condition("dentist", 0, did({ provisions: 149 }, { inactiveDays: 111 })),
      "a cent below half": condition("doctor", 1, {
        specialty: "anaesthesia",
        years: [describeYear(rules, 2022, { reimbursedAmountCents: 2819693 })],
      }),
    },
    unknown: {
      "nothing known of the year": condition("dentist", 0),
      "the alternative is not known": condition("midwife", 0, did({ provisions: 149 })),
      "no threshold for the specialty": condition("doctor", 0, {
        specialty: "podology",
        years: [describeYear(rules, 2022, { reimbursedAmountCents: 99999999 })],
      }),
      "activity of another year": condition("doctor", 0, {
        specialty: "surgery",
        ...did({ reimbursedAmountCents: 99999999 }),
      }),
    },
  },
  highestLevel: {
    accepted: { "two reached": levels(level("option1", true), level("option2", true), level("option3", false)) },
    refused: { "none reached": levels(level("option1", false)), "no row for the person": levels() },
    unknown: { "a higher one may be reached": levels(level("option1", true), level("option3", undefined)) },
  },
  amountPublished: {
    accepted: { "published for 2022": { ...ofProfession("doctor"), level: "trainee" } },
    refused: {},
    unknown: {
      "not published for 2021": describeLevel(2021, "trainee"),
    },
  },
  oneAdvantage: {
    accepted: {
      "one of two": [result("nurse", "entitled", 62934), result("midwife", "refused")],
      "what is open could give no more": [
        result("dentist", "entitled", 373619),
        { ...result("nurse", "awaiting"), atMostCents: 62934 },
      ],
    },
    refused: { "none of two": [result("nurse", "refused"), result("midwife", "refused")], "no profession": [] },
    unknown: {
      "what is open could give more": [
        result("nurse", "entitled", 62934),
        { ...result("dentist", "awaiting"), atMostCents: 373619 },
      ],
    },
  },
  contractStarted: {
    accepted: { "on 31 December": contract({ startOn: "2024-12-31" }) },
    refused: { "on 1 January": contract({ startOn: "2025-01-01" }) },
  },
  contractRecorded: {
    accepted: { "on the last day of linking": contract({ recordedOn: "2025-04-30" }) },
    refused: { "the day after": contract({ recordedOn: "2025-05-01" }) },
  },
  contractInForce: {
    accepted: { "ended on 1 January": contract({ endOn: "2024-01-01" }), "goes on": contract() },
    refused: { "ended the day before": contract({ endOn: "2023-12-31" }) },
  },
  contractOfPensioner: {
    accepted: {
      "no pension": contract(),
      "both from before 2016": contract({ startOn: "2015-12-31" }, { legalPensionOn: "2015-12-31" }),
      "a pension that lies ahead": contract({}, { legalPensionOn: "2025-01-01" }),
    },
    refused: {
      "a newer contract": contract({ startOn: "2016-01-01" }, { legalPensionOn: "2015-12-31" }),
      "a newer pension": contract({ startOn: "2015-12-31" }, { legalPensionOn: "2016-01-01" }),
    },
  },
  contractLinked: {
    accepted: { "the only one": { ...person(), linkable: [describeContract()] } },
    refused: {
      "none that could be paid": { ...person(), linkable: [] },
      "two, no choice, and no default": {
        ...person(),
        rules: { ...rules, switches: { ...rules.switches, contractWithoutChoice: "none" } },
        linkable: [describeContract(), describeContract({ contractId: "C-2" })],
      },
    },
  },
  legalPension: {
    accepted: { none: person(), "on 1 January of the next year": person({ legalPensionOn: "2025-01-01" }) },
    refused: { "on 31 December": person({ legalPensionOn: "2024-12-31" }) },
  },
  reservedRight: {
    accepted: { "a doctor's of 2016": person({ reservedRightFirstYear: 2016 }) },
    refused: {
      "a doctor's of 2017": person({ reservedRightFirstYear: 2017 }),
      "a dentist's of 2016": {
        ...person(),
        person: describePerson([describeProfession("dentist")], { reservedRightFirstYear: 2016 }),
      },
      none: person(),
    },
  },
};

function describeLevel(year: number, name: string): ProfessionSubject & { readonly level: string } {
  const own = rulesOf(year).professions.get("doctor")!;
  return { ...describeSubject({ ...person(), rules: rulesOf(year) }, describeProfession("doctor"), own), level: name };
}
