import fc from "fast-check";
import t from "tap";
import { type Evaluation, evaluateDossier, OUTCOMES } from "../../src/advantage/evaluate-dossier.ts";
import { multiplyFraction } from "../../src/advantage/exact-division.ts";
import { compilePremiumYears } from "../../src/advantage/load-premium-years.ts";
import type { ContractFacts, PersonFacts } from "../../src/advantage/person-facts.ts";
import { REASONS } from "../../src/advantage/reasons.ts";
import { RULES } from "../../src/advantage/rule-catalogue.ts";
import { describeContract, describePerson, describeProfession, describeYear, evaluate, rulesOf } from "./dossiers.ts";
import { withReplaced } from "./premium-year-texts.ts";
import { evaluateCase } from "./worked-cases/worked-case.ts";
import { WORKED_CASES } from "./worked-cases/worked-cases.ts";

const rules = rulesOf(2024);

t.test("an evaluation explains itself", async (t) => {
  const physiotherapist = describeProfession("physiotherapist", {
    years: [describeYear(rules, 2024, { provisions: 2999, mValues: "1000.5" })],
  });
  const { checks, ...result } = evaluate(rules, describePerson([physiotherapist]), [describeContract()]);
  t.match(result, {
    outcome: "socialAdvantage",
    level: "option2",
    rulesVersion: rules.version,
    rulesFingerprint: rules.fingerprint,
  });
  const ofLevel = (level: string) =>
    checks.find(({ rule, about }) => rule === "boundReached" && about === `physiotherapist ${level}`);
  const bound = { rule: "boundReached", rulesVersion: 1, seen: [2999, 100050] };
  t.strictSame(ofLevel("option3"), {
    ...bound,
    about: "physiotherapist option3",
    bound: [3000, 7200000],
    passed: false,
  });
  t.strictSame(ofLevel("option2"), {
    ...bound,
    about: "physiotherapist option2",
    bound: [2300, 5520000],
    passed: true,
  });
  t.strictSame(
    checks.find(({ rule }) => rule === "contractRecorded"),
    { rule: "contractRecorded", about: "C-1", seen: "2019-12-01", bound: "2025-04-30", passed: true, rulesVersion: 1 },
  );
});

t.test(
  "over the worked cases every rule is applied, passes and stops something, and every outcome occurs",
  async (t) => {
    const evaluations = WORKED_CASES.map((each) => evaluateCase(each, rulesOf(each.premiumYear)));
    const verdicts = new Set(
      evaluations.flatMap(({ checks }) => checks.map(({ rule, passed }) => `${rule} ${passed}`)),
    );
    for (const rule of Object.keys(RULES)) {
      t.ok(verdicts.has(`${rule} true`), `${rule} passes`);
      t.ok(verdicts.has(`${rule} false`) || verdicts.has(`${rule} undefined`), `${rule} stops`);
    }
    t.strictSame([...new Set(evaluations.map(({ outcome }) => outcome))].sort(), [...OUTCOMES].sort());
    const reasons = new Set(evaluations.flatMap((each) => each.reasons));
    const bySwitch = ["noContractChosen"];
    t.strictSame(
      Object.keys(REASONS).filter((reason) => !reasons.has(reason as never) && !bySwitch.includes(reason)),
      ["noLevelApplies", "contractAfterPension"],
      "no row for the person needs another premium year, and a pensioner's contract only shows by contract",
    );
  },
);

/** Without the explanation, whose order is that of the facts. */
const resultOf = ({ checks: _, ...result }: Evaluation) => JSON.stringify(result);

t.test("the same inputs give the same outcome, bit for bit, and are left alone", async (t) => {
  for (const each of WORKED_CASES) {
    const first = JSON.stringify(evaluateCase(each, rulesOf(each.premiumYear)));
    const again = JSON.stringify(evaluateCase(structuredClone(each), rulesOf(each.premiumYear)));
    if (first !== again) t.equal(again, first);
  }
  const input = { person: describePerson([describeProfession("dentist")]), contracts: [describeContract()] };
  const before = structuredClone(input);
  freeze(input);
  evaluateDossier({ ...input, rules, businessDate: "2025-09-02" });
  t.strictSame(input, before);
});

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}

