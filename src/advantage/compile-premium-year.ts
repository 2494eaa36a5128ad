import { createHash } from "node:crypto";
import type { Cells } from "./premium-year-cells.ts";
import type { Amount, Bound, Condition, PremiumYearRules, ProfessionRules, Threshold } from "./premium-year-rules.ts";
import { ANY_PROFESSION } from "./premium-year-rules.ts";
import type { PremiumYearTables } from "./premium-year-tables.ts";
import { SWITCHES, type Switches, type SwitchName } from "./switches.ts";

/** A measure of its own kind: the reimbursed amount as a share of the specialty's threshold. */
const SHARE_OF_THRESHOLD = "reimbursedShareOfThreshold";
const THRESHOLD_MEASURE = "reimbursedAmountCents";
const NO_MEASURE = "none";

/** The premium years that the files know, oldest first: those with a version. */
export function listPremiumYears(tables: PremiumYearTables): number[] {
  return [...new Set(tables.versions.map((row) => row.premiumYear))].sort((a, b) => a - b);
}

/** The rules of one premium year; throws `PremiumYearFileError` where rows contradict each other or one is missing. */
export function compilePremiumYear(tables: PremiumYearTables, premiumYear: number): PremiumYearRules {
  const version = findVersion(tables, premiumYear);
  if (!version) throw new RangeError(`there are no rules for premium year ${premiumYear}`);
  const calendars = uniqueMap(
    tables.calendars.filter((row) => row.premiumYear === premiumYear),
    (row) => row.profession,
    ({ cells: _, premiumYear: __, profession: ___, ...calendar }) => calendar,
  );
  if (!calendars.has(ANY_PROFESSION)) version.cells.refuse(`calendar.csv has no row ${premiumYear},${ANY_PROFESSION}`);
  const covered = inYear(tables.professions, premiumYear);
  const content = {
    premiumYear,
    professions: uniqueMap(
      covered,
      (row) => row.profession,
      (row) => compileProfession(tables, premiumYear, row.profession, row.rulesOf, version.cells),
    ),
    calendars,
    sanctions: uniqueMap(
      inYear(tables.sanctions, premiumYear),
      (row) => row.sanction,
      (row) => row.excludes,
    ),
    switches: compileSwitches(tables, premiumYear, ANY_PROFESSION, version.cells),
  };
  // Names of professions and measures grow with later years, which must leave this year's fingerprint alone.
  const knownProfessions = [...new Set(tables.professions.map((row) => row.profession))];
  const { measures } = tables;
  return { ...content, knownProfessions, measures, version: version.version, fingerprint: fingerprintOf(content) };
}

/** The newest version of a year's rules, as the files name it. */
export function findVersion(tables: PremiumYearTables, premiumYear: number) {
  const versions = tables.versions.filter((row) => row.premiumYear === premiumYear);
  return versions.sort((a, b) => a.version - b.version).at(-1);
}

function compileProfession(
  tables: PremiumYearTables,
  year: number,
  profession: string,
  rulesOf: string,
  versionCells: Cells,
): ProfessionRules {
  const own = <Row extends { readonly profession: string }>(row: Row) => row.profession === rulesOf;
  const switches = compileSwitches(tables, year, rulesOf, versionCells);
  return {
    profession,
    switches,
    conditions: unique(
      inYear(tables.conditions, year).filter(own),
      (row) => `${row.level} for ${row.appliesTo} ${row.alsoRequires ?? ""}`,
    ).map((row) => compileCondition(row, tables.measures, switches)),
    exclusions: unique(inYear(tables.exclusions, year).filter(own), (row) => row.measure).map(({ measure, above }) => ({
      measure,
      above,
    })),
    amounts: compileAmounts(tables, year, rulesOf, switches),
    thresholds: compileThresholds(tables, year, rulesOf, switches),
    recognisedCodes: inYear(tables.recognisedCodes, year)
      .filter(own)
      .map((row) => row.code),
  };
}

function compileCondition(
  row: PremiumYearTables["conditions"][number],
  measures: ReadonlyMap<string, number>,
  switches: Switches,
): Condition {
  const { cells, level, appliesTo, alsoRequires } = row;
  const bounds: Bound[] = [];
  if (cells.text("measure") !== NO_MEASURE) bounds.push(compileBound(cells, "measure", "at_least", measures, switches));
  if (cells.optionalText("alternative_measure") !== undefined)
    bounds.push(compileBound(cells, "alternative_measure", "alternative_at_least", measures, switches));
  return { level, appliesTo, alsoRequires, bounds };
}

