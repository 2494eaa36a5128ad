import type { Sql, TransactionSql } from "../database/sql.ts";
import type { DossierState } from "./dossier-states.ts";
import type { EvaluatedRow } from "./move-dossiers.ts";

/** A dossier as it stands. The fields of the conclusion are null together while it was never evaluated. */
export interface KeptDossier extends Omit<EvaluatedRow, "outcome"> {
  readonly personId: string;
  readonly premiumYear: number;
  readonly state: DossierState;
  readonly contestedFrom: DossierState | null;
  readonly decidedOn: string | null;
  readonly contestUntil: string | null;
  /** Null: never evaluated. */
  readonly outcome: EvaluatedRow["outcome"] | null;
  readonly moveNumber: number;
  readonly movedBy: string;
}

const columns = (sql: Sql | TransactionSql) => sql`
  person_id as "personId", premium_year as "premiumYear", state, contested_from as "contestedFrom",
  decided_on as "decidedOn", contest_until as "contestUntil", outcome, is_awaiting as "isAwaiting", profession, level,
  months, amount_cents as "amountCents", link_kind as "linkKind", linked_insurer_id as "linkedInsurerId",
  linked_contract_id as "linkedContractId", reasons, evaluation_block as "evaluationBlock",
  evaluation_place as "evaluationPlace", move_number as "moveNumber", moved_by as "movedBy"`;

/** The dossiers that these persons have in the premium year, in the order of their ids. */
export async function listDossiers(
  sql: Sql | TransactionSql,
  premiumYear: number,
  personIds: readonly string[],
): Promise<KeptDossier[]> {
  return await sql<KeptDossier[]>`
    select ${columns(sql)} from dossier
    where person_id = any(${personIds as string[]}::uuid[]) and premium_year = ${premiumYear} order by person_id`;
}

/** As `listDossiers`, held until the transaction ends. Everybody locks in this order, so nobody waits in a circle. */
export async function lockDossiers(
  tx: TransactionSql,
  premiumYear: number,
  personIds: readonly string[],
): Promise<KeptDossier[]> {
  return await tx<KeptDossier[]>`
    select ${columns(tx)} from dossier
    where person_id = any(${personIds as string[]}::uuid[]) and premium_year = ${premiumYear} order by person_id for update`;
}
