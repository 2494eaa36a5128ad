import t from "tap";
import { compilePremiumYears } from "../../src/advantage/load-premium-years.ts";
import { PremiumYearFileError } from "../../src/advantage/premium-year-cells.ts";
import { type PremiumYearFile, parsePremiumYearTables } from "../../src/advantage/premium-year-tables.ts";
import { SWITCHES } from "../../src/advantage/switches.ts";
import { describePerson, describeProfession, describeYear, evaluate, rulesOf, SHIPPED_YEARS } from "./dossiers.ts";
import { SHIPPED_TEXTS, withLines, withReplaced } from "./premium-year-texts.ts";

t.test("premium years 2019 to 2025 ship with the product", async (t) => {
  t.strictSame([...SHIPPED_YEARS.keys()], [2019, 2020, 2021, 2022, 2023, 2024, 2025]);
  const professionsOf = (year: number) => [...rulesOf(year).professions.keys()].sort();
  t.strictSame(professionsOf(2019), ["nurse", "pharmacist", "physiotherapist", "speechTherapist"]);
  t.strictSame(professionsOf(2022), [...professionsOf(2019), "biologistPharmacist", "dentist", "doctor"].sort());
  t.strictSame(professionsOf(2023), [...professionsOf(2022), "midwife"].sort());
});

t.test("every level that a condition can give has an amount, but for those known to be missing", async (t) => {
  const missing = [...SHIPPED_YEARS.values()].flatMap((rules) =>
    [...rules.professions.values()].flatMap(({ profession, conditions, amounts }) =>
      conditions
        .filter(({ level }) => !amounts.has(level))
        .map(({ level }) => `${rules.premiumYear} ${profession} ${level}`),
    ),
  );
  t.strictSame(missing, [
    "2020 doctor trainee",
    "2020 biologistPharmacist trainee",
    "2021 doctor trainee",
    "2021 biologistPharmacist trainee",
  ]);
});

t.test("what a year says changes only with a new version", async (t) => {
  for (const { premiumYear, version, fingerprint } of parsePremiumYearTables(SHIPPED_TEXTS).versions) {
    const rules = rulesOf(premiumYear);
    if (rules.version !== version) continue;
    const hint = `${premiumYear} says something else: add a version with ${rules.fingerprint} to versions.csv`;
    t.equal(rules.fingerprint, fingerprint, hint);
  }
  const changed = compilePremiumYears(
    withReplaced("amounts.csv", "2024,doctor,full,588181", "2024,doctor,full,588182"),
  );
  t.not(rulesOf(2024, changed).fingerprint, rulesOf(2024).fingerprint);
  t.equal(rulesOf(2023, changed).fingerprint, rulesOf(2023).fingerprint, "other years stay what they were");
});

t.test("every row says where it comes from", async (t) => {
  for (const [file, text] of Object.entries(SHIPPED_TEXTS))
    t.notOk(/,\s*$/m.test(text), `${file} has a source in every row`);
});

const YEAR_2026 = {
  "versions.csv": ["2026,1,2027-01-15,unknown,test"],
  "amounts.csv": ["2026,nurse,full,66000,published,test"],
  "calendar.csv": ["2026,*,2027-02-01,2027-05-15,2027-07-01,2027-08-31,2027-09-01,60,2028-01-15,published,test"],
} as const;

t.test("premium year 2026 is data", async (t) => {
  const years = compilePremiumYears(withLines(YEAR_2026));
  const rules = rulesOf(2026, years);
  const done = describeYear(
    rules,
    2026,
    { reimbursedAmountCents: 3300000 },
    { attributes: ["selfEmployedMainAllYear"] },
  );
  const nurse = describePerson([describeProfession("nurse", { years: [done] })]);
  t.match(evaluate(rules, nurse), { outcome: "socialAdvantage", level: "full", amountCents: 66000, rulesVersion: 1 });
  t.equal(rules.calendars.get("*")?.linkingUntil, "2027-05-15");

  const midwife = describePerson([
    describeProfession("midwife", { years: [describeYear(rules, 2026, { provisions: 150, vValues: 0 })] }),
  ]);
  const unpublished = evaluate(rules, midwife);
  t.match(unpublished, { isAwaiting: true, reasons: ["amountNotPublished"], level: "full" });
  t.notOk("amountCents" in unpublished, "an amount that nobody published is missing, not 0");
  t.equal(rulesOf(2025, years).fingerprint, rulesOf(2025).fingerprint);
});

