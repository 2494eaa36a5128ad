import type { ProfessionResult } from "../evaluate-profession.ts";
import type { Rule } from "../rule.ts";

/** Of several professions the one that gives most; while one that is not yet decided could, nothing is decided. */
export const oneAdvantage: Rule<readonly ProfessionResult[], ProfessionResult> = {
  name: "oneAdvantage",
  source: "domain.md section 3: one advantage per provider and year whatever number of professions (H)",
  apply: (results) => {
    const best = results.reduce<ProfessionResult | undefined>(
      (chosen, next) => ((next.amountCents ?? 0) > (chosen?.amountCents ?? 0) ? next : chosen),
      undefined,
    );
    const open = results.find((result) => couldGiveMore(result, best?.amountCents ?? 0));
    const value = open ?? best ?? results[0];
    return {
      passed: open ? undefined : best !== undefined,
      seen: results.map(({ profession }) => profession),
      bound: value?.profession,
      ...(value && { value }),
    };
  },
};

/** Not yet decided, or entitled to an amount that is not published. */
function couldGiveMore({ status, amountCents, atMostCents }: ProfessionResult, bestCents: number): boolean {
  if (status === "refused" || amountCents !== undefined) return false;
  return atMostCents === undefined || atMostCents > bestCents;
}
