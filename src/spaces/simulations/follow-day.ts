import { listChangedContracts } from "../../advantage/changed-contracts.ts";
import { evaluateDossiers } from "../../advantage/evaluate-dossiers.ts";
import { isHandled } from "../../advantage/keep-evaluated.ts";
import type { MoveRun } from "../../advantage/move-run.ts";
import { projectContractsOf } from "../../advantage/project-advantages.ts";
import { loadRulesInForce } from "../../advantage/rules-in-force.ts";
import type { TransactionSql } from "../../database/sql.ts";
import { OperatorError } from "../../operator/operator-change.ts";
import { listPersonsOf } from "../space-days.ts";
import type { SimulatedSpace } from "./simulated-space.ts";

/** What a simulation did to the dossiers of a space. */
export interface SimulatedCounts {
  readonly evaluated: number;
  readonly moved: number;
}

/**
 * Does for a space what a day brings: the evaluation of the years that are handled on it, and what the insurer sees of
 * every contract. As the keepers of everybody's dossiers and views do it.
 */
export async function followDay(
  tx: TransactionSql,
  space: Pick<SimulatedSpace, "insurerId" | "today">,
  movedBy: string,
): Promise<SimulatedCounts> {
  const { insurerId, today } = space;
  const persons = await lockPersonsOf(tx, insurerId);
  const counts = { evaluated: 0, moved: 0 };
  const { years } = await loadRulesInForce(tx);
  for (const rules of years.values()) {
    if (!isHandled(rules, today)) continue;
    const run = { rules, businessDate: today, movedAt: new Date().toISOString(), movedBy, cause: "julyEvaluation" };
    const { evaluated, moved } = await evaluateDossiers(tx, run, persons);
    counts.evaluated += evaluated;
    counts.moved += moved;
  }
  const contractIds = await listChangedContracts(tx, insurerId, null);
  for (const rules of years.values())
    await projectContractsOf(tx, { rules, businessDate: today }, insurerId, contractIds);
  return counts;
}

/** How dossiers of a space move on its day. Throws OperatorError `premiumYearUnknown`. */
export async function describeRun(
  tx: TransactionSql,
  { today }: Pick<SimulatedSpace, "today">,
  { premiumYear, movedBy, cause }: { premiumYear: number; movedBy: string; cause: string },
): Promise<MoveRun> {
  const rules = (await loadRulesInForce(tx)).years.get(premiumYear);
  if (!rules) throw new OperatorError("premiumYearUnknown", `No rules of premium year ${premiumYear} are known.`);
  return { rules, businessDate: today, movedAt: new Date().toISOString(), movedBy, cause };
}

/** The persons of the space, their dossiers held before anything is projected: everybody locks in this order. */
export async function lockPersonsOf(tx: TransactionSql, insurerId: number): Promise<string[]> {
  const persons = await listPersonsOf(tx, insurerId);
  await tx`
    select count(*) from (
      select from dossier where person_id = any(${persons}::uuid[]) order by premium_year, person_id for update) locked`;
  return persons;
}
