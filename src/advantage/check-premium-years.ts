import { findVersion } from "./compile-premium-year.ts";
import { type Calendar, findCalendar, type PremiumYearRules, type ProfessionRules } from "./premium-year-rules.ts";
import { parsePremiumYearTables } from "./premium-year-tables.ts";
import type { RulesInForce } from "./rules-in-force.ts";

/** A premium year whose rules are others than those in force. */
export interface ChangedYear {
  readonly premiumYear: number;
  readonly rules: PremiumYearRules;
  /** Absent: the year is new. */
  readonly before?: PremiumYearRules;
}

export interface PremiumYearsCheck {
  readonly changed: readonly ChangedYear[];
  /** Why the set cannot be put in force, a sentence each. */
  readonly refusals: readonly string[];
  /** What can hardly be meant, a sentence each: put in force only with a reason. */
  readonly doubts: readonly string[];
}

/** Compares a set of files with what is in force; `today` is the business day. */
export function checkPremiumYears(inForce: RulesInForce, wanted: RulesInForce, today: string): PremiumYearsCheck {
  const changed = listChanged(inForce, wanted);
  const gone = [...inForce.years.keys()].filter((year) => !wanted.years.has(year));
  return {
    changed,
    refusals: [
      ...(changed.length === 0 && gone.length === 0 ? ["The files say nothing else than what is in force."] : []),
      ...gone.map((year) => `Premium year ${year} is in force and not in the files: a year is not taken away.`),
      ...checkVersions(inForce, wanted),
      ...changed.flatMap((year) => checkCutOffs(year, today).refusals),
    ],
    doubts: changed.flatMap((year) => [...checkCutOffs(year, today).doubts, ...checkMoney(year, inForce)]),
  };
}

function listChanged(inForce: RulesInForce, wanted: RulesInForce): ChangedYear[] {
  return [...wanted.years.values()].flatMap((rules) => {
    const before = inForce.years.get(rules.premiumYear);
    if (before?.fingerprint === rules.fingerprint) return [];
    return [{ premiumYear: rules.premiumYear, rules, ...(before && { before }) }];
  });
}

/** What is reviewed is what is loaded: a changed year has a version of its own, with the fingerprint of its rules. */
function checkVersions(inForce: RulesInForce, wanted: RulesInForce): string[] {
  const tables = parsePremiumYearTables(wanted.texts);
  return [...wanted.years.values()].flatMap(({ premiumYear, version, fingerprint }) => {
    const before = inForce.years.get(premiumYear);
    const isChanged = before?.fingerprint !== fingerprint;
    if (before && isChanged && version <= before.version) {
      const next = before.version + 1;
      return [
        `Premium year ${premiumYear} differs from version ${before.version}, which is in force: versions.csv needs a row ${premiumYear},${next} with the fingerprint ${fingerprint}.`,
      ];
    }
    if (before && !isChanged && version !== before.version) {
      return [
        `Premium year ${premiumYear} has version ${version} in versions.csv, and says what version ${before.version} says.`,
      ];
    }
    const said = findVersion(tables, premiumYear)?.fingerprint ?? fingerprint;
    if (said === fingerprint) return [];
    return [
      `Premium year ${premiumYear}, version ${version}: versions.csv has the fingerprint ${said}, the files have ${fingerprint}.`,
    ];
  });
}

/** Days by which insurers and providers must have done something, or learn what was decided. */
const CUT_OFFS = {
  linkingUntil: "linking_until",
  evaluationOn: "evaluation_on",
  additionsUntil: "additions_until",
  decisionOn: "decision_on",
} as const satisfies Partial<Record<keyof Calendar, string>>;

function checkCutOffs({ premiumYear, rules, before }: ChangedYear, today: string) {
  const [refusals, doubts]: [string[], string[]] = [[], []];
  for (const profession of new Set([...(before?.calendars.keys() ?? []), ...rules.calendars.keys()])) {
    if (!before) break;
    const [calendar, old] = [findCalendar(rules, profession), findCalendar(before, profession)];
    for (const [name, column] of Object.entries(CUT_OFFS) as [keyof typeof CUT_OFFS, string][]) {
      if (calendar[name] >= old[name]) continue;
      const sentence = `Premium year ${premiumYear}, ${profession}: ${column} moves back from ${old[name]} to ${calendar[name]}`;
      if (calendar[name] < today && old[name] >= today)
        refusals.push(`${sentence}, which is over: nobody could keep it.`);
      else doubts.push(`${sentence}.`);
    }
    if (calendar.contestDays < old.contestDays) {
      doubts.push(
        `Premium year ${premiumYear}, ${profession}: contest_days shrinks from ${old.contestDays} to ${calendar.contestDays}.`,
      );
    }
  }
  return { refusals, doubts };
}

/** Fifty times more or less is no index: euros stand where cents belong, or cents were multiplied twice. */
const UNLIKELY_FACTOR = 50;
/** 100 euros: no advantage ever was so small. */
const LEAST_CENTS = 10_000;

interface Money {
  readonly name: string;
  readonly cents: number;
}

function checkMoney({ premiumYear, rules, before }: ChangedYear, inForce: RulesInForce): string[] {
  const known = before ?? inForce.years.get(premiumYear - 1);
  const doubts: string[] = [];
  for (const [profession, own] of rules.professions) {
    const former = known?.professions.get(profession);
    const amounts = new Map(listAmounts(former).map(({ name, cents }) => [name, cents]));
    for (const { name, cents } of listAmounts(own)) {
      const where = `Premium year ${premiumYear}, ${profession}, ${name}`;
      const old = amounts.get(name);
      if (old !== undefined && isUnlikely(cents, old)) {
        doubts.push(`${where}: ${cents} cents, and ${old} before: are these euros, or cents multiplied again?`);
      } else if (old === undefined && cents < LEAST_CENTS) {
        doubts.push(`${where}: ${cents} cents are less than 100 euros: are these euros?`);
      }
    }
  }
  return doubts;
}

function isUnlikely(cents: number, old: number): boolean {
  return cents * UNLIKELY_FACTOR <= old || cents >= old * UNLIKELY_FACTOR;
}

function listAmounts(rules: ProfessionRules | undefined): Money[] {
  if (!rules) return [];
  return [
    ...[...rules.amounts].map(([level, { cents }]) => ({ name: `amount of ${level}`, cents })),
    ...[...rules.thresholds].flatMap(([specialty, { wholeCents, halfCents }]) => [
      { name: `threshold of ${specialty}`, cents: wholeCents },
      { name: `half threshold of ${specialty}`, cents: halfCents },
    ]),
  ];
}
