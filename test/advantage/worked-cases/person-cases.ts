import { type Expected, type GivenProfession, gets, refused, type WorkedCase, waits } from "./worked-case.ts";

type PersonRow = readonly [number, Partial<GivenProfession>, WorkedCase["given"]["person"], Expected, string];

/** Dentists who did enough and have one contract of long ago, but for what is said. */
function dentistCases(rows: readonly PersonRow[]): WorkedCase[] {
  return rows.map(([premiumYear, profession, person, expected, source]) => ({
    premiumYear,
    given: {
      professions: [{ profession: "dentist", did: { provisions: 900 }, ...profession }],
      ...(person && { person }),
    },
    expected,
    source,
  }));
}

const first = (day: string): Partial<GivenProfession> => ({
  firstInamiNumberOn: day,
  recognised: [{ from: day }],
  conventions: [{ from: day, kind: "full" }],
});

const JOINING = dentistCases([
  [2024, {}, undefined, gets("full", 373619, { months: 12 }), "domain 4: joined the whole year, the whole amount"],
  [
    2024,
    { conventions: [{ from: "2024-01-01", kind: "full" }] },
    undefined,
    gets("full", 373619),
    "joined on 1 January is the whole year",
  ],
  [
    2024,
    { conventions: [{ from: "2024-01-02", kind: "full" }] },
    undefined,
    refused("notJoinedAllYear"),
    "joined a day late, not in the first year",
  ],
  [
    2024,
    { conventions: [{ from: "2005-09-01", to: "2024-12-31", kind: "full" }] },
    undefined,
    gets("full", 373619),
    "joined until the last day",
  ],
  [
    2024,
    { conventions: [{ from: "2005-09-01", to: "2024-12-30", kind: "full" }] },
    undefined,
    refused("notJoinedAllYear"),
    "left a day early",
  ],
  [
    2024,
    {
      conventions: [
        { from: "2024-03-16", kind: "partial" },
        { from: "2005-09-01", to: "2024-03-15", kind: "full" },
      ],
    },
    undefined,
    gets("full", 373619),
    "two periods without a gap are the whole year",
  ],
  [
    2024,
    {
      conventions: [
        { from: "2005-09-01", to: "2024-03-15", kind: "full" },
        { from: "2024-03-17", kind: "full" },
      ],
    },
    undefined,
    refused("notJoinedAllYear"),
    "a gap of one day",
  ],
  [2024, { conventions: [] }, undefined, refused("notJoinedAllYear"), "never joined"],
  [
    2024,
    { recognised: [{ from: "2005-09-01", to: "2024-06-30" }] },
    undefined,
    refused("notRecognised"),
    "domain 4: recognised the whole year",
  ],
  [
    2024,
    { formallyInactive: [{ from: "2023-11-01" }] },
    undefined,
    refused("notActive"),
    "domain 4: really active; the authorised activity is for doctors",
  ],
  [
    2024,
    { formallyInactive: [{ from: "2024-02-01" }] },
    undefined,
    gets("full", 373619),
    "active in January: not inactive all year",
  ],
]);

const FIRST_YEAR = dentistCases([
  [
    2024,
    first("2024-10-01"),
    undefined,
    gets("full", 93405, { months: 3 }),
    "domain 4: joined 1 October, 3/12 of 3736.19, half up: 934.0475",
  ],
  [
    2024,
    first("2024-10-02"),
    undefined,
    gets("full", 62270, { months: 2 }),
    "full months from 1 November: 2/12 of 3736.19 = 622.698",
  ],
  [2024, first("2024-01-01"), undefined, gets("full", 373619, { months: 12 }), "granted on 1 January: twelve months"],
  [
    2024,
    first("2024-01-02"),
    undefined,
    gets("full", 342484, { months: 11 }),
    "granted on 2 January: 11/12 of 3736.19 = 3424.840",
  ],
  [
    2024,
    first("2024-12-01"),
    undefined,
    gets("full", 31135, { months: 1 }),
    "granted on 1 December: 1/12 of 3736.19 = 311.349",
  ],
  [2024, first("2024-12-02"), undefined, refused("noFullMonth"), "no full month is left"],
  [2020, first("2020-07-01"), undefined, gets("full", 160000, { months: 6 }), "half a year of 3200.00"],
  [2022, first("2022-07-01"), undefined, gets("full", 162893, { months: 6 }), "half of 3257.86"],
  [2023, first("2023-07-01"), undefined, gets("full", 176153, { months: 6 }), "half of 3523.05 is 1761.525: half up"],
  [
    2024,
    { ...first("2024-03-01"), conventions: [{ from: "2024-04-01", kind: "full" }] },
    undefined,
    refused("notJoinedAtStart"),
    "domain 4: first year only when joined at the grant",
  ],
  [
    2024,
    first("2025-01-01"),
    undefined,
    refused("noNumberInYear", "notRecognised", "notJoinedAllYear"),
    "no INAMI number in the year yet",
  ],
  [
    2024,
    { ...first("2024-07-01"), did: { provisions: 0 } },
    undefined,
    gets("full", 186810, { months: 6 }),
    "domain 4: activity waived in the year of starting; half of 3736.19, half up",
  ],
]);

