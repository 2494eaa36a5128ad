import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import { Cells, PremiumYearFileError } from "./premium-year-cells.ts";
import {
  AMOUNT_STATUSES,
  type Amount,
  type Calendar,
  GROUPS,
  type Group,
  type Threshold,
} from "./premium-year-rules.ts";
import { SWITCHES, type SwitchName } from "./switches.ts";

/** The files of premium-years/, each with its header. Every row says where it comes from in `source`. */
export const PREMIUM_YEAR_FILES = {
  "versions.csv": ["premium_year", "version", "recorded_on", "fingerprint", "source"],
  "professions.csv": ["year_from", "year_to", "profession", "rules_of", "source"],
  "measures.csv": ["measure", "decimals", "source"],
  "conditions.csv": [
    ...["year_from", "year_to", "profession", "level", "applies_to", "also_requires"],
    ...["measure", "at_least", "alternative_measure", "alternative_at_least", "source"],
  ],
  "exclusions.csv": ["year_from", "year_to", "profession", "measure", "excluded_above", "source"],
  "thresholds.csv": [
    ...["profession", "specialty", "published_for", "threshold_cents", "half_threshold_cents", "status", "source"],
  ],
  "amounts.csv": ["premium_year", "profession", "level", "amount_cents", "status", "source"],
  "recognised-codes.csv": ["year_from", "year_to", "profession", "competence_code", "source"],
  "sanctions.csv": ["year_from", "year_to", "sanction", "excludes_year", "source"],
  "switches.csv": ["year_from", "year_to", "profession", "switch", "value", "source"],
  "calendar.csv": [
    ...["premium_year", "profession", "linking_from", "linking_until", "evaluation_on", "additions_until"],
    ...["decision_on", "contest_days", "payment_until", "status", "source"],
  ],
} as const satisfies Record<string, readonly string[]>;

export type PremiumYearFile = keyof typeof PREMIUM_YEAR_FILES;
export type PremiumYearTexts = Readonly<Record<PremiumYearFile, string>>;

/** From a premium year on, until another one inclusive; no end = until replaced. */
interface Years {
  readonly from: number;
  readonly to: number | undefined;
}

type Row<Fields> = Fields & { readonly cells: Cells };

/** The rows of all files, cell by cell as they must be; what they mean together is for `compilePremiumYear`. */
export interface PremiumYearTables {
  readonly versions: readonly Row<{ premiumYear: number; version: number; fingerprint: string }>[];
  readonly professions: readonly Row<Years & { profession: string; rulesOf: string }>[];
  readonly measures: ReadonlyMap<string, number>;
  readonly conditions: readonly Row<ConditionRow>[];
  readonly exclusions: readonly Row<Years & { profession: string; measure: string; above: number }>[];
  readonly thresholds: readonly Row<Threshold & { profession: string; specialty: string; publishedFor: number }>[];
  readonly amounts: readonly Row<Amount & { premiumYear: number; profession: string; level: string }>[];
  readonly recognisedCodes: readonly Row<Years & { profession: string; code: string }>[];
  readonly sanctions: readonly Row<Years & { sanction: string; excludes: boolean }>[];
  readonly switches: readonly Row<Years & { profession: string; name: SwitchName; value: string }>[];
  readonly calendars: readonly Row<Calendar & { premiumYear: number; profession: string }>[];
}

export interface ConditionRow extends Years {
  readonly profession: string;
  readonly level: string;
  readonly appliesTo: Group;
  readonly alsoRequires: string | undefined;
}

/** Reads the files as text; throws `PremiumYearFileError` at the first cell that cannot be. */
export function parsePremiumYearTables(texts: PremiumYearTexts): PremiumYearTables {
  const rows = <Fields>(file: PremiumYearFile, read: (cells: Cells) => Fields) =>
    readLines(file, texts[file]).map((cells) => ({ ...read(cells), cells }));
  const measures = new Map(rows("measures.csv", readMeasure).map(({ measure, decimals }) => [measure, decimals]));
  return {
    measures,
    versions: rows("versions.csv", readVersion),
    professions: rows("professions.csv", (cells) => ({
      ...readYears(cells),
      profession: cells.text("profession"),
      rulesOf: cells.text("rules_of"),
    })),
    conditions: rows("conditions.csv", readCondition),
    exclusions: rows("exclusions.csv", (cells) => readExclusion(cells, measures)),
    thresholds: rows("thresholds.csv", readThreshold),
    amounts: rows("amounts.csv", readAmount),
    recognisedCodes: rows("recognised-codes.csv", (cells) => ({
      ...readYears(cells),
      profession: cells.text("profession"),
      code: cells.text("competence_code"),
    })),
    sanctions: rows("sanctions.csv", (cells) => ({
      ...readYears(cells),
      sanction: cells.text("sanction"),
      excludes: cells.oneOf("excludes_year", ["yes", "no"]) === "yes",
    })),
    switches: rows("switches.csv", (cells) => ({
      ...readYears(cells),
      profession: cells.text("profession"),
      name: cells.oneOf("switch", Object.keys(SWITCHES) as SwitchName[]),
      value: cells.text("value"),
    })),
    calendars: rows("calendar.csv", readCalendar),
  };
}

