import t from "tap";
import { compilePremiumYears } from "../../../src/advantage/load-premium-years.ts";
import { PREMIUM_YEAR_FILES, type PremiumYearFile } from "../../../src/advantage/premium-year-tables.ts";
import { rulesOf, SHIPPED_YEARS } from "../dossiers.ts";
import { SHIPPED_TEXTS } from "../premium-year-texts.ts";
import { findDifference } from "./worked-case.ts";
import { WORKED_CASES } from "./worked-cases.ts";

/** A cell of a premium-year file, to be written otherwise. No cell of them holds a quoted comma before its last one. */
interface Cell {
  readonly file: PremiumYearFile;
  /** Index into the lines of the file. */
  readonly line: number;
  readonly column: string;
  readonly row: Readonly<Record<string, string>>;
}

function listCells(file: PremiumYearFile, columns: readonly string[]): Cell[] {
  const lines = SHIPPED_TEXTS[file].trimEnd().split("\n");
  return lines.slice(1).flatMap((text, index) => {
    const row = Object.fromEntries(PREMIUM_YEAR_FILES[file].map((column, at) => [column, text.split(",")[at] ?? ""]));
    return columns.filter((column) => row[column] !== "").map((column) => ({ file, line: index + 1, column, row }));
  });
}

/** True when a worked case notices that the cell says something else. The files must still load: an error is no notice. */
function isNoticed({ file, line, column }: Cell, value: string): boolean {
  const lines = SHIPPED_TEXTS[file].split("\n");
  const cells = lines[line]!.split(",");
  const columns: readonly string[] = PREMIUM_YEAR_FILES[file];
  cells[columns.indexOf(column)] = value;
  lines[line] = cells.join();
  const years = compilePremiumYears({ ...SHIPPED_TEXTS, [file]: lines.join("\n") });
  const isChanged = (year: number) => years.get(year)!.fingerprint !== rulesOf(year).fingerprint;
  return WORKED_CASES.some(
    (each) => isChanged(each.premiumYear) && findDifference(each, years.get(each.premiumYear)!) !== undefined,
  );
}

function describe({ file, column, row }: Cell, value: string): string {
  return `${file} ${Object.values(row).slice(0, 5).join()}: ${column} ${row[column]} -> ${value}`;
}

function listUnnoticed(cells: readonly Cell[], changesOf: (value: string) => readonly string[]): string[] {
  return cells.flatMap((cell) =>
    changesOf(cell.row[cell.column]!)
      .filter((value) => !isNoticed(cell, value))
      .map((value) => describe(cell, value)),
  );
}

const byOne = (value: string) => [String(Number(value) + 1), String(Number(value) - 1)];
const isNumber = (cell: Cell) => /^\d+$/.test(cell.row[cell.column]!);

/** A level that a row of conditions.csv gives in that year. */
function isReached({ row }: Cell): boolean {
  const own = rulesOf(Number(row.premium_year)).professions.get(row.profession!);
  return own?.conditions.some(({ level }) => level === row.level) ?? false;
}

t.test("each amount of 2019 to 2025 that a condition reaches", async (t) => {
  const amounts = listCells("amounts.csv", ["amount_cents"]);
  const unreached = amounts
    .filter((cell) => !isReached(cell))
    .map(({ row }) => `${row.premium_year} ${row.profession} ${row.level}`);
  t.strictSame(unreached, ["2019 doctor full", "2019 doctor partial", "2019 doctor trainee"]);
  t.equal(amounts.length - unreached.length, 88);
  t.strictSame(listUnnoticed(amounts.filter(isReached), byOne), [], "one cent more or less turns a case red");
});

t.test("each bound of a condition", async (t) => {
  const bounds = listCells("conditions.csv", ["at_least", "alternative_at_least"]);
  const shares = bounds.filter(({ row }) => row.measure === "reimbursedShareOfThreshold");
  const numbers = bounds.filter((cell) => !shares.includes(cell));
  t.equal(numbers.length + shares.length, 33);
  t.strictSame(
    numbers.filter((cell) => !isNumber(cell)),
    [],
    "every one is a number",
  );
  t.strictSame(listUnnoticed(numbers, byOne), [], "one more or less turns a case red");
  t.strictSame(
    listUnnoticed(shares, (share) => (share === "0.5" ? ["1"] : ["0.5"])),
    [],
    "so does the other share",
  );
});

t.test("each bound of an exclusion", async (t) => {
  const bounds = listCells("exclusions.csv", ["excluded_above"]);
  t.equal(bounds.length, 5);
  t.strictSame(listUnnoticed(bounds, byOne), []);
});

t.test("each threshold of a specialty, and each half", async (t) => {
  const thresholds = listCells("thresholds.csv", ["threshold_cents", "half_threshold_cents"]);
  t.equal(thresholds.length, 42);
  t.strictSame(listUnnoticed(thresholds, byOne), []);
});

t.test("each number and day of a switch", async (t) => {
  const cells = listCells("switches.csv", ["value"]);
  const numbers = cells.filter(isNumber).filter(({ row }) => row.switch !== "partialConventionShare");
  t.equal(numbers.length, 5);
  const changes = (value: string) => byOne(value).filter((changed) => Number(changed) >= 0);
  t.strictSame(listUnnoticed(numbers, changes), []);
  const shares = cells.filter(({ row }) => row.switch === "partialConventionShare");
  t.strictSame(
    listUnnoticed(shares, () => ["0.5"]),
    [],
  );
  const days = cells.filter(({ row }) => row.switch === "pensionAndContractBefore");
  t.strictSame(
    listUnnoticed(days, () => ["2015-12-31", "2016-01-02"]),
    [],
  );
});

t.test("each cut-off of the calendar", async (t) => {
  const cells = listCells("calendar.csv", ["linking_until"]);
  t.equal(cells.length, SHIPPED_YEARS.size);
  t.strictSame(
    listUnnoticed(cells, (day) => [day.replace("04-30", "04-29"), day.replace("04-30", "05-01")]),
    [],
  );
});