const INACTIVITY = dentistCases([
  [2024, { did: { provisions: 150 }, inactiveDays: 111 }, undefined, gets("full", 373619), "150 × 222 ≥ 300 × 111"],
  [
    2024,
    { did: { provisions: 149 }, inactiveDays: 111 },
    undefined,
    refused("activityTooLow"),
    "149 × 222 < 300 × 111",
  ],
  [
    2024,
    { did: { provisions: 299 }, inactiveDays: 1 },
    undefined,
    gets("full", 373619),
    "299 × 222 = 66378 ≥ 300 × 221 = 66300",
  ],
  [
    2024,
    { did: { provisions: 298 }, inactiveDays: 1 },
    undefined,
    refused("activityTooLow"),
    "298 × 222 = 66156 < 66300",
  ],
  [
    2024,
    { did: { provisions: 0 }, inactiveDays: 222 },
    undefined,
    gets("full", 373619),
    "inactive on every working day: nothing is asked",
  ],
  [
    2024,
    { did: { provisions: 0 }, inactiveDays: 260 },
    undefined,
    gets("full", 373619),
    "more days than the base are all of them",
  ],
  [2024, { did: { provisions: 1 }, inactiveDays: 221 }, undefined, refused("activityTooLow"), "1 × 222 < 300 × 1"],
  [2024, { did: { provisions: 2 }, inactiveDays: 221 }, undefined, gets("full", 373619), "2 × 222 = 444 ≥ 300 × 1"],
]);

const WAIVERS = dentistCases([
  [
    2024,
    { did: { provisions: 0 } },
    { deceasedOn: "2024-02-10" },
    gets("full", 373619),
    "domain 4: waived in the year of death",
  ],
  [
    2024,
    { did: { provisions: 0 } },
    { deceasedOn: "2025-01-01" },
    refused("activityTooLow"),
    "death in the year after waives nothing",
  ],
  [2024, {}, { deceasedOn: "2023-12-31" }, refused("deceasedBeforeYear"), "no year after death"],
  [2024, {}, { deceasedOn: "2024-01-01" }, gets("full", 373619), "the year of death counts"],
  [
    2024,
    { conventions: [{ from: "2005-09-01", to: "2024-02-10", kind: "full" }] },
    { deceasedOn: "2024-02-10" },
    gets("full", 373619),
    "joined until death is joined all year",
  ],
  [
    2024,
    { did: { provisions: 0 }, attributes: ["longIncapacity"] },
    undefined,
    gets("full", 373619),
    "domain 4: waived in long incapacity",
  ],
  [
    2024,
    { attributes: ["longIncapacity"] },
    undefined,
    gets("full", 373619),
    "waived: what was done need not be known",
  ],
]);

const CONVENTION = { outcome: "conventionAdvantage", isAwaiting: false, reasons: [] } as const;
const OLD = { contracts: [{ startOn: "2015-12-31" }] };
const NEW = { contracts: [{ startOn: "2016-01-01" }] };

const PENSION: WorkedCase[] = [
  ...dentistCases([
    [
      2024,
      {},
      { legalPensionOn: "2024-12-31" },
      { ...CONVENTION, level: "full", amountCents: 373619 },
      "domain 4: convention advantage from the year of the pension",
    ],
    [2024, {}, { legalPensionOn: "2025-01-01" }, gets("full", 373619), "pension of the year after"],
    [
      2024,
      { did: { provisions: 0 } },
      { legalPensionOn: "2024-05-01" },
      { ...CONVENTION, level: "full", amountCents: 373619 },
      "activity waived in the year of the pension",
    ],
    [
      2024,
      { did: { provisions: 0 } },
      { legalPensionOn: "2023-05-01" },
      refused("activityTooLow"),
      "in later years a pensioner must be active",
    ],
    [
      2024,
      {},
      { legalPensionOn: "2019-05-01" },
      { ...CONVENTION, level: "full", amountCents: 373619 },
      "still active after the pension",
    ],
  ]),
  ...(
    [
      [
        "2015-12-31",
        OLD,
        gets("full", 373619, { contract: "C-1" }),
        "pension and contract before 1 January 2016: social advantage",
      ],
      [
        "2016-01-01",
        OLD,
        { ...CONVENTION, level: "full", amountCents: 373619 },
        "pension on 1 January 2016: convention advantage",
      ],
      [
        "2015-12-31",
        NEW,
        { ...CONVENTION, level: "full", amountCents: 373619 },
        "contract of 1 January 2016: convention advantage",
      ],
      [
        "2015-12-31",
        { contracts: [...NEW.contracts, ...OLD.contracts] },
        gets("full", 373619, { contract: "C-2" }),
        "only the contract from before 2016 can be linked",
      ],
    ] as const
  ).map(([legalPensionOn, { contracts }, expected, source]) => ({
    premiumYear: 2024,
    given: {
      professions: [{ profession: "dentist", did: { provisions: 900 } }],
      person: { legalPensionOn },
      contracts,
    },
    expected,
    source: `domain 4: ${source}`,
  })),
];

