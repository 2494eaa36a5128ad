import { dentistCases } from "./dentist-rows.ts";
import { gets, refused, type WorkedCase, waits } from "./worked-case.ts";

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

export const PERSON_CASES = [...WAIVERS, ...PENSION, ...SANCTIONS, ...SEVERAL];
