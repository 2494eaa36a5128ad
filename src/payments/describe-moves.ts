import type { MoveRun } from "../advantage/move-run.ts";
import { loadRulesInForce } from "../advantage/rules-in-force.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { OperatorError } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";

/** How dossiers of a premium year move for a payment. Throws OperatorError where no rules of the year are known. */
export async function describeMoves(
  tx: TransactionSql,
  actor: Actor,
  { premiumYear, cause, today }: { premiumYear: number; cause: string; today: string },
): Promise<MoveRun> {
  const rules = (await loadRulesInForce(tx)).years.get(premiumYear);
  if (!rules) throw new OperatorError("premiumYearUnknown", `No rules of premium year ${premiumYear} are known.`);
  return { rules, businessDate: today, movedAt: new Date().toISOString(), movedBy: nameActor(actor), cause };
}
