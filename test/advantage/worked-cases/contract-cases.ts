import type { ContractFacts } from "../../../src/advantage/person-facts.ts";
import { type Expected, type Given, gets, refused, type WorkedCase, waits } from "./worked-case.ts";

type ContractRow = readonly [number, readonly Partial<ContractFacts>[], Expected, string, Partial<Given>?];

const AMOUNTS = { 2019: 52872, 2020: 53903, 2021: 54447, 2022: 54877, 2023: 59344, 2024: 62934, 2025: 65036 } as const;

/** Nurses who meet every condition of their own, with the contracts that are said. */
function nurseCases(rows: readonly ContractRow[]): WorkedCase[] {
  return rows.map(([premiumYear, contracts, expected, source, more]) => ({
    premiumYear,
    given: {
      professions: [
        { profession: "nurse", did: { reimbursedAmountCents: 5000000 }, attributes: ["selfEmployedMainAllYear"] },
      ],
      contracts,
      ...more,
    },
    expected,
    source,
  }));
}

const paid = (year: keyof typeof AMOUNTS, contract = "C-1") => gets("full", AMOUNTS[year], { contract });

const CUT_OFF = nurseCases([
  [2019, [{ recordedOn: "2020-04-30" }], paid(2019), "calendar 2019 (derived): linking ends on 30 April 2020"],
  [2019, [{ recordedOn: "2020-05-01" }], refused("contractReceivedTooLate"), "calendar 2019 (derived)"],
  [2020, [{ recordedOn: "2021-04-30" }], paid(2020), "calendar 2020 (derived): linking ends on 30 April 2021"],
  [2020, [{ recordedOn: "2021-05-01" }], refused("contractReceivedTooLate"), "calendar 2020 (derived)"],
  [2021, [{ recordedOn: "2022-04-30" }], paid(2021), "calendar 2021 (derived): linking ends on 30 April 2022"],
  [2021, [{ recordedOn: "2022-05-01" }], refused("contractReceivedTooLate"), "calendar 2021 (derived)"],
  [2022, [{ recordedOn: "2023-04-30" }], paid(2022), "calendar 2022 (derived): linking ends on 30 April 2023"],
  [2022, [{ recordedOn: "2023-05-01" }], refused("contractReceivedTooLate"), "calendar 2022 (derived)"],
  [2023, [{ recordedOn: "2024-04-30" }], paid(2023), "calendar 2023 (derived): linking ends on 30 April 2024"],
  [2023, [{ recordedOn: "2024-05-01" }], refused("contractReceivedTooLate"), "calendar 2023 (derived)"],
  [2024, [{ recordedOn: "2025-04-30" }], paid(2024), "calendar 2024 (derived): linking ends on 30 April 2025"],
  [2024, [{ recordedOn: "2025-05-01" }], refused("contractReceivedTooLate"), "calendar 2024 (derived)"],
  [2025, [{ recordedOn: "2026-04-30" }], paid(2025), "calendar 2025 (derived): linking ends on 30 April 2026"],
  [2025, [{ recordedOn: "2026-05-01" }], refused("contractReceivedTooLate"), "calendar 2025 (derived)"],
]);

const DATES = nurseCases([
  [2024, [{ startOn: "2024-12-31" }], paid(2024), "domain 4: started on 31 December at the latest (H)"],
  [2024, [{ startOn: "2025-01-01" }], refused("contractStartedTooLate"), "domain 4: started a day late"],
  [2024, [], refused("noContract"), "domain 1: no digital contract, no social advantage (H)"],
  [2024, [], waits("linkingNotEnded"), "until linking ends a contract may come", { today: "2025-04-30" }],
  [2024, [], refused("noContract"), "linking has ended", { today: "2025-05-01" }],
  [
    2024,
    [{ startOn: "2025-01-01" }],
    waits("linkingNotEnded"),
    "another contract may come until linking ends",
    { today: "2025-04-30" },
  ],
  [2024, [{ endOn: "2024-01-01" }], paid(2024), "domain 3: in force on a day of the year (L: switch)"],
  [2024, [{ endOn: "2023-12-31" }], refused("contractEnded"), "domain 3: in force on no day of the year"],
  [
    2024,
    [{ startOn: "2025-02-01", recordedOn: "2025-06-01" }],
    refused("contractStartedTooLate", "contractReceivedTooLate"),
    "every reason is told",
  ],
  [2024, [{}], waits("yearNotOver"), "domain 2: the year is handled when it is over", { today: "2024-12-31" }],
  [2024, [{}], paid(2024), "the day after the year", { today: "2025-01-01" }],
]);

const chosen = (contractId: string, chosenOn = "2025-03-01", insurerId = 1): Partial<Given> => ({
  person: { choice: { chosen: { insurerId, contractId }, chosenOn } },
});

