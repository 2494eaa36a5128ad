import { activityCases, gets, refused } from "./worked-case.ts";

export const SPEECH_THERAPIST_CASES = activityCases("speechTherapist", [
  [2019, { provisions: 2000, rValues: 0 }, gets("option2", 261715), "option 2 from 2000; amount 2019 derived"],
  [2019, { provisions: 1999, rValues: 0 }, gets("option1", 126893), "option 2 from 2000; amount derived"],
  [2020, { provisions: 0, rValues: 35000 }, gets("option2", 266818), "option 2 from 35000 R; amount 2020 derived"],
  [2020, { provisions: 0, rValues: "34999.99" }, gets("option1", 129367), "option 2 from 35000 R; amount derived"],
  [
    2021,
    { provisions: 4000, rValues: 0 },
    gets("option2", 269513),
    "excluded above 4000, exclusive; amount 2021 derived",
  ],
  [2021, { provisions: 900, rValues: 0 }, gets("option1", 130674), "option 1 from 900; amount derived"],
  [2021, { provisions: 899, rValues: 0 }, refused("activityTooLow"), "option 1 from 900"],
  [
    2022,
    { provisions: 0, rValues: 70000 },
    gets("option2", 271642),
    "excluded above 70000 R, exclusive; amount 2022 published",
  ],
  [2022, { provisions: 0, rValues: 15750 }, gets("option1", 131706), "option 1 from 15750 R; amount published"],
  [2022, { provisions: 0, rValues: "15749.99" }, refused("activityTooLow"), "option 1 from 15750 R"],
  [2023, { provisions: 2000, rValues: 35000 }, gets("option2", 293754), "option 2 from 2000; amount 2023 published"],
  [2023, { provisions: 1200, rValues: 20000 }, gets("option1", 142427), "option 1 from 900; amount published"],
  [2024, { provisions: 2400, rValues: 0 }, gets("option2", 311526), "option 2 from 2000; amount 2024 derived"],
  [2024, { provisions: 900, rValues: 0 }, gets("option1", 151044), "option 1 from 900; amount derived"],
  [2025, { provisions: 2000, rValues: 0 }, gets("option2", 321931), "option 2 from 2000; amount 2025 derived"],
  [2025, { provisions: 0, rValues: 15750 }, gets("option1", 156089), "option 1 from 15750 R; amount derived"],
  [2024, { provisions: 4001, rValues: 0 }, refused("activityTooHigh"), "excluded above 4000"],
  [
    2025,
    { provisions: 2000, rValues: "70000.01" },
    refused("activityTooHigh"),
    "excluded above 70000 R: either measure excludes",
  ],
]);
