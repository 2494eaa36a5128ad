import { type Expected, type GivenProfession, gets, refused, type WorkedCase, waits } from "./worked-case.ts";

const PARTIAL_CONVENTION = { conventions: [{ from: "2005-09-01", kind: "partial" as const }] };
const TRAINEE = { trainee: [{ from: "2018-10-01" }], recognised: [{ from: "2018-10-01" }] };

/** Premium year, year of the activity, specialty, cents reimbursed, expectation, source. */
type DoctorRow = readonly [number, number, string, number, Expected, string];

function doctorCases(rows: readonly DoctorRow[], more: Partial<GivenProfession> = {}): WorkedCase[] {
  return rows.map(([premiumYear, activityYear, specialty, cents, expected, source]) => ({
    premiumYear,
    given: {
      professions: [
        { profession: "doctor", specialty, in: activityYear, did: { reimbursedAmountCents: cents }, ...more },
      ],
    },
    expected,
    source,
  }));
}

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

/**
 * Specialty, then cents that just reach the threshold, that just do not, that just reach half of it, that just do not; the
 * premium year, the amounts of full and partial in it.
 */
type ThresholdRow = readonly [string, number, number, number, number, number, number, number];

const THRESHOLD_ROWS: readonly ThresholdRow[] = [
  ["generalPractice", 2500000, 2499999, 1250000, 1249999, 2023, 554626, 261630],
  ["anaesthesia", 5639389, 5639388, 2819694, 2819693, 2020, 503770, 237640],
  ["surgery", 5149805, 5149804, 2574902, 2574901, 2021, 508858, 240040],
  ["neurosurgery", 6475777, 6475776, 3237889, 3237888, 2022, 512878, 241936],
  ["plasticSurgery", 2500000, 2499999, 1250000, 1249999, 2023, 554626, 261630],
  ["geriatrics", 5187960, 5187959, 2593980, 2593979, 2024, 588181, 277459],
  ["gynaecology", 4445533, 4445532, 2222766, 2222765, 2025, 607826, 286726],
  ["ophthalmology", 5560711, 5560710, 2780356, 2780355, 2020, 503770, 237640],
  ["otorhinolaryngology", 5627226, 5627225, 2813613, 2813612, 2021, 508858, 240040],
  ["urology", 5719342, 5719341, 2859671, 2859670, 2022, 512878, 241936],
  ["orthopaedics", 5947130, 5947129, 2973565, 2973564, 2023, 554626, 261630],
  ["stomatology", 7500000, 7499999, 3750000, 3749999, 2024, 588181, 277459],
  ["dermatology", 2881257, 2881256, 1440629, 1440628, 2025, 607826, 286726],
  ["oncology", 2857468, 2857467, 1428734, 1428733, 2020, 503770, 237640],
  ["internalMedicine", 4066102, 4066101, 2033051, 2033050, 2021, 508858, 240040],
  ["pneumology", 5231007, 5231006, 2615503, 2615502, 2022, 512878, 241936],
  ["gastroenterology", 6736207, 6736206, 3368103, 3368102, 2023, 554626, 261630],
  ["paediatrics", 2500000, 2499999, 1250000, 1249999, 2024, 588181, 277459],
  ["cardiology", 7500000, 7499999, 3750000, 3749999, 2025, 607826, 286726],
  ["clinicalGenetics", 2500000, 2499999, 1250000, 1249999, 2023, 554626, 261630],
  ["forensicMedicine", 2500000, 2499999, 1250000, 1249999, 2024, 588181, 277459],
];

const THRESHOLDS = THRESHOLD_ROWS.flatMap(
  ([specialty, whole, lessThanWhole, half, lessThanHalf, year, full, partial]) =>
    doctorCases([
      [year, year - 2, specialty, whole, gets("full", full), `threshold of ${specialty} as published`],
      [year, year - 2, specialty, lessThanWhole, gets("partial", partial), `threshold of ${specialty} as published`],
      [year, year - 2, specialty, half, gets("partial", partial), `half threshold of ${specialty} as published`],
      [
        year,
        year - 2,
        specialty,
        lessThanHalf,
        refused("activityTooLow"),
        `half threshold of ${specialty} as published`,
      ],
    ]),
);

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
  ...THRESHOLDS,
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
