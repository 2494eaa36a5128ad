import type { Checks } from "./check.ts";
import { multiplyFraction } from "./exact-division.ts";
import type { ProfessionFacts } from "./person-facts.ts";
import { REASONS, type Reason } from "./reasons.ts";
import { describeProfession, type PersonSubject, type ProfessionSubject, type Verdict } from "./rule.ts";
import { activityNotExcluded } from "./rules/activity-not-excluded.ts";
import { activityWaived } from "./rules/activity-waived.ts";
import { amountPublished } from "./rules/amount-published.ts";
import { boundReached } from "./rules/bound-reached.ts";
import { firstYearMonths } from "./rules/first-year-months.ts";
import { groupMatches } from "./rules/group-matches.ts";
import { highestLevel, type ReachedLevel } from "./rules/highest-level.ts";
import { joinedAllYear } from "./rules/joined-all-year.ts";
import { numberHeld } from "./rules/number-held.ts";
import { professionCovered } from "./rules/profession-covered.ts";
import { reallyActive } from "./rules/really-active.ts";
import { recognised } from "./rules/recognised.ts";
import { requirementMet } from "./rules/requirement-met.ts";

const MONTHS = 12;

/** What one profession gives a person in a premium year, contracts left aside. */
export interface ProfessionResult {
  readonly profession: string;
  readonly status: "entitled" | "refused" | "awaiting";
  readonly level?: string;
  /** Twelfths of the yearly amount. */
  readonly months?: number;
  /** Pro rata applied; absent when no amount is published. */
  readonly amountCents?: number;
  /** The most it could still give; absent when that is not known. */
  readonly atMostCents?: number;
  readonly reasons: readonly Reason[];
}

/** Applies the rules of a profession; every condition is looked at, also after one has refused. */
export function evaluateProfession(subject: PersonSubject, facts: ProfessionFacts, checks: Checks): ProfessionResult {
  const { profession } = facts;
  const covered = checks.apply(professionCovered, { ...subject, facts }, profession);
  const own = subject.rules.professions.get(profession);
  if (!own) return conclude(profession, [covered.reason!]);
  const described = describeProfession(subject, facts, own);
  const reasons = [numberHeld, recognised, reallyActive, joinedAllYear].flatMap((rule) =>
    whyNot(checks.apply(rule, described, profession)),
  );
  const months = checks.apply(firstYearMonths, described, profession);
  reasons.push(...whyNot(months));
  return chooseLevel(described, checks, reasons, months.value!);
}

function chooseLevel(
  subject: ProfessionSubject,
  checks: Checks,
  earlier: readonly Reason[],
  months: number,
): ProfessionResult {
  const { profession } = subject.facts;
  const isWaived = checks.apply(activityWaived, subject, profession).passed === true;
  const excluded = checks.apply(activityNotExcluded, subject, profession);
  const levels = listLevels(subject, checks, isWaived);
  const highest = checks.apply(highestLevel, { ...subject, levels, isWaived }, profession);
  const reasons = [...earlier, ...whyNot(highest)];
  // What is not known of an exclusion matters to nobody who is refused anyway, nor where activity is not asked for.
  if (excluded.passed === false || (excluded.passed === undefined && highest.passed !== false && !isWaived))
    reasons.push(excluded.reason!);
  if (!highest.value || reasons.length > 0) return { ...conclude(profession, reasons), ...atMost(subject) };
  const { level } = highest.value;
  const amount = checks.apply(amountPublished, { ...subject, level }, `${profession} ${level}`).value;
  if (!amount) return { profession, status: "entitled", level, months, reasons: ["amountNotPublished"] };
  const amountCents = multiplyFraction(amount.cents, months, MONTHS);
  return { profession, status: "entitled", level, months, amountCents, reasons: [] };
}

/** The rows of conditions.csv that are for the person, each with what became of it. */
function listLevels(subject: ProfessionSubject, checks: Checks, isWaived: boolean): ReachedLevel[] {
  return subject.own.conditions.flatMap((condition) => {
    const own = { ...subject, condition, isWaived };
    const about = `${subject.facts.profession} ${condition.level}`;
    if (!checks.apply(groupMatches, own, about).passed) return [];
    const verdicts = [checks.apply(requirementMet, own, about), checks.apply(boundReached, own, about)];
    const failed =
      verdicts.find(({ passed }) => passed === false) ?? verdicts.find(({ passed }) => passed === undefined);
    return [{ level: condition.level, passed: failed ? failed.passed : true, reason: failed?.reason }];
  });
}

function atMost({ own }: ProfessionSubject): Pick<ProfessionResult, "atMostCents"> {
  const amounts = own.conditions.map(({ level }) => own.amounts.get(level)?.cents);
  return amounts.includes(undefined) ? {} : { atMostCents: Math.max(0, ...(amounts as number[])) };
}

function whyNot({ passed, reason }: Verdict<unknown>): Reason[] {
  return passed === true || reason === undefined ? [] : [reason];
}

function conclude(profession: string, reasons: readonly Reason[]): ProfessionResult {
  const refusing = reasons.filter((reason) => REASONS[reason].nature === "refuses");
  return refusing.length > 0
    ? { profession, status: "refused", reasons: refusing }
    : { profession, status: "awaiting", reasons };
}
