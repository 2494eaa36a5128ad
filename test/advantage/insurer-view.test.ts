import t from "tap";
import { DOSSIER_STATES, type DossierState } from "../../src/advantage/dossier-states.ts";
import type { Evaluation } from "../../src/advantage/evaluate-dossier.ts";
import {
  type Dossier,
  INSURER_OUTCOMES,
  type InsurerView,
  NEXT_STEPS,
  projectInsurerView,
  showsYear,
} from "../../src/advantage/insurer-view.ts";
import type { ContractFacts, PersonFacts } from "../../src/advantage/person-facts.ts";
import { INSURER_REASONS, REASONS } from "../../src/advantage/reasons.ts";
import { describeContract, describePerson, describeProfession, describeYear, evaluate, rulesOf } from "./dossiers.ts";

const rules = rulesOf(2024);
const A = describeContract({ contractId: "A", insurerId: 1 });
const B = describeContract({ contractId: "B", insurerId: 2, startOn: "2019-01-01" });
const ON_B = { choice: { chosen: { insurerId: 2, contractId: "B" }, chosenOn: "2025-03-01" } };

const practice = (cents: number) => ({
  specialty: "generalPractice",
  years: [describeYear(rules, 2022, { reimbursedAmountCents: cents })],
});

function person(more: Partial<PersonFacts> = {}, cents = 2500000): PersonFacts {
  return describePerson([describeProfession("doctor", practice(cents))], more);
}

function view(
  known: PersonFacts,
  {
    state = "decided",
    contract = A,
    today = "2025-09-02",
    contracts = [A, B],
    payment,
    year = rules,
  }: Partial<{
    state: DossierState;
    contract: ContractFacts;
    today: string;
    contracts: ContractFacts[];
    payment: Dossier["payment"];
    year: typeof rules;
  }> = {},
): InsurerView {
  const evaluation = evaluate(year, known, contracts, today);
  return projectInsurerView({ contract, rules: year, businessDate: today }, { state, evaluation, payment });
}

const PAYABLE = {
  premiumYear: 2024,
  state: "decided",
  outcome: "payable",
  amountCents: 588181,
  nextStep: { step: "payment", on: "2026-01-15" },
  reasons: [],
} as const;
const HIDDEN = {
  premiumYear: 2024,
  state: "decided",
  outcome: "notPayable",
  reasons: ["notPayableOnThisContract"],
} as const;

t.test("the insurer of the contract that is paid sees what, how much and when", async (t) => {
  t.strictSame(view(person()), PAYABLE);
  t.strictSame(view(person(), { state: "toPay" }), { ...PAYABLE, state: "toPay" });
  const payment = { insurerId: 1, contractId: "A", amountCents: 588181, paidOn: "2025-11-20" };
  t.strictSame(view(person(), { state: "paid", payment, today: "2025-12-01" }), {
    premiumYear: 2024,
    state: "paid",
    payment: { amountCents: 588181, paidOn: "2025-11-20" },
    outcome: "payable",
    amountCents: 588181,
    reasons: [],
  });
});

t.test("refusals are told in the words of the list", async (t) => {
  t.strictSame(view(person({}, 100)), {
    premiumYear: 2024,
    state: "decided",
    outcome: "notPayable",
    reasons: ["conditionsNotMet"],
  });
  const tooLate = { ...A, startOn: "2025-01-01" };
  t.strictSame(view(person(), { contract: tooLate, contracts: [tooLate] }).reasons, ["contractStartedTooLate"]);
  const unseen = { ...A, recordedOn: "2025-05-01" };
  t.strictSame(view(person(), { contract: unseen, contracts: [unseen] }).reasons, ["contractReceivedTooLate"]);
  const both = { ...tooLate, recordedOn: "2025-05-01" };
  t.strictSame(view(person(), { contract: both, contracts: [both] }).reasons, [
    "contractStartedTooLate",
    "contractReceivedTooLate",
  ]);
});

