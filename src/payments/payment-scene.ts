import type { MoveRun } from "../advantage/move-run.ts";
import type { PremiumYearRules } from "../advantage/premium-year-rules.ts";
import type { Actor } from "../identity/registry-error.ts";
import { OperatorError } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";

/** What acts about payments are handed: nothing of it comes from the database. */
export interface PaymentScene {
  /** Today, as the business clock has it. */
  readonly today: string;
  readonly findRules: (premiumYear: number) => PremiumYearRules | undefined;
}

/** How dossiers of a premium year move for a payment. Throws OperatorError where no rules of the year are known. */
export function describeMoves(
  { today, findRules }: PaymentScene,
  actor: Actor,
  { premiumYear, cause }: { premiumYear: number; cause: string },
): MoveRun {
  const rules = findRules(premiumYear);
  if (!rules) throw new OperatorError("premiumYearUnknown", `No rules of premium year ${premiumYear} are known.`);
  return { rules, businessDate: today, movedAt: new Date().toISOString(), movedBy: nameActor(actor), cause };
}
