import { doctorCases } from "./doctor-rows.ts";
import { THRESHOLD_CASES } from "./threshold-cases.ts";
import { gets, refused, type WorkedCase, waits } from "./worked-case.ts";

const PARTIAL_CONVENTION = { conventions: [{ from: "2005-09-01", kind: "partial" as const }] };
const TRAINEE = { trainee: [{ from: "2018-10-01" }], recognised: [{ from: "2018-10-01" }] };

const LEVELS = doctorCases([
  [
    2020,
    2018,
    "generalPractice",
    2500000,
    gets("full", 503770),
    "threshold 25,000 euros in the reference year 2018; amount 2020 published",
  ],
  [
    2020,
    2018,
    "generalPractice",
    2499999,
    gets("partial", 237640),
    "below the threshold, above half of it; amount published",
  ],
  [2021, 2019, "generalPractice", 2500000, gets("full", 508858), "reference year 2019; amount 2021 derived"],
  [2021, 2019, "generalPractice", 1250000, gets("partial", 240040), "half threshold 12,500 euros; amount derived"],
  [2022, 2020, "generalPractice", 2500000, gets("full", 512878), "reference year 2020; amount 2022 published"],
  [2022, 2020, "generalPractice", 1250000, gets("partial", 241936), "half threshold; amount published"],
  [2023, 2021, "generalPractice", 9000000, gets("full", 554626), "no upper bound for doctors; amount 2023 published"],
  [2023, 2021, "generalPractice", 1250000, gets("partial", 261630), "half threshold; amount published"],
  [2024, 2022, "generalPractice", 2500000, gets("full", 588181), "reference year 2022; amount 2024 published"],
  [2024, 2022, "generalPractice", 1250000, gets("partial", 277459), "half threshold; amount published"],
  [2025, 2023, "generalPractice", 2500000, gets("full", 607826), "reference year 2023; amount 2025 derived"],
  [2025, 2023, "generalPractice", 1250000, gets("partial", 286726), "half threshold; amount derived"],
  [2025, 2023, "generalPractice", 1249999, refused("activityTooLow"), "below half the threshold"],
  [
    2024,
    2023,
    "generalPractice",
    2500000,
    waits("activityUnknown"),
    "contested switch: the reference year is 2022; 2023 tells nothing",
  ],
  [
    2024,
    2024,
    "generalPractice",
    2500000,
    waits("activityUnknown"),
    "contested switch: the premium year's own activity tells nothing",
  ],
  [2024, 2021, "generalPractice", 2500000, waits("activityUnknown"), "contested switch: the reference year is 2022"],
  [
    2024,
    2022,
    "podology",
    9000000,
    waits("thresholdUnknown"),
    "a specialty that is not listed needs an operator's decision",
  ],
  [2022, 2020, "clinicalGenetics", 9000000, waits("thresholdUnknown"), "threshold published for 2023, not before"],
]);

const PARTIALLY_CONVENTIONED = doctorCases(
  [
    [
      2020,
      2018,
      "surgery",
      5149805,
      gets("partial", 237640),
      "partial convention: whole threshold (contested switch); amount published",
    ],
    [
      2020,
      2018,
      "surgery",
      5149804,
      refused("activityTooLow"),
      "partial convention: whole threshold (contested switch)",
    ],
    [2024, 2022, "surgery", 99999999, gets("partial", 277459), "partial convention never gives the full amount"],
  ],
  PARTIAL_CONVENTION,
);

const TRAINEES = doctorCases(
  [
    [
      2020,
      2018,
      "generalPractice",
      0,
      waits("amountNotPublished"),
      "no trainee amount was published for 2020 (switch)",
    ],
    [
      2021,
      2019,
      "generalPractice",
      0,
      waits("amountNotPublished"),
      "no trainee amount was published for 2021 (switch)",
    ],
    [2022, 2020, "generalPractice", 0, gets("trainee", 640138), "no threshold for trainees; amount 2022 published"],
    [2023, 2021, "generalPractice", 0, gets("trainee", 746504), "no threshold for trainees; amount 2023 published"],
    [2024, 2022, "generalPractice", 0, gets("trainee", 791668), "no threshold for trainees; amount 2024 published"],
    [2025, 2023, "generalPractice", 0, gets("trainee", 818110), "no threshold for trainees; amount 2025 derived"],
    [2024, 2022, "generalPractice", 2500000, gets("trainee", 791668), "of trainee and full the higher amount counts"],
  ],
  TRAINEE,
).map((each) =>
  each.expected.reasons.includes("amountNotPublished")
    ? { ...each, expected: { ...each.expected, outcome: "socialAdvantage" as const, level: "trainee" } }
    : each,
);