t.test("what is not yet known is pending, and why", async (t) => {
  const podologist = describePerson([describeProfession("doctor", { ...practice(2500000), specialty: "podology" })]);
  t.strictSame(view(podologist, { state: "evaluated" }), {
    premiumYear: 2024,
    state: "evaluated",
    outcome: "pending",
    reasons: ["underReview"],
  });
  const year = rulesOf(2021);
  const trainee = describePerson([
    describeProfession("doctor", {
      trainee: [{ from: "2019-10-01" }],
      years: [describeYear(year, 2019, { reimbursedAmountCents: 0 })],
    }),
  ]);
  const unpublished = view(trainee, { state: "evaluated", year, today: "2022-09-02" });
  t.strictSame(unpublished, {
    premiumYear: 2021,
    state: "evaluated",
    outcome: "pending",
    reasons: ["amountNotPublished"],
  });
  t.match(view(person(), { state: "contested" }), { outcome: "pending", reasons: ["underReview"] });
  t.match(view(person(), { state: "evaluated" }), { outcome: "pending", reasons: ["underReview"] });
});

t.test("until the decision everybody sees the calendar, and what is wrong with the own contract", async (t) => {
  const pending = (state: DossierState, step: string, on: string) => ({
    ...{ premiumYear: 2024, state, outcome: "pending", nextStep: { step, on }, reasons: [] },
  });
  t.strictSame(view(person(), { today: "2025-02-01", state: "open" }), pending("open", "linking", "2025-04-30"));
  t.strictSame(view(person(), { today: "2025-05-01", state: "open" }), pending("open", "evaluation", "2025-07-01"));
  t.strictSame(
    view(person(), { today: "2025-07-01", state: "evaluated" }),
    pending("evaluated", "additions", "2025-08-31"),
  );
  t.strictSame(
    view(person(), { today: "2025-08-31", state: "decided" }),
    pending("evaluated", "additions", "2025-08-31"),
  );
  const late = { ...A, recordedOn: "2025-05-01" };
  t.match(view(person(), { contract: late, contracts: [late], today: "2025-06-01" }), {
    outcome: "pending",
    reasons: ["contractReceivedTooLate"],
  });
});

t.test("hidden moves cannot be told from each other, on any day, in any state", async (t) => {
  const reserved = {
    reservedRightFirstYear: 2010,
    choice: { chosen: "reservedRight", chosenOn: "2025-03-01" },
  } as const;
  const hidden: Record<string, PersonFacts> = {
    "another contract was chosen": person(ON_B),
    "another contract was chosen, conditions not met": person(ON_B, 100),
    "another contract was chosen, a threshold unknown": describePerson(
      [describeProfession("doctor", { ...practice(1), specialty: "podology" })],
      ON_B,
    ),
    "convention advantage": person({ legalPensionOn: "2024-06-01" }),
    "convention advantage, conditions not met": person({ legalPensionOn: "2020-06-01" }, 100),
    "reserved right": person(reserved),
    "reserved right, conditions not met": person(reserved, 100),
    "reserved right, a threshold unknown": describePerson(
      [describeProfession("doctor", { ...practice(1), specialty: "podology" })],
      reserved,
    ),
  };
  const paidOnB = { insurerId: 2, contractId: "B", amountCents: 588181, paidOn: "2025-11-20" };
  for (const today of [
    "2025-01-01",
    "2025-04-30",
    "2025-05-01",
    "2025-07-01",
    "2025-08-31",
    "2025-09-01",
    "2025-12-24",
    "2027-01-01",
  ])
    for (const state of DOSSIER_STATES) {
      const seen = Object.values(hidden).map((known) => JSON.stringify(view(known, { today, state })));
      seen.push(JSON.stringify(view(person(ON_B), { today, state, payment: paidOnB })));
      t.equal(new Set(seen).size, 1, `${today} ${state}`);
      if (today >= "2025-09-01") t.strictSame(JSON.parse(seen[0]!), HIDDEN);
      else
        t.equal(
          seen[0],
          JSON.stringify(view(person(), { today, state })),
          `${today} ${state}: as on the contract that will be paid`,
        );
    }
});

