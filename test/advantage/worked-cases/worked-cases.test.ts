import t from "tap";
import { rulesOf, SHIPPED_YEARS } from "../dossiers.ts";
import { findDifference } from "./worked-case.ts";
import { WORKED_CASES } from "./worked-cases.ts";

t.test("the worked cases come out as they were typed", async (t) => {
  t.ok(WORKED_CASES.length >= 150, `there are ${WORKED_CASES.length}`);
  const differing = WORKED_CASES.flatMap((each) => {
    const difference = findDifference(each, rulesOf(each.premiumYear));
    return difference ? [`${each.premiumYear} ${JSON.stringify(each.given)} (${each.source}): ${difference}`] : [];
  });
  t.strictSame(differing, []);
  t.strictSame(
    WORKED_CASES.filter(({ source }) => source.trim() === ""),
    [],
    "each says where it comes from",
  );
});

t.test("they are about every profession of every premium year", async (t) => {
  const seen = new Set(
    WORKED_CASES.flatMap(({ premiumYear, given }) =>
      given.professions.map(({ profession }) => `${premiumYear} ${profession}`),
    ),
  );
  const all = [...SHIPPED_YEARS.values()].flatMap(({ premiumYear, professions }) =>
    [...professions.keys()].map((profession) => `${premiumYear} ${profession}`),
  );
  t.strictSame(
    all.filter((each) => !seen.has(each) && !each.endsWith("biologistPharmacist")),
    [],
  );
});