function readLines(file: PremiumYearFile, text: string): Cells[] {
  const columns: readonly string[] = PREMIUM_YEAR_FILES[file];
  const checkHeader = (header: string[]) => {
    if (header.join() === columns.join()) return header;
    throw new PremiumYearFileError(file, 1, `the header must be ${columns.join()}`);
  };
  try {
    const lines = parse(text, { columns: checkHeader, info: true, bom: true, skip_empty_lines: true });
    const found = lines as unknown as { record: Record<string, string>; info: { lines: number } }[];
    return found.map(({ record, info }) => {
      const cells = new Cells(file, info.lines, record);
      cells.text("source");
      return cells;
    });
  } catch (error) {
    if (error instanceof CsvError)
      throw new PremiumYearFileError(file, Number(error.lines), "it is no row of this file");
    throw error;
  }
}

function readYears(cells: Cells): Years {
  const from = cells.year("year_from");
  const to = cells.optionalText("year_to") === undefined ? undefined : cells.year("year_to");
  if (to !== undefined && to < from) cells.refuse("year_to is before year_from");
  return { from, to };
}

function readMeasure(cells: Cells) {
  const decimals = cells.whole("decimals");
  if (decimals > 4) cells.refuse("a measure has at most 4 decimals");
  return { measure: cells.text("measure"), decimals };
}

function readVersion(cells: Cells) {
  cells.day("recorded_on");
  return {
    premiumYear: cells.year("premium_year"),
    version: cells.whole("version"),
    fingerprint: cells.text("fingerprint"),
  };
}

function readCondition(cells: Cells): ConditionRow {
  return {
    ...readYears(cells),
    profession: cells.text("profession"),
    level: cells.text("level"),
    appliesTo: cells.oneOf("applies_to", GROUPS),
    alsoRequires: cells.optionalText("also_requires"),
  };
}

function readExclusion(cells: Cells, measures: ReadonlyMap<string, number>) {
  const measure = cells.oneOf("measure", [...measures.keys()]);
  const above = cells.scaled("excluded_above", measures.get(measure)!);
  return { ...readYears(cells), profession: cells.text("profession"), measure, above };
}

function readThreshold(cells: Cells) {
  cells.oneOf("status", AMOUNT_STATUSES);
  const wholeCents = cells.whole("threshold_cents");
  const halfCents = cells.whole("half_threshold_cents");
  if (halfCents >= wholeCents) cells.refuse("half a threshold must be less than the threshold");
  return {
    profession: cells.text("profession"),
    specialty: cells.text("specialty"),
    publishedFor: cells.year("published_for"),
    wholeCents,
    halfCents,
  };
}

function readAmount(cells: Cells) {
  const cents = cells.whole("amount_cents");
  if (cents === 0) cells.refuse("an amount that is not published has no row; 0 is no amount");
  return {
    premiumYear: cells.year("premium_year"),
    profession: cells.text("profession"),
    level: cells.text("level"),
    cents,
    status: cells.oneOf("status", AMOUNT_STATUSES),
  };
}

const CALENDAR_DAYS = [
  "linking_from",
  "linking_until",
  "evaluation_on",
  "additions_until",
  "decision_on",
  "payment_until",
];

function readCalendar(cells: Cells) {
  const premiumYear = cells.year("premium_year");
  const days = CALENDAR_DAYS.map((column) => cells.day(column));
  if (days.some((day, index) => index > 0 && day < days[index - 1]!)) cells.refuse("the days must follow one another");
  if (days[0]! <= `${premiumYear}-12-31`) cells.refuse("linking begins when the premium year is over");
  cells.oneOf("status", AMOUNT_STATUSES);
  const [linkingFrom, linkingUntil, evaluationOn, additionsUntil, decisionOn, paymentUntil] = days as [
    ...[string, string, string, string, string, string],
  ];
  return {
    premiumYear,
    profession: cells.text("profession"),
    ...{ linkingFrom, linkingUntil, evaluationOn, additionsUntil, decisionOn, paymentUntil },
    contestDays: cells.whole("contest_days"),
  };
}
