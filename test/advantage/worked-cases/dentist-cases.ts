import { activityCases, gets, refused, waits } from "./worked-case.ts";

export const DENTIST_CASES = [
  ...activityCases("dentist", [
    [2020, { provisions: 255 }, gets("full", 320000), "conditions 2020: 255, lowered (COVID); amount 2020 published"],
    [2020, { provisions: 254 }, refused("activityTooLow"), "conditions 2020: 255, lowered (COVID)"],
    [2021, { provisions: 300 }, gets("full", 323232), "conditions from 2021: 300; amount 2021 derived"],
    [2021, { provisions: 299 }, refused("activityTooLow"), "conditions from 2021: 300"],
    [2022, { provisions: 301 }, gets("full", 325786), "conditions from 2021: 300; amount 2022 published"],
    [2023, { provisions: 4200 }, gets("full", 352305), "no upper bound for dentists; amount 2023 published"],
    [2024, { provisions: 300 }, gets("full", 373619), "conditions from 2021: 300; amount 2024 published"],
    [2025, { provisions: 300 }, gets("full", 386098), "conditions from 2021: 300; amount 2025 derived"],
    [
      2025,
      { provisions: 0 },
      refused("activityTooLow"),
      "conditions from 2021: 300; nothing done is known to be nothing",
    ],
    [2024, {}, waits("activityUnknown"), "what nobody knows is not 0"],
  ]),
  ...activityCases(
    "dentist",
    [[2022, { provisions: 300 }, gets("full", 325786), "conditions: full or partial convention, the same amount"]],
    { conventions: [{ from: "2005-09-01", kind: "partial" }] },
  ),
  ...activityCases("dentist", [
    [2019, { provisions: 900 }, refused("professionNotCovered"), "domain 1: dentists from premium year 2020"],
  ]),
];
