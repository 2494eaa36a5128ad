import { dentistCases } from "./dentist-rows.ts";
import { type GivenProfession, gets, refused } from "./worked-case.ts";

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

export const JOINING_CASES = [...JOINING, ...FIRST_YEAR, ...INACTIVITY];