t.test("a new profession is data", async (t) => {
  const years = compilePremiumYears(
    withLines({
      ...YEAR_2026,
      "professions.csv": ["2026,,podiatrist,podiatrist,test"],
      "measures.csv": ["treatedFeet,1,test"],
      "conditions.csv": [
        "2026,,podiatrist,gold,fullConvention,worksAlone,treatedFeet,100.5,,,test",
        "2026,,podiatrist,silver,any,,treatedFeet,50,,,test",
      ],
      "exclusions.csv": ["2026,,podiatrist,treatedFeet,900,test"],
      "amounts.csv": [
        ...YEAR_2026["amounts.csv"],
        "2026,podiatrist,gold,12345,published,test",
        "2026,podiatrist,silver,999,published,test",
      ],
    }),
  );
  const rules = rulesOf(2026, years);
  const podiatrist = (treatedFeet: string, attributes: string[]) =>
    evaluate(
      rules,
      describePerson([
        describeProfession("podiatrist", { years: [describeYear(rules, 2026, { treatedFeet }, { attributes })] }),
      ]),
    );
  t.match(podiatrist("100.5", ["worksAlone"]), { outcome: "socialAdvantage", level: "gold", amountCents: 12345 });
  t.match(podiatrist("100.4", ["worksAlone"]), { level: "silver", amountCents: 999 });
  t.match(podiatrist("100.5", []), { level: "silver" });
  t.match(podiatrist("900.1", ["worksAlone"]), { outcome: "none", reasons: ["activityTooHigh"] });
  t.equal(rulesOf(2025, years).fingerprint, rulesOf(2025).fingerprint, "which says nothing new about earlier years");
  const earlier = describePerson([describeProfession("podiatrist")]);
  t.match(evaluate(rulesOf(2025, years), earlier).reasons, ["professionNotCovered"]);
  t.match(evaluate(rulesOf(2025), earlier), { isAwaiting: true, reasons: ["professionUnknown"] });
});

t.test("files that contradict themselves are not used", async (t) => {
  const refused: [string, PremiumYearFile, string, RegExp][] = [
    ["an amount in euros", "amounts.csv", "2025,nurse,full,650.36,derived,test", /amount_cents must be a whole number/],
    ["an amount of 0", "amounts.csv", "2019,doctor,none,0,published,test", /0 is no amount/],
    ["a second amount", "amounts.csv", "2025,nurse,full,65037,published,test", /another row/],
    ["a row without source", "amounts.csv", "2025,nurse,half,65037,published,", /source is missing/],
    ["a status of its own", "amounts.csv", "2025,nurse,half,65037,guessed,test", /status must be one of/],
    [
      "a second bound",
      "conditions.csv",
      "2025,,nurse,full,any,selfEmployedMainAllYear,provisions,1,,,test",
      /another row/,
    ],
    ["a measure nobody knows", "conditions.csv", "2025,,nurse,half,any,,feet,1,,,test", /not in measures.csv/],
    [
      "a share that is no published threshold",
      "conditions.csv",
      "2025,,doctor,third,any,,reimbursedShareOfThreshold,0.3,,,test",
      /at_least must be one of/,
    ],
    [
      "a bound finer than the measure",
      "conditions.csv",
      "2025,,nurse,half,any,,provisions,1.5,,,test",
      /at most 0 decimals/,
    ],
    [
      "a group nobody knows",
      "conditions.csv",
      "2025,,nurse,half,friends,,provisions,1,,,test",
      /applies_to must be one of/,
    ],
    ["a second exclusion", "exclusions.csv", "2025,,nurse,reimbursedAmountCents,1,test", /another row/],
    ["a half above the whole", "thresholds.csv", "doctor,podology,2017,100,200,published,test", /half a threshold/],
    ["a second threshold", "thresholds.csv", "doctor,surgery,2017,100,50,published,test", /another row/],
    ["years that run backwards", "sanctions.csv", "2025,2024,fine,no,test", /year_to is before/],
    ["a second value of a switch", "switches.csv", "2025,,doctor,activityYearsBefore,1,test", /another value/],
    [
      "a value the switch has not",
      "switches.csv",
      "2025,,nurse,waivedActivityLevel,middle,test",
      /value must be one of/,
    ],
    ["a switch nobody knows", "switches.csv", "2025,,*,luck,1,test", /switch must be one of/],
    [
      "days out of order",
      "calendar.csv",
      "2025,nurse,2026-02-01,2026-04-30,2026-07-01,2026-06-30,2026-09-01,60,2027-01-15,derived,test",
      /follow one another/,
    ],
    [
      "a day that does not exist",
      "calendar.csv",
      "2025,nurse,2026-02-01,2026-04-31,2026-07-01,2026-08-31,2026-09-01,60,2027-01-15,derived,test",
      /linking_until must be a day/,
    ],
    [
      "linking inside the year",
      "calendar.csv",
      "2025,nurse,2025-12-31,2026-04-30,2026-07-01,2026-08-31,2026-09-01,60,2027-01-15,derived,test",
      /when the premium year is over/,
    ],
    ["a year without calendar", "versions.csv", "2031,1,2026-01-01,unknown,test", /calendar.csv has no row/],
    ["a row too short", "measures.csv", "feet", /no row of this file/],
  ];
  for (const [name, file, line, message] of refused)
    t.throws(
      () => compilePremiumYears(withLines({ [file]: [line] })),
      { name: "PremiumYearFileError", file, message },
      name,
    );
  t.throws(
    () => compilePremiumYears(withReplaced("amounts.csv", "amount_cents", "amount_euros")),
    PremiumYearFileError,
  );
  for (const name of Object.keys(SWITCHES)) {
    const without = SHIPPED_TEXTS["switches.csv"].split("\n").filter((line) => !line.includes(`,*,${name},`));
    const texts = { ...SHIPPED_TEXTS, "switches.csv": without.join("\n") };
    t.throws(() => compilePremiumYears(texts), { message: new RegExp(`no ${name} for this year`) }, name);
  }
});
