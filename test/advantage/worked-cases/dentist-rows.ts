import type { Expected, GivenProfession, WorkedCase } from "./worked-case.ts";

export type PersonRow = readonly [number, Partial<GivenProfession>, WorkedCase["given"]["person"], Expected, string];

/** Dentists who did enough and have one contract of long ago, but for what is said. */
export function dentistCases(rows: readonly PersonRow[]): WorkedCase[] {
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