const day = fc
  .tuple(fc.integer({ min: 2014, max: 2025 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, date]) => `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`);
const contracts: fc.Arbitrary<ContractFacts[]> = fc.uniqueArray(
  fc.record({
    insurerId: fc.integer({ min: 1, max: 3 }),
    contractId: fc.constantFrom("A", "B", "C"),
    profession: fc.constantFrom("dentist", "nurse"),
    startOn: day,
    endOn: fc.option(day, { nil: undefined }),
    recordedOn: day,
  }),
  { selector: ({ insurerId, contractId }) => `${insurerId} ${contractId}`, maxLength: 5 },
);
const profession = (name: string, measure: string) =>
  fc
    .record({
      count: fc.integer({ min: 0, max: 4_000_000 }),
      from: day,
      kind: fc.constantFrom("full" as const, "partial" as const),
    })
    .map(({ count, from, kind }) =>
      describeProfession(name, {
        conventions: [
          { from: "2024-06-30", kind: "full" },
          { from, to: "2024-06-29", kind },
        ],
        years: [describeYear(rules, 2024, { [measure]: count }, { attributes: ["selfEmployedMainAllYear"] })],
      }),
    );
const people: fc.Arbitrary<PersonFacts> = fc
  .record({
    professions: fc.tuple(
      profession("dentist", "provisions"),
      profession("nurse", "reimbursedAmountCents"),
      profession("pharmacist", "averageWeeklyHours"),
    ),
    legalPensionOn: fc.option(day, { nil: undefined }),
    deceasedOn: fc.option(day, { nil: undefined }),
    choice: fc.option(
      fc.record({ chosen: fc.record({ insurerId: fc.constant(1), contractId: fc.constant("B") }), chosenOn: day }),
      { nil: undefined },
    ),
  })
  .map(({ professions, ...more }) => describePerson(professions, more));

t.test("the order in which facts and contracts come does not matter", async (t) => {
  const law = fc.property(people, contracts, (person, given) => {
    const turned = {
      ...person,
      professions: person.professions
        .map((each) => ({ ...each, conventions: each.conventions.toReversed() }))
        .toReversed(),
    };
    return resultOf(evaluate(rules, person, given)) === resultOf(evaluate(rules, turned, given.toReversed()));
  });
  t.doesNotThrow(() => fc.assert(law, { numRuns: 2_000 }));
});

t.test("what holds of every evaluation", async (t) => {
  const law = fc.property(people, contracts, day, (person, given, today) => {
    const { outcome, amountCents, link, reasons, isAwaiting, months } = evaluate(rules, person, given, today);
    const linked =
      link.kind !== "none" &&
      given.some((each) => each.insurerId === link.insurerId && each.contractId === link.contractId);
    return (
      (amountCents === undefined || (amountCents > 0 && Number.isSafeInteger(amountCents))) &&
      (outcome !== "socialAdvantage" || linked) &&
      (outcome === "none") === (amountCents === undefined) &&
      (outcome === "none") === reasons.length > 0 &&
      (!isAwaiting || reasons.length > 0) &&
      (months === undefined || (months >= 1 && months <= 12))
    );
  });
  t.doesNotThrow(() => fc.assert(law, { numRuns: 2_000 }));
});

t.test("fractions are exact, rounded half up", async (t) => {
  t.equal(multiplyFraction(373619, 3, 12), 93405);
  t.equal(multiplyFraction(1, 1, 2), 1);
  t.equal(multiplyFraction(1, 5, 12), 0);
  const law = fc.property(
    fc.integer({ min: 0, max: 10_000_000_000 }),
    fc.integer({ min: 0, max: 12 }),
    (cents, months) => {
      const exact = (BigInt(cents) * BigInt(months) * 2n + 12n) / 24n;
      return BigInt(multiplyFraction(cents, months, 12)) === exact;
    },
  );
  t.doesNotThrow(() => fc.assert(law));
});

