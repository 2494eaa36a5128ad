import type { Switches } from "./switches.ts";

/** The rules of one premium year, made of the files in premium-years/. Money in cents, days `yyyy-mm-dd`. */
export interface PremiumYearRules {
  readonly premiumYear: number;
  readonly version: number;
  /** Of all that the year says: the same rules have the same fingerprint wherever they are loaded. */
  readonly fingerprint: string;
  /** Professions that the year covers. */
  readonly professions: ReadonlyMap<string, ProfessionRules>;
  /** Professions of any year: another name is a mistake, not a refusal. */
  readonly knownProfessions: readonly string[];
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** By sanction: whether it excludes the year. */
  readonly sanctions: ReadonlyMap<string, boolean>;
  /** Decimals of each measure: `provisions` 0, `averageWeeklyHours` 2. */
  readonly measures: ReadonlyMap<string, number>;
  /** For what concerns the person or a contract, whatever the profession. */
  readonly switches: Switches;
}

export interface ProfessionRules {
  readonly profession: string;
  readonly conditions: readonly Condition[];
  readonly exclusions: readonly Exclusion[];
  readonly amounts: ReadonlyMap<string, Amount>;
  readonly thresholds: ReadonlyMap<string, Threshold>;
  readonly recognisedCodes: readonly string[];
  readonly switches: Switches;
}

/** Whom a condition is for. */
export const GROUPS = ["any", "fullConvention", "partialConvention", "trainee", "firstFiveYears"] as const;
export type Group = (typeof GROUPS)[number];

/** Reaching one of the bounds reaches the level; without bounds it is reached by all whom it applies to. */
export interface Condition {
  readonly level: string;
  readonly appliesTo: Group;
  /** An attribute of the premium year. */
  readonly alsoRequires: string | undefined;
  readonly bounds: readonly Bound[];
}

/** `atLeast` in the smallest unit of the measure, or the share of the specialty's threshold. */
export type Bound =
  | { readonly measure: string; readonly atLeast: number }
  | { readonly measure: string; readonly share: ThresholdShare };

export type ThresholdShare = "whole" | "half";

/** Above it, exclusive, the year is excluded. */
export interface Exclusion {
  readonly measure: string;
  readonly above: number;
}

export const AMOUNT_STATUSES = ["published", "derived"] as const;

export interface Amount {
  readonly cents: number;
  readonly status: (typeof AMOUNT_STATUSES)[number];
}

/** `halfCents` as published, never a division. */
export interface Threshold {
  readonly wholeCents: number;
  readonly halfCents: number;
}

/** The calendar in X+1, in the order of its days. */
export interface Calendar {
  readonly linkingFrom: string;
  /** Last day on which contracts are linked: the cut-off. */
  readonly linkingUntil: string;
  readonly evaluationOn: string;
  readonly additionsUntil: string;
  readonly decisionOn: string;
  readonly contestDays: number;
  readonly paymentUntil: string;
}

/** The calendar row for professions without one of their own. */
export const ANY_PROFESSION = "*";

export function findCalendar(rules: PremiumYearRules, profession: string): Calendar {
  return rules.calendars.get(profession) ?? rules.calendars.get(ANY_PROFESSION)!;
}
