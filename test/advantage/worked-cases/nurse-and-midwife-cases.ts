import { activityCases, gets, refused, waits } from "./worked-case.ts";

const MAIN_OCCUPATION = { attributes: ["selfEmployedMainAllYear"] };

export const NURSE_CASES = [
  ...activityCases(
    "nurse",
    [
      [
        2019,
        { reimbursedAmountCents: 3300000 },
        gets("full", 52872),
        "home care from 33,000 euros; amount 2019 derived",
      ],
      [2019, { reimbursedAmountCents: 3299999 }, refused("activityTooLow"), "home care from 33,000 euros"],
      [
        2020,
        { reimbursedAmountCents: 15000000 },
        gets("full", 53903),
        "excluded above 150,000 euros, exclusive; amount 2020 published",
      ],
      [2020, { reimbursedAmountCents: 15000001 }, refused("activityTooHigh"), "excluded above 150,000 euros"],
      [
        2021,
        { reimbursedAmountCents: 3300000 },
        gets("full", 54447),
        "home care from 33,000 euros; amount 2021 derived",
      ],
      [
        2022,
        { reimbursedAmountCents: 3300000 },
        gets("full", 54877),
        "home care from 33,000 euros; amount 2022 published",
      ],
      [
        2023,
        { reimbursedAmountCents: 6000000 },
        gets("full", 59344),
        "home care from 33,000 euros; amount 2023 published",
      ],
      [
        2024,
        { reimbursedAmountCents: 6000000 },
        gets("full", 62934),
        "home care from 33,000 euros; amount 2024 published",
      ],
      [
        2025,
        { reimbursedAmountCents: 3300001 },
        gets("full", 65036),
        "home care from 33,000 euros; amount 2025 derived",
      ],
    ],
    MAIN_OCCUPATION,
  ),
  ...activityCases("nurse", [
    [
      2024,
      { reimbursedAmountCents: 3300000 },
      refused("requirementNotMet"),
      "art. 8: self-employed in main occupation all year",
    ],
    [
      2024,
      { reimbursedAmountCents: 100 },
      refused("requirementNotMet"),
      "art. 8: the missing requirement is named before the activity",
    ],
  ]),
  {
    premiumYear: 2024,
    given: { professions: [{ profession: "nurse" }] },
    expected: waits("activityUnknown", "requirementUnknown"),
    source: "art. 8: nothing is known of the year",
  },
];

export const MIDWIFE_CASES = activityCases("midwife", [
  [2022, { provisions: 900, vValues: 0 }, refused("professionNotCovered"), "domain 1: midwives from premium year 2023"],
  [2023, { provisions: 150, vValues: 0 }, gets("full", 59344), "from 150; amount 2023 published"],
  [2023, { provisions: 149, vValues: 0 }, refused("activityTooLow"), "from 150 or 2250 V"],
  [2024, { provisions: 0, vValues: 2250 }, gets("full", 62934), "from 2250 V; amount 2024 published"],
  [2024, { provisions: 0, vValues: "2249.99" }, refused("activityTooLow"), "from 150 or 2250 V"],
  [2025, { provisions: 150, vValues: 2250 }, gets("full", 65036), "from 150; amount 2025 derived"],
]);