t.test("contested questions are switches", async (t) => {
  const switched = (year: number, from: string, to: string) =>
    rulesOf(year, compilePremiumYears(withReplaced("switches.csv", from, to)));
  const trainee = describePerson([describeProfession("doctor", { trainee: [{ from: "2015-01-01" }] })]);
  const paidAsFull = switched(
    2020,
    "missingTraineeAmount,amountNotPublished,contested",
    "missingTraineeAmount,fullAmount,contested",
  );
  t.match(evaluate(paidAsFull, trainee), { level: "trainee", amountCents: 503770 });

  const surgeon = (year: number) =>
    describePerson([
      describeProfession("doctor", {
        specialty: "surgery",
        conventions: [{ from: "2010-01-01", kind: "partial" }],
        years: [describeYear(rules, year, { reimbursedAmountCents: 2574902 })],
      }),
    ]);
  t.match(evaluate(switched(2024, "partialConventionShare,1", "partialConventionShare,0.5"), surgeon(2022)), {
    level: "partial",
    amountCents: 277459,
  });
  t.match(evaluate(switched(2024, "newestPublished,", "sameYearOnly,"), surgeon(2022)), {
    reasons: ["thresholdUnknown"],
  });

  const pensioner = describePerson([describeProfession("dentist")], { legalPensionOn: "2024-02-01" });
  const unpublished = evaluate(
    switched(2024, "conventionAdvantageAmount,sameAmount", "conventionAdvantageAmount,amountNotPublished"),
    pensioner,
  );
  t.match(unpublished, { outcome: "conventionAdvantage", isAwaiting: true, reasons: ["amountNotPublished"] });
  t.notOk("amountCents" in unpublished);

  const starting = describePerson([
    describeProfession("physiotherapist", { firstInamiNumberOn: "2024-01-01", recognised: [{ from: "2024-01-01" }] }),
  ]);
  t.match(evaluate(rules, starting), { level: "option3", amountCents: 362978 });
  t.match(evaluate(switched(2024, "waivedActivityLevel,highest", "waivedActivityLevel,lowest"), starting), {
    level: "option1",
    amountCents: 205320,
  });

  const dentist = describePerson([
    describeProfession("dentist", { years: [describeYear(rules, 2024, { provisions: 300 })] }),
  ]);
  const ended = [describeContract({ endOn: "2024-12-30" })];
  t.match(
    evaluate(switched(2024, "contractEndingInsideYear,payable", "contractEndingInsideYear,notPayable"), dentist, ended),
    { reasons: ["contractEnded"] },
  );
  const two = [
    describeContract({ startOn: "2021-01-01" }),
    describeContract({ contractId: "C-2", startOn: "2020-01-01" }),
  ];
  t.match(evaluate(rules, dentist, two).link, { contractId: "C-2" });
  t.match(
    evaluate(switched(2024, "contractWithoutChoice,earliestStart", "contractWithoutChoice,latestStart"), dentist, two)
      .link,
    { contractId: "C-1" },
  );
  const noDefault = switched(2024, "contractWithoutChoice,earliestStart", "contractWithoutChoice,none");
  t.match(evaluate(noDefault, dentist, two), { outcome: "none", reasons: ["noContractChosen"] });
  t.match(
    evaluate(noDefault, dentist, two.slice(1)).link,
    { kind: "automatic", contractId: "C-2" },
    "a single contract needs no choice",
  );

  const inactive = describePerson([
    describeProfession("doctor", {
      formallyInactive: [{ from: "2020-01-01" }],
      practiceStartedOn: "2023-01-01",
      years: [describeYear(rules, 2024, {}, { attributes: ["authorisedActivity"] })],
    }),
  ]);
  t.match(evaluate(rules, inactive), { outcome: "socialAdvantage" });
  t.match(evaluate(switched(2024, "WhileInactive,counts", "WhileInactive,doesNotCount"), inactive), {
    reasons: ["notActive"],
  });
});
