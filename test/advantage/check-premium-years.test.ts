import t from "tap";
import { checkPremiumYears } from "../../src/advantage/check-premium-years.ts";
import type { PremiumYearTexts } from "../../src/advantage/premium-year-tables.ts";
import { compile } from "../../src/advantage/rules-in-force.ts";
import { SHIPPED_TEXTS, withLines, withReplaced } from "./premium-year-texts.ts";

const TODAY = "2026-03-01";
const inForce = compile(SHIPPED_TEXTS);

const check = (texts: PremiumYearTexts, today = TODAY) => checkPremiumYears(inForce, compile(texts), today);
const replaced = (texts: PremiumYearTexts, from: string, to: string, file: keyof PremiumYearTexts = "amounts.csv") => {
  t.ok(texts[file].includes(from), from);
  return { ...texts, [file]: texts[file].replace(from, () => to) };
};
/** With the versions that the check itself asks for. */
const withVersions = (texts: PremiumYearTexts) => {
  const rows = check(texts).changed.map(
    ({ premiumYear, rules, before }) =>
      `${premiumYear},${(before?.version ?? 0) + 1},2026-03-01,${rules.fingerprint},test`,
  );
  return { ...texts, "versions.csv": `${texts["versions.csv"]}${rows.join("\n")}\n` };
};

t.test("an amount that changes asks for a version with its fingerprint, and nothing else", async (t) => {
  const texts = withReplaced("amounts.csv", "2025,dentist,full,386098,derived", "2025,dentist,full,386100,published");
  const { changed, refusals, doubts } = check(texts);
  t.same(
    changed.map(({ premiumYear }) => premiumYear),
    [2025],
  );
  const { fingerprint } = changed[0]!.rules;
  t.same(refusals, [
    `Premium year 2025 differs from version 1, which is in force: versions.csv needs a row 2025,2 with the fingerprint ${fingerprint}.`,
  ]);
  t.same(doubts, []);
  t.match(check(withVersions(texts)), { refusals: [], doubts: [] });
  const forged = withLines({ "versions.csv": ["2025,2,2026-03-01,0000000000000000,test"] });
  t.match(check({ ...texts, "versions.csv": forged["versions.csv"] }).refusals, [
    /^Premium year 2025, version 2: versions.csv has the fingerprint 0{16}, the files have [0-9a-f]{16}\.$/,
  ]);
});

t.test("files that say nothing new, that drop a year, or that number anew what is the same are refused", async (t) => {
  t.same(check(SHIPPED_TEXTS).refusals, ["The files say nothing else than what is in force."]);
  const [line = ""] = /^2025,1,.*$/m.exec(SHIPPED_TEXTS["versions.csv"]) ?? [];
  t.match(check(replaced(SHIPPED_TEXTS, line, line.replace(",1,", ",2,"), "versions.csv")).refusals, [
    "The files say nothing else than what is in force.",
    /^Premium year 2025 has version 2 in versions.csv, and says what version 1 says\.$/,
  ]);
  const without = compile(replaced(SHIPPED_TEXTS, `${line}\n`, "", "versions.csv"));
  t.ok(without.years.has(2025), "a year that ships is always there");
  const loaded = compile(
    withVersions(withReplaced("amounts.csv", "2025,dentist,full,386098", "2025,dentist,full,386100")),
  );
  const gone = { ...loaded, years: new Map([...inForce.years].filter(([year]) => year !== 2025)) };
  t.match(checkPremiumYears(inForce, gone, TODAY).refusals, [
    "Premium year 2025 is in force and not in the files: a year is not taken away.",
  ]);
});

t.test("euros in place of cents, or cents multiplied again, are doubted", async (t) => {
  const with2025 = (cents: number) =>
    check(withReplaced("amounts.csv", "2025,dentist,full,386098", `2025,dentist,full,${cents}`)).doubts;
  t.same(with2025(3861), [
    "Premium year 2025, dentist, amount of full: 3861 cents, and 386098 before: are these euros, or cents multiplied again?",
  ]);
  t.equal(with2025(38609800).length, 1);
  t.same(with2025(7722), [], "fifty times less, and a cent more");
  t.equal(with2025(7721).length, 1);
  t.same(with2025(400000), []);
  const row = /^doctor,generalPractice,(20\d\d),(\d+),(\d+),/m.exec(SHIPPED_TEXTS["thresholds.csv"])!;
  const [found, year, whole, half] = row as unknown as [string, string, string, string];
  const inEuros = found.replace(`${whole},${half}`, `${Number(whole) / 100},${Number(half) / 100}`);
  const { doubts } = check(withReplaced("thresholds.csv", found, inEuros));
  t.ok(
    doubts.some((doubt) => doubt.includes("threshold of generalPractice")),
    year,
  );
});

t.test("an amount of a new year is compared with the year before, and a first one with 100 euros", async (t) => {
  const lines = (dentist: number, midwife: number) =>
    withLines({
      "versions.csv": ["2026,1,2026-11-22,x,test"],
      "calendar.csv": ["2026,*,2027-02-01,2027-05-15,2027-07-01,2027-08-31,2027-09-01,60,2028-01-15,published,test"],
      "amounts.csv": [`2026,dentist,full,${dentist},published,test`, `2026,midwife,novel,${midwife},published,test`],
    });
  t.same(check(lines(400_000, 10_000)).doubts, []);
  t.match(check(lines(4_000, 9_999)).doubts, [
    /dentist, amount of full: 4000 cents/,
    /midwife, amount of novel: 9999 cents/,
  ]);
});

t.test("a cut-off that moves back needs a reason, and one that would be over is refused", async (t) => {
  const CALENDAR = "2025,*,2026-02-01,2026-04-30,2026-07-01,2026-08-31,2026-09-01,60,";
  const moved = (to: string) => check(replaced(SHIPPED_TEXTS, CALENDAR, to, "calendar.csv"));
  t.same(moved("2025,*,2026-02-01,2026-04-15,2026-07-01,2026-08-31,2026-09-01,60,").doubts, [
    "Premium year 2025, *: linking_until moves back from 2026-04-30 to 2026-04-15.",
  ]);
  const past = moved("2025,*,2026-02-01,2026-02-28,2026-07-01,2026-08-31,2026-09-01,60,");
  t.same(past.doubts, []);
  t.equal(
    past.refusals.at(-1),
    "Premium year 2025, *: linking_until moves back from 2026-04-30 to 2026-02-28, which is over: nobody could keep it.",
  );
  t.same(moved("2025,*,2026-02-01,2026-05-15,2026-07-01,2026-08-31,2026-09-01,60,").doubts, [], "later is no doubt");
  t.same(moved("2025,*,2026-02-01,2026-04-30,2026-07-01,2026-08-31,2026-09-01,30,").doubts, [
    "Premium year 2025, *: contest_days shrinks from 60 to 30.",
  ]);
  const own = withLines({
    "calendar.csv": ["2025,doctor,2026-02-01,2026-04-30,2026-07-01,2026-08-30,2026-09-01,60,2027-01-15,published,test"],
  });
  t.same(check(own).doubts, ["Premium year 2025, doctor: additions_until moves back from 2026-08-31 to 2026-08-30."]);
});
