import { evaluateDossier } from "../../src/advantage/evaluate-dossier.ts";
import { compilePremiumYears, readPremiumYearFiles } from "../../src/advantage/load-premium-years.ts";
import type { ContractFacts, PersonFacts, ProfessionFacts } from "../../src/advantage/person-facts.ts";
import { median } from "../report.ts";

const PERSONS = 70_000;
/** 95,000 contracts: every third person or so has a second one. */
const CONTRACTS = 95_000;
const ROUNDS = 3;
const PREMIUM_YEAR = 2024;
const BUSINESS_DATE = "2025-07-01";

interface Given {
  readonly person: PersonFacts;
  readonly contracts: readonly ContractFacts[];
}

/** Dossiers a second without database, explanation included; one core, median of three rounds over 70,000 persons. */
export function measurePure(): number {
  const rules = compilePremiumYears(readPremiumYearFiles()).get(PREMIUM_YEAR)!;
  const persons = Array.from({ length: PERSONS }, (_, index) => inventPerson(index));
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (const { person, contracts } of persons)
      evaluateDossier({ person, contracts, rules, businessDate: BUSINESS_DATE });
    rates.push((PERSONS * 1_000) / (performance.now() - start));
  }
  return median(rates);
}

const PROFESSIONS = [
  "doctor",
  "physiotherapist",
  "dentist",
  "nurse",
  "pharmacist",
  "speechTherapist",
  "midwife",
] as const;
const MEASURES = {
  doctor: ["reimbursedAmountCents", 1_000, "reimbursedAmountCents", 1_000],
  physiotherapist: ["provisions", 1, "mValues", 2_400],
  dentist: ["provisions", 1, "provisions", 1],
  nurse: ["reimbursedAmountCents", 2_000, "reimbursedAmountCents", 2_000],
  pharmacist: ["averageWeeklyHours", 1, "averageWeeklyHours", 1],
  speechTherapist: ["provisions", 1, "rValues", 1_750],
  midwife: ["provisions", 1, "vValues", 1_500],
} as const;

/** A person like many: the same for the same index, with each kind of trouble now and then. */
function inventPerson(index: number): Given {
  const second = index % 40 === 0 ? [inventProfession(index + 1)] : [];
  const person: PersonFacts = {
    personId: `P-${index}`,
    professions: [inventProfession(index), ...second],
    sanctions: index % 500 === 0 ? [{ sanction: "suspension", from: "2024-05-01", to: "2024-06-30" }] : [],
    ...(index % 25 === 0 && { legalPensionOn: "2022-04-01" }),
    ...(index % 300 === 0 && { deceasedOn: "2024-08-15" }),
  };
  const count = (index * (CONTRACTS - PERSONS)) % PERSONS < CONTRACTS - PERSONS ? 2 : 1;
  return { person, contracts: Array.from({ length: count }, (_, place) => inventContract(index, place, person)) };
}

function inventProfession(index: number): ProfessionFacts {
  const profession = PROFESSIONS[index % PROFESSIONS.length]!;
  const [first, firstFactor, second, secondFactor] = MEASURES[profession];
  const count = (index * 7_919) % 5_000;
  const measures = { [first]: count * firstFactor, [second]: count * secondFactor };
  const isFirstYear = index % 30 === 0;
  const from = isFirstYear ? "2024-10-01" : "2009-09-01";
  const attributes = ["selfEmployedMainAllYear"];
  return {
    profession,
    specialty: index % 3 === 0 ? "surgery" : "generalPractice",
    firstInamiNumberOn: from,
    recognised: [{ from }],
    conventions:
      index % 50 === 1
        ? [
            { from, to: "2024-03-31", kind: "full" },
            { from: "2024-04-01", kind: "partial" },
          ]
        : [{ from, kind: "full" }],
    trainee: [],
    formallyInactive: [],
    years: [
      { year: 2022, measures, inactiveDays: index % 60, attributes },
      { year: PREMIUM_YEAR, measures, inactiveDays: index % 60, attributes },
    ],
  };
}

function inventContract(index: number, place: number, { professions }: PersonFacts): ContractFacts {
  return {
    insurerId: 1 + ((index + place) % 20),
    contractId: `C-${index}-${place}`,
    profession: professions[0]!.profession,
    startOn: index % 70 === 0 ? "2025-01-01" : `20${10 + (index % 10)}-01-01`,
    recordedOn: index % 90 === 0 ? "2025-05-02" : "2021-11-30",
  };
}
