import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Check } from "./check.ts";
import type { DossierState } from "./dossier-states.ts";
import { type Reproduced, reproduceEvaluation } from "./evaluation-blocks.ts";
import type { EvaluatedRow } from "./move-dossiers.ts";
import { RULES, type RuleName } from "./rule-catalogue.ts";

/** A move of a dossier, with the conclusion it stood at; that is null as long as nothing was evaluated. */
export interface KeptMove extends Omit<EvaluatedRow, "outcome"> {
  readonly moveNumber: number;
  readonly fromState: DossierState | null;
  readonly toState: DossierState;
  readonly movedAt: Date;
  readonly movedBy: string;
  readonly cause: string;
  readonly outcome: EvaluatedRow["outcome"] | null;
}

/** All moves of a dossier, the first one first; none: there is no such dossier. `personId` must be a UUID. */
export async function listMoves(sql: Sql | TransactionSql, personId: string, premiumYear: number): Promise<KeptMove[]> {
  return await sql<KeptMove[]>`
    select move_number as "moveNumber", from_state as "fromState", to_state as "toState", moved_at as "movedAt",
      moved_by as "movedBy", cause, outcome, is_awaiting as "isAwaiting", profession, level, months,
      amount_cents as "amountCents", link_kind as "linkKind", linked_insurer_id as "linkedInsurerId",
      linked_contract_id as "linkedContractId", reasons, evaluation_block as "evaluationBlock",
      evaluation_place as "evaluationPlace"
    from dossier_event where person_id = ${personId} and premium_year = ${premiumYear} order by move_number`;
}

/** A condition as it was looked at, with where the rule stands. */
export interface ExplainedCheck extends Check {
  readonly source: string;
}

export interface Explanation extends Pick<Reproduced, "input" | "evaluation" | "isSame"> {
  readonly checks: readonly ExplainedCheck[];
}

/** Why a move came out as it did: evaluated again from what was known then. Undefined: nothing was evaluated by then. */
export async function explainMove(
  sql: Sql | TransactionSql,
  { evaluationBlock, evaluationPlace }: Pick<KeptMove, "evaluationBlock" | "evaluationPlace">,
): Promise<Explanation | undefined> {
  if (evaluationBlock === null) return undefined;
  const { input, evaluation, isSame } = await reproduceEvaluation(sql, evaluationBlock, evaluationPlace);
  const checks = evaluation.checks.map((check) => ({ ...check, source: RULES[check.rule as RuleName].source }));
  return { input, evaluation, isSame, checks };
}