const FIRST_YEARS = [
  ...doctorCases(
    [[2024, 2022, "generalPractice", 0, gets("full", 588181), "first five years: no threshold; 2024 is the fifth"]],
    {
      practiceStartedOn: "2020-10-01",
    },
  ),
  ...doctorCases(
    [
      [
        2024,
        2022,
        "generalPractice",
        0,
        refused("activityTooLow"),
        "first five years are over: 2024 would be the sixth",
      ],
    ],
    {
      practiceStartedOn: "2019-10-01",
    },
  ),
  ...doctorCases([[2024, 2022, "podology", 0, gets("full", 588181), "without threshold none need be known"]], {
    practiceStartedOn: "2023-10-01",
  }),
  ...doctorCases(
    [[2024, 2022, "generalPractice", 0, refused("activityTooLow"), "practice that begins later gives nothing yet"]],
    {
      practiceStartedOn: "2025-01-01",
    },
  ),
];

const BIOLOGISTS: WorkedCase[] = [
  {
    premiumYear: 2024,
    given: {
      professions: [
        {
          profession: "biologistPharmacist",
          specialty: "internalMedicine",
          in: 2022,
          did: { reimbursedAmountCents: 4066102 },
        },
      ],
    },
    expected: gets("full", 588181),
    source: "domain 4: biologist-pharmacists follow the doctors' rules from 2020, reference year included",
  },
  {
    premiumYear: 2024,
    given: {
      professions: [
        {
          profession: "biologistPharmacist",
          specialty: "clinicalBiology",
          in: 2022,
          did: { reimbursedAmountCents: 9 },
        },
      ],
    },
    expected: waits("thresholdUnknown"),
    source: "thresholds: clinical biology is not listed, no guess",
  },
  {
    premiumYear: 2019,
    given: {
      professions: [
        { profession: "biologistPharmacist", specialty: "clinicalBiology", did: { reimbursedAmountCents: 9 } },
      ],
    },
    expected: refused("professionNotCovered"),
    source: "domain 4: from 2020",
  },
];

const STATUSES: WorkedCase[] = [
  ...doctorCases(
    [[2022, 2020, "generalPractice", 2500000, gets("full", 512878), "from 2022 code 009 counts as recognised (M)"]],
    {
      recognised: [],
      competenceCode: "009",
    },
  ),
  ...doctorCases(
    [[2021, 2019, "generalPractice", 2500000, refused("notRecognised"), "code 009 counts from 2022, not before"]],
    {
      recognised: [],
      competenceCode: "009",
    },
  ),
  ...doctorCases(
    [[2022, 2020, "generalPractice", 2500000, refused("notRecognised"), "code 011 is not among those that count"]],
    {
      recognised: [],
      competenceCode: "011",
    },
  ),
  ...doctorCases(
    [
      [
        2022,
        2020,
        "generalPractice",
        2500000,
        gets("full", 512878),
        "from 2022: inactive all year, authorised activity (M)",
      ],
    ],
    {
      formallyInactive: [{ from: "2021-06-01" }],
      attributes: ["authorisedActivity"],
    },
  ),
  ...doctorCases(
    [
      [
        2021,
        2019,
        "generalPractice",
        2500000,
        refused("notActive"),
        "inactive with an authorised activity: from 2022 only",
      ],
    ],
    {
      formallyInactive: [{ from: "2020-06-01" }],
      attributes: ["authorisedActivity"],
    },
  ),
  ...doctorCases(
    [[2022, 2020, "generalPractice", 2500000, refused("notActive"), "inactive all year, nothing authorised"]],
    {
      formallyInactive: [{ from: "2021-06-01" }],
    },
  ),
];

export const DOCTOR_CASES = [
  ...LEVELS,
  ...PARTIALLY_CONVENTIONED,
  ...TRAINEES,
  ...FIRST_YEARS,
  ...THRESHOLD_CASES,
  ...BIOLOGISTS,
  ...STATUSES,
  ...doctorCases([
    [
      2019,
      2017,
      "generalPractice",
      2500000,
      refused("professionNotCovered"),
      "domain 1: doctors from premium year 2020",
    ],
  ]),
];