const SANCTIONS = dentistCases([
  [
    2024,
    {},
    { sanctions: [{ sanction: "suspension", from: "2024-12-31", to: "2025-01-31" }] },
    refused("sanctioned"),
    "domain 4: certain sanctions exclude the year",
  ],
  [
    2024,
    {},
    { sanctions: [{ sanction: "suspension", from: "2025-01-01" }] },
    gets("full", 373619),
    "a sanction of another year",
  ],
  [
    2024,
    {},
    { sanctions: [{ sanction: "suspension", from: "2023-01-01", to: "2023-12-31" }] },
    gets("full", 373619),
    "a sanction that has ended",
  ],
  [
    2024,
    {},
    { sanctions: [{ sanction: "administrativeFine", from: "2024-03-01" }] },
    gets("full", 373619),
    "one that does not exclude (assumed)",
  ],
  [
    2024,
    {},
    { sanctions: [{ sanction: "reprimand", from: "2024-03-01" }] },
    waits("sanctionUnknown"),
    "one that nobody has decided about",
  ],
  [
    2024,
    {},
    { sanctions: [{ sanction: "strikingOff", from: "2022-03-01" }] },
    refused("sanctioned"),
    "one that goes on (assumed)",
  ],
  [
    2024,
    {},
    { sanctions: [{ sanction: "agreedFeesNotRespected", from: "2024-03-01" }] },
    refused("sanctioned"),
    "assumed",
  ],
]);

const SEVERAL: WorkedCase[] = [
  {
    premiumYear: 2024,
    given: {
      professions: [
        { profession: "midwife", did: { provisions: 150, vValues: 0 } },
        { profession: "dentist", did: { provisions: 300 } },
      ],
    },
    expected: gets("full", 373619),
    source: "domain 3: one advantage whatever number of professions; the higher one",
  },
  {
    premiumYear: 2024,
    given: {
      professions: [
        { profession: "midwife", did: { provisions: 150, vValues: 0 } },
        { profession: "dentist", did: { provisions: 299 } },
      ],
    },
    expected: gets("full", 62934),
    source: "domain 3: the profession whose conditions are met",
  },
  {
    premiumYear: 2024,
    given: {
      professions: [{ profession: "midwife", did: { provisions: 150, vValues: 0 } }, { profession: "dentist" }],
    },
    expected: waits("activityUnknown"),
    source: "the profession not yet known would give more",
  },
  {
    premiumYear: 2024,
    given: { professions: [{ profession: "dentist", did: { provisions: 300 } }, { profession: "midwife" }] },
    expected: gets("full", 373619),
    source: "the profession not yet known could give no more",
  },
  {
    premiumYear: 2024,
    given: {
      professions: [
        { profession: "dentist", did: { provisions: 299 } },
        { profession: "pharmacist", did: { averageWeeklyHours: 1 }, conventions: [] },
      ],
    },
    expected: refused("notJoinedAllYear", "activityTooLow"),
    source: "refused in all professions: the reasons of all",
  },
  {
    premiumYear: 2024,
    given: { professions: [] },
    expected: refused("noProfession"),
    source: "a person without profession",
  },
  {
    premiumYear: 2024,
    given: { professions: [{ profession: "osteopath" }] },
    expected: waits("professionUnknown"),
    source: "a profession that no premium year knows is a mistake, not a refusal",
  },
];

export const PERSON_CASES = [
  ...JOINING,
  ...FIRST_YEAR,
  ...INACTIVITY,
  ...WAIVERS,
  ...PENSION,
  ...SANCTIONS,
  ...SEVERAL,
];
