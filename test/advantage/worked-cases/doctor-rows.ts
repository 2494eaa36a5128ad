import type { Expected, GivenProfession, WorkedCase } from "./worked-case.ts";

/** Premium year, year of the activity, specialty, cents reimbursed, expectation, source. */
export type DoctorRow = readonly [number, number, string, number, Expected, string];

export function doctorCases(rows: readonly DoctorRow[], more: Partial<GivenProfession> = {}): WorkedCase[] {
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