const TWO = [{ startOn: "2018-03-01" }, { startOn: "2020-03-01", insurerId: 2 }];

const CHOICES = nurseCases([
  [2024, TWO, paid(2024, "C-1"), "assumed switch: without a choice the contract that started first"],
  [2024, [TWO[1]!, TWO[0]!], paid(2024, "C-2"), "the order in which they come does not matter"],
  [
    2024,
    TWO,
    paid(2024, "C-2"),
    "domain 2: with two contracts the provider chooses one (H)",
    chosen("C-2", "2025-03-01", 2),
  ],
  [2024, TWO, paid(2024, "C-2"), "chosen on the last day of linking", chosen("C-2", "2025-04-30", 2)],
  [2024, TWO, paid(2024, "C-1"), "chosen when linking was over", chosen("C-2", "2025-05-01", 2)],
  [2024, TWO, paid(2024, "C-1"), "a choice names insurer and contract", chosen("C-2", "2025-03-01", 1)],
  [
    2024,
    [TWO[0]!, { ...TWO[1], endOn: "2023-11-30" }],
    paid(2024, "C-1"),
    "the chosen one was closed before the year",
    chosen("C-2", "2025-03-01", 2),
  ],
  [
    2024,
    [TWO[0]!, { ...TWO[1], endOn: "2024-11-30" }],
    paid(2024, "C-2"),
    "the chosen one was closed inside the year (L: switch)",
    chosen("C-2", "2025-03-01", 2),
  ],
  [
    2024,
    [TWO[0]!, { ...TWO[1], startOn: "2025-01-01" }],
    paid(2024, "C-1"),
    "the chosen one started too late",
    chosen("C-2", "2025-03-01", 2),
  ],
  [
    2024,
    [{ startOn: "2025-01-01" }, { recordedOn: "2025-05-01" }],
    refused("contractStartedTooLate", "contractReceivedTooLate"),
    "no contract can be linked: why for each",
  ],
]);

const RESERVED = {
  outcome: "reservedRight",
  isAwaiting: false,
  reasons: [],
  level: "full",
  amountCents: 588181,
} as const;

function reservedCase(
  profession: string,
  person: Given["person"],
  contracts: Given["contracts"],
  expected: Expected,
  source: string,
): WorkedCase {
  const done = { profession, specialty: "generalPractice", in: 2022, did: { reimbursedAmountCents: 2500000 } };
  return {
    premiumYear: 2024,
    given: { professions: [done], person: { ...person }, ...(contracts && { contracts }) },
    expected,
    source: `domain 4: ${source}`,
  };
}

const WANTS = { chosen: "reservedRight", chosenOn: "2025-03-01" } as const;

const RESERVED_RIGHTS = [
  reservedCase(
    "doctor",
    { reservedRightFirstYear: 2016 },
    [],
    RESERVED,
    "who had one before 2017 needs no contract (H)",
  ),
  reservedCase(
    "doctor",
    { reservedRightFirstYear: 2017 },
    [],
    refused("noContract"),
    "one from 2017 on does not count (H)",
  ),
  reservedCase("doctor", {}, [], refused("noContract"), "nobody else has one"),
  reservedCase(
    "doctor",
    { reservedRightFirstYear: 2010, choice: WANTS },
    undefined,
    RESERVED,
    "chosen instead of a contract (H)",
  ),
  reservedCase(
    "doctor",
    { reservedRightFirstYear: 2010 },
    undefined,
    gets("full", 588181, { contract: "C-1" }),
    "a contract, and no choice: the contract",
  ),
  reservedCase(
    "doctor",
    { choice: WANTS },
    undefined,
    gets("full", 588181, { contract: "C-1" }),
    "chosen without having one",
  ),
  reservedCase(
    "doctor",
    { reservedRightFirstYear: 2010, choice: { ...WANTS, chosenOn: "2025-05-01" } },
    undefined,
    gets("full", 588181, { contract: "C-1" }),
    "chosen when linking was over",
  ),
  reservedCase(
    "doctor",
    { reservedRightFirstYear: 2010, legalPensionOn: "2020-01-01" },
    [],
    { ...RESERVED, outcome: "conventionAdvantage" },
    "a pensioner gets the convention advantage",
  ),
];

const DENTIST_WITH_RIGHT: WorkedCase = {
  premiumYear: 2024,
  given: {
    professions: [{ profession: "dentist", did: { provisions: 300 } }],
    person: { reservedRightFirstYear: 2010, choice: WANTS },
    contracts: [],
  },
  expected: refused("noContract"),
  source: "domain 4: doctors only (H)",
};

export const CONTRACT_CASES = [...CUT_OFF, ...DATES, ...CHOICES, ...RESERVED_RIGHTS, DENTIST_WITH_RIGHT];