function compileBound(
  cells: Cells,
  measureColumn: string,
  boundColumn: string,
  measures: ReadonlyMap<string, number>,
  switches: Switches,
): Bound {
  const measure = cells.text(measureColumn);
  if (measure === SHARE_OF_THRESHOLD) {
    const share = cells.oneOf(boundColumn, ["1", "0.5", "partialConventionShare"]);
    const value = share === "partialConventionShare" ? switches.partialConventionShare : share;
    return { measure: THRESHOLD_MEASURE, share: value === "1" ? "whole" : "half" };
  }
  const decimals = measures.get(measure);
  if (decimals === undefined) cells.refuse(`${measureColumn} ${measure} is not in measures.csv`);
  return { measure, atLeast: cells.scaled(boundColumn, decimals) };
}

function compileAmounts(tables: PremiumYearTables, year: number, profession: string, switches: Switches) {
  const amounts: Map<string, Amount> = uniqueMap(
    tables.amounts.filter((row) => row.premiumYear === year && row.profession === profession),
    (row) => row.level,
    ({ cents, status }) => ({ cents, status }),
  );
  const full = amounts.get("full");
  if (switches.missingTraineeAmount === "fullAmount" && full && !amounts.has("trainee")) amounts.set("trainee", full);
  return amounts;
}

/** The newest threshold of each specialty that is not newer than the premium year. */
function compileThresholds(tables: PremiumYearTables, year: number, profession: string, switches: Switches) {
  const usable = tables.thresholds.filter(
    (row) =>
      row.profession === profession &&
      (switches.thresholdsOfEarlierYears === "newestPublished" ? row.publishedFor <= year : row.publishedFor === year),
  );
  const newest = new Map<string, (typeof usable)[number]>();
  for (const row of usable) {
    const other = newest.get(row.specialty);
    if (other?.publishedFor === row.publishedFor) row.cells.refuse("this threshold has another row");
    if (!other || other.publishedFor < row.publishedFor) newest.set(row.specialty, row);
  }
  return new Map<string, Threshold>(
    [...newest].map(([specialty, { wholeCents, halfCents }]) => [specialty, { wholeCents, halfCents }]),
  );
}

/** The row of the profession before the one of all. */
function compileSwitches(tables: PremiumYearTables, year: number, profession: string, versionCells: Cells): Switches {
  const rows = inYear(tables.switches, year);
  const read = (name: SwitchName) => {
    const own = rows.filter((row) => row.name === name && row.profession === profession);
    const row = own[0] ?? rows.find((any) => any.name === name && any.profession === ANY_PROFESSION);
    if (own[1]) own[1].cells.refuse(`${name} has another value for the same year`);
    return row ? readSwitch(name, row.cells) : versionCells.refuse(`switches.csv has no ${name} for this year`);
  };
  return Object.fromEntries((Object.keys(SWITCHES) as SwitchName[]).map((name) => [name, read(name)])) as Switches;
}

function readSwitch(name: SwitchName, cells: Cells): string | number {
  const kind = SWITCHES[name];
  if (kind === "wholeNumber") return cells.whole("value");
  if (kind === "day") return cells.day("value");
  if (kind === "yearOrNever") return cells.text("value") === "never" ? 0 : cells.year("value");
  return cells.oneOf("value", kind as readonly string[]);
}

function inYear<Row extends { readonly from: number; readonly to: number | undefined }>(
  rows: readonly Row[],
  year: number,
) {
  return rows.filter((row) => row.from <= year && (row.to === undefined || row.to >= year));
}

function uniqueMap<Row extends { readonly cells: Cells }, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  makeValue: (row: Row) => Value,
): Map<string, Value> {
  return new Map(unique(rows, keyOf).map((row) => [keyOf(row), makeValue(row)]));
}

/** The rows as they are; two of one key contradict each other. */
function unique<Row extends { readonly cells: Cells }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  const keys = new Set<string>();
  for (const row of rows) {
    const key = keyOf(row);
    if (keys.has(key)) row.cells.refuse(`${key} has another row for the same year`);
    keys.add(key);
  }
  return rows;
}

function fingerprintOf(content: object): string {
  const plain = JSON.stringify(content, (_, value) => (value instanceof Map ? [...value] : value));
  return createHash("sha256").update(plain).digest("hex").slice(0, 16);
}
