import { doctorCases } from "./doctor-rows.ts";
import { gets, refused } from "./worked-case.ts";

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

export const THRESHOLD_CASES = THRESHOLD_ROWS.flatMap(
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
