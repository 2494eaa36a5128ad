import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { ConclusionRow } from "./conclusion.ts";
import type { DossierState } from "./dossier-states.ts";
import type { MoveRun } from "./move-run.ts";
import { projectAdvantages, projectEvaluated } from "./project-advantages.ts";

export interface DossierMove {
  readonly personId: string;
  readonly to: DossierState;
  /** What it was evaluated to; absent: it stays what it was. */
  readonly evaluated?: EvaluatedRow;
  /** With `decided`: the last day on which the decision can be contested. */
  readonly contestUntil?: string;
  /** With `contested`: the day the contest came in. */
  readonly contestedOn?: string;
}

/** A conclusion, and where the explanation is kept. */
export interface EvaluatedRow extends ConclusionRow {
  readonly evaluationBlock: number;
  readonly evaluationPlace: number;
}

/** Opens a dossier for each of these persons that has none in the premium year. */
export async function openDossiers(tx: TransactionSql, run: MoveRun, personIds: readonly string[]): Promise<void> {
  await tx`
    insert into dossier (person_id, premium_year, state, moved_at, moved_by, cause)
    select id, ${run.rules.premiumYear}, 'open', ${run.movedAt}, ${run.movedBy}, ${run.cause}
    from unnest(${personIds as string[]}::uuid[]) as given (id)
    where not exists (select 1 from dossier d where d.person_id = id and d.premium_year = ${run.rules.premiumYear} offset 0)
    order by id on conflict do nothing`;
}

/**
 * The only way in which dossiers move: evaluation, decision, contest, revision, withdrawal, payment. All of them, with
 * their events and what insurers see of them, or none: the database throws `check_violation` (23514) for a move that is
 * not in `DOSSIER_MOVES`, and a dossier that is not there is a RangeError. Lock them before you decide (`lockDossiers`).
 */
export async function moveDossiers(tx: TransactionSql, run: MoveRun, moves: readonly DossierMove[]): Promise<void> {
  const [evaluated, others] = [moves.filter((move) => move.evaluated), moves.filter((move) => !move.evaluated)];
  const counts = [
    evaluated.length > 0 ? await update(tx, run, evaluated, CONCLUSION_COLUMNS(tx)) : 0,
    others.length > 0 ? await update(tx, run, others, tx``) : 0,
  ];
  if (counts[0]! + counts[1]! !== moves.length) throw new RangeError("a dossier that was to move is not there");
  const project = moves.every(({ to }) => to === "evaluated") ? projectEvaluated : projectAdvantages;
  await project(
    tx,
    run,
    moves.map(({ personId }) => personId),
  );
}

const CONCLUSION_COLUMNS = (tx: TransactionSql) => tx`
  outcome = r.outcome, is_awaiting = r."isAwaiting", profession = r.profession, level = r.level, months = r.months,
  amount_cents = r."amountCents", link_kind = r."linkKind", linked_insurer_id = r."linkedInsurerId",
  linked_contract_id = r."linkedContractId", reasons = r.reasons, evaluation_block = r."evaluationBlock",
  evaluation_place = r."evaluationPlace",`;

/** The year as an expression leaves the index that begins with the person: the planner takes a year of which it has not heard for empty. */
async function update(
  tx: TransactionSql,
  run: MoveRun,
  moves: readonly DossierMove[],
  conclusion: PendingQuery<Row[]>,
): Promise<number> {
  const rows = moves.map(({ evaluated, ...move }) => ({ ...move, ...evaluated }));
  const { count } = await tx`
    update dossier d set ${conclusion}
      state = r.to,
      contested_from = case when r.to = 'contested' then d.state end,
      contested_on = r."contestedOn",
      decided_on = case r.to when 'decided' then ${run.businessDate}::date when 'evaluated' then null else d.decided_on end,
      contest_until = case r.to when 'decided' then r."contestUntil" when 'evaluated' then null else d.contest_until end,
      moved_at = ${run.movedAt}, moved_by = ${run.movedBy}, cause = ${run.cause}
    from jsonb_to_recordset(${tx.json(rows as never)}) as r ("personId" uuid, "to" text, "contestUntil" date, "contestedOn" date, outcome text,
      "isAwaiting" boolean, profession text, level text, months smallint, "amountCents" integer, "linkKind" text,
      "linkedInsurerId" integer, "linkedContractId" uuid, reasons text[], "evaluationBlock" bigint, "evaluationPlace" smallint)
    where d.person_id = r."personId" and d.premium_year + 0 = ${run.rules.premiumYear}`;
  return count;
}
