import type { Reason } from "../reasons.ts";
import type { ProfessionSubject, Rule } from "../rule.ts";
import { amountPublished } from "./amount-published.ts";

/** What became of a row of conditions.csv that is for the person. */
export interface ReachedLevel {
  readonly level: string;
  readonly passed: boolean | undefined;
  readonly reason: Reason | undefined;
}

export interface LevelSubject extends ProfessionSubject {
  readonly levels: readonly ReachedLevel[];
  readonly isWaived: boolean;
}

export interface ChosenLevel {
  readonly level: string;
  /** Absent: not published. */
  readonly amountCents: number | undefined;
}

/**
 * Of the levels reached the one with the highest amount counts. While the amount of one of them is unknown, or a level
 * that may be reached would give more, the highest is not known.
 */
export const highestLevel: Rule<LevelSubject, ChosenLevel> = {
  name: "highestLevel",
  source:
    "data/README.md: of the levels reached the one with the highest amount counts; where activity is waived: switch waivedActivityLevel",
  apply: (subject) => {
    const { levels } = subject;
    const reached = levels.filter(({ passed }) => passed).map(({ level }) => price(subject, level));
    const possible = levels.filter(({ passed }) => passed === undefined);
    const seen = reached.map(({ level }) => level);
    const bound = levels.map(({ level }) => level);
    const best = reached.reduce<ChosenLevel | undefined>((chosen, next) => pick(subject, chosen, next), undefined);
    if (!best) return { passed: possible.length > 0 ? undefined : false, seen, bound, reason: refusalOf(levels) };
    // An amount that is missing decides before a level that may be reached: what it will be nobody knows.
    const { amountCents } = best;
    const higher = possible.find(({ level }) => {
      const cents = price(subject, level).amountCents;
      return amountCents !== undefined && (cents === undefined || cents > amountCents);
    });
    if (higher) return { passed: undefined, seen, bound, reason: higher.reason };
    return { passed: true, seen, bound, value: best };
  },
};

function price(subject: ProfessionSubject, level: string): ChosenLevel {
  return { level, amountCents: amountPublished.apply({ ...subject, level }).value?.cents };
}

/** A level without amount stays chosen: nobody can say that another one is higher. */
function pick(subject: LevelSubject, chosen: ChosenLevel | undefined, next: ChosenLevel): ChosenLevel {
  if (chosen === undefined || chosen.amountCents === undefined) return chosen ?? next;
  if (next.amountCents === undefined) return next;
  const isLower = subject.isWaived && subject.own.switches.waivedActivityLevel === "lowest";
  return (isLower ? next.amountCents < chosen.amountCents : next.amountCents > chosen.amountCents) ? next : chosen;
}

/** What is unknown before what is refused; nothing at all: no row is for this person. */
function refusalOf(levels: readonly ReachedLevel[]): Reason {
  const unknown = levels.find(({ passed }) => passed === undefined);
  return unknown?.reason ?? levels[0]?.reason ?? "noLevelApplies";
}