t.test("a change that an insurer may not see changes nothing it sees", async (t) => {
  const onB = view(person(ON_B));
  t.strictSame(view(person({ ...ON_B, legalPensionOn: "2024-06-01" })), onB);
  t.strictSame(view(person(ON_B), { state: "paid" }), onB);
  t.strictSame(view(person(ON_B), { contracts: [A, B, describeContract({ contractId: "C", insurerId: 3 })] }), onB);
});

t.test("money that went to a contract stays visible there, also when it is taken back", async (t) => {
  const payment = { insurerId: 1, contractId: "A", amountCents: 588181, paidOn: "2025-11-20" };
  const taken = view(person({ legalPensionOn: "2024-06-01" }), { state: "recovery", payment, today: "2026-02-01" });
  t.strictSame(taken, {
    premiumYear: 2024,
    state: "recovery",
    payment: { amountCents: 588181, paidOn: "2025-11-20" },
    outcome: "notPayable",
    reasons: ["notPayableOnThisContract"],
  });
  const other = view(person(ON_B), { state: "recovery", payment, today: "2026-02-01" });
  t.strictSame(other, taken, "for whatever hidden reason");
});

t.test("these are the fields, outcomes and reasons an insurer may ever see", async (t) => {
  const payment = { insurerId: 1, contractId: "A", amountCents: 588181, paidOn: "2025-11-20" };
  const late = { ...A, startOn: "2025-01-01" };
  const people = [
    person(),
    person({}, 100),
    person(ON_B),
    person({ legalPensionOn: "2024-01-01" }),
    describePerson([]),
  ];
  const views = people.flatMap((known) =>
    DOSSIER_STATES.flatMap((state) =>
      ["2025-02-01", "2025-08-01", "2025-10-01"].flatMap((today) => [
        view(known, { state, today }),
        view(known, { state, today, payment }),
        view(known, { state, today, contract: late, contracts: [late] }),
      ]),
    ),
  );
  const fields = new Set(views.flatMap((each) => Object.keys(each)));
  t.strictSame([...fields].sort(), [
    "amountCents",
    "nextStep",
    "outcome",
    "payment",
    "premiumYear",
    "reasons",
    "state",
  ]);
  const inner = new Set(
    views.flatMap((each) => [...Object.keys(each.payment ?? {}), ...Object.keys(each.nextStep ?? {})]),
  );
  t.strictSame([...inner].sort(), ["amountCents", "on", "paidOn", "step"]);
  t.strictSame(INSURER_OUTCOMES, ["pending", "payable", "notPayable"]);
  t.strictSame(NEXT_STEPS, ["linking", "evaluation", "additions", "decision", "payment"]);
  t.strictSame(INSURER_REASONS, [
    "noContract",
    "contractStartedTooLate",
    "contractReceivedTooLate",
    "notPayableOnThisContract",
    "conditionsNotMet",
    "amountNotPublished",
    "underReview",
  ]);
  for (const each of views) {
    t.ok(each.reasons.every((reason) => INSURER_REASONS.includes(reason)));
    t.equal(
      each.outcome === "notPayable",
      each.outcome !== "pending" && each.reasons.length > 0,
      "a refusal says why, a payment needs not",
    );
  }
  for (const [reason, { insurerReason }] of Object.entries(REASONS))
    t.ok(INSURER_REASONS.includes(insurerReason), reason);
});

t.test("a year is shown on the contracts that cover it, and on those that just missed it", async (t) => {
  const shows = (more: Partial<ContractFacts>) => showsYear({ contract: describeContract(more), rules });
  t.ok(shows({}));
  t.ok(shows({ endOn: "2024-01-01" }));
  t.notOk(shows({ endOn: "2023-12-31" }));
  t.ok(shows({ startOn: "2025-04-30" }), "started too late: its insurer is told");
  t.notOk(shows({ startOn: "2025-05-01" }));
});

t.test("a withdrawn dossier is not payable", async (t) => {
  const withdrawn: Evaluation = evaluate(rules, person(), [A]);
  t.strictSame(
    projectInsurerView(
      { contract: A, rules, businessDate: "2025-09-02" },
      { state: "withdrawn", evaluation: withdrawn },
    ),
    {
      premiumYear: 2024,
      state: "withdrawn",
      outcome: "notPayable",
      reasons: ["conditionsNotMet"],
    },
  );
});
