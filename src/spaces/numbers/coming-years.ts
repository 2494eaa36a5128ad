import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { readPremiumYearFiles } from "../../advantage/load-premium-years.ts";
import type { PremiumYearFile, PremiumYearTexts } from "../../advantage/premium-year-tables.ts";
import { compile, type RulesInForce } from "../../advantage/rules-in-force.ts";

type Row = Record<string, string>;

/** Nobody publishes it for this year, so that insurers can see `amountNotPublished`. */
const UNPUBLISHED = { profession: "doctor", level: "trainee" } as const;

const COMING = "validation only: as the year before, until the institute publishes it";

/**
 * Files that add the premium years until `year` to what is in force, each like the newest year known, a calendar year later;
 * undefined: they are known. A contract that is declared today counts for a year whose rules nobody has published yet.
 */
export function addComingYears(
  inForce: RulesInForce,
  year: number,
  recordedOn: string,
): Partial<PremiumYearTexts> | undefined {
  const newest = Math.max(...inForce.years.keys());
  if (newest >= year) return undefined;
  const coming = Array.from({ length: year - newest }, (_, index) => newest + index + 1);
  const texts = {
    ...inForce.texts,
    "calendar.csv": append(inForce.texts, "calendar.csv", (rows) =>
      coming.flatMap((premiumYear) => ofYear(rows, newest).map((row) => shiftYears(row, premiumYear - newest))),
    ),
    "amounts.csv": append(inForce.texts, "amounts.csv", (rows) =>
      coming.flatMap((premiumYear) =>
        ofYear(rows, newest)
          .filter(({ profession, level }) => profession !== UNPUBLISHED.profession || level !== UNPUBLISHED.level)
          .map((row) => ({ ...row, premium_year: String(premiumYear), status: "derived", source: COMING })),
      ),
    ),
  };
  const versions = (fingerprints: ReadonlyMap<number, string>) =>
    append({ ...texts, "versions.csv": keepOwnVersions(inForce.texts) }, "versions.csv", () =>
      coming.map((premiumYear) => ({
        ...{ premium_year: String(premiumYear), version: "1", recorded_on: recordedOn, source: COMING },
        fingerprint: fingerprints.get(premiumYear) ?? "0",
      })),
    );
  const { years } = compile({ ...texts, "versions.csv": versions(new Map()) });
  const fingerprints = new Map([...years].map(([known, rules]) => [known, rules.fingerprint]));
  return { ...texts, "versions.csv": versions(fingerprints) };
}

/** Years that ship with the product stay as it ships them, also when a later one ships them otherwise. */
function keepOwnVersions({ "versions.csv": text }: PremiumYearTexts): string {
  return text === readPremiumYearFiles()["versions.csv"] ? text.slice(0, text.indexOf("\n") + 1) : text;
}

function append(
  texts: PremiumYearTexts,
  file: PremiumYearFile,
  make: (rows: readonly Row[]) => readonly Row[],
): string {
  const text = texts[file];
  const [columns = [], ...lines] = parse(text) as string[][];
  const rows = lines.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""])));
  const added = stringify(make(rows).map((row) => columns.map((column) => row[column] ?? "")));
  return `${text.trimEnd()}\n${added}`;
}

function ofYear(rows: readonly Row[], year: number): Row[] {
  return rows.filter((row) => row.premium_year === String(year));
}

/** Every cell that is a day or the year itself; 29 February becomes the 28th. */
function shiftYears(row: Row, years: number): Row {
  const shift = (cell: string) =>
    /^\d{4}-\d\d-\d\d$/.test(cell) ? Temporal.PlainDate.from(cell).add({ years }).toString() : cell;
  const shifted = Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, shift(cell)]));
  return { ...shifted, premium_year: String(Number(row.premium_year) + years), status: "derived", source: COMING };
}
