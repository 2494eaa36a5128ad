import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { groupByDay } from "../spaces/space-days.ts";
import { type ConclusionRow, isSameConclusion, isSameGoal, isSameMoney, toConclusionRow } from "./conclusion.ts";
import type { DossierState } from "./dossier-states.ts";
import { evaluateDossier } from "./evaluate-dossier.ts";
import { type Evaluated, insertEvaluationBlock } from "./evaluation-blocks.ts";
import { type KeptDossier, lockDossiers } from "./list-dossiers.ts";
import { loadDossierInputs } from "./load-dossier-inputs.ts";
import { type DossierMove, moveDossiers, openDossiers } from "./move-dossiers.ts";
import type { MoveRun } from "./move-run.ts";

/** A block of evaluations is so long at most, and an explanation reads one. */
const BATCH_PERSONS = 1_000;
/** While the database keeps one batch, the next is evaluated. */
const LANES = 2;

export interface EvaluationCounts {
  readonly evaluated: number;
  /** Dossiers that moved; the others came out as before, or may not move. */
  readonly moved: number;
}

/**
 * Evaluates everybody of whom a profession is known for a premium year, in batches that commit by themselves; it may be done
 * again at any time. Of whom nothing is known, nothing is decided.
 */
export async function evaluateAllDossiers(institute: Sql, run: MoveRun): Promise<EvaluationCounts> {
  let after: string | undefined;
  // One at a time looks for the next batch.
  let finding: Promise<unknown> = Promise.resolve();
  const next = () => {
    const found = finding.then(async () => {
      const rows = await institute<{ personId: string }[]>`
        select person_id as "personId" from person p
        where replaced_by is null and exists (select 1 from person_profession f where f.person_id = p.person_id) ${after === undefined ? institute`` : institute`and p.person_id > ${after}`}
        order by person_id limit ${BATCH_PERSONS}`;
      after = rows.at(-1)?.personId ?? after;
      return rows.map(({ personId }) => personId);
    });
    finding = found;
    return found;
  };
  return await evaluateInLanes(institute, run, next);
}

/** Evaluates these persons, any number, in batches that commit by themselves. */
export async function evaluatePersons(
  institute: Sql,
  run: MoveRun,
  personIds: readonly string[],
): Promise<EvaluationCounts> {
  let from = 0;
  return await evaluateInLanes(institute, run, async () => {
    from += BATCH_PERSONS;
    return personIds.slice(from - BATCH_PERSONS, from);
  });
}

async function evaluateInLanes(
  institute: Sql,
  run: MoveRun,
  next: () => Promise<readonly string[]>,
): Promise<EvaluationCounts> {
  const counts = { evaluated: 0, moved: 0 };
  const runLane = async () => {
    for (let personIds = await next(); personIds.length > 0; personIds = await next()) {
      const batch = personIds;
      const { evaluated, moved } = await runTransaction(institute, (tx) => evaluateDossiers(tx, run, batch));
      counts.evaluated += evaluated;
      counts.moved += moved;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, runLane));
  const failed = lanes.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
  return counts;
}

/**
 * Evaluates these persons, a batch at most, and moves the dossiers whose decision comes out otherwise: `open`, `evaluated`,
 * `decided` and `toPay` to `evaluated`; `paid` to `recovery` or `supplement`, never to what it was before. Contested,
 * recovered, settled and withdrawn ones are left to operators. What is unknown takes no money back. Persons of a space are
 * evaluated on its day.
 */
export async function evaluateDossiers(
  tx: TransactionSql,
  run: MoveRun,
  personIds: readonly string[],
): Promise<EvaluationCounts> {
  const counts = { evaluated: 0, moved: 0 };
  const days = await groupByDay(tx, personIds, run.businessDate);
  if (days.size > 1) {
    // All of them before the first is projected: whoever evaluates others locks in that order.
    await openDossiers(tx, run, personIds);
    await lockDossiers(tx, run.rules.premiumYear, personIds);
  }
  for (const [businessDate, ids] of days) {
    const { evaluated, moved } = await evaluateOnDay(tx, { ...run, businessDate }, ids);
    counts.evaluated += evaluated;
    counts.moved += moved;
  }
  return counts;
}

async function evaluateOnDay(
  tx: TransactionSql,
  run: MoveRun,
  personIds: readonly string[],
): Promise<EvaluationCounts> {
  const { rules, businessDate } = run;
  // Locked before anything is read: who evaluates later sees what was known later.
  const [, dossiers, inputs] = await Promise.all([
    openDossiers(tx, run, personIds),
    lockDossiers(tx, rules.premiumYear, personIds),
    loadDossierInputs(tx, rules.premiumYear, personIds),
  ]);
  const dossierOf = new Map(dossiers.map((dossier) => [dossier.personId, dossier]));
  const moving = inputs.flatMap((input) => {
    const dossier = dossierOf.get(input.person.personId)!;
    const evaluation = evaluateDossier({ ...input, rules, businessDate });
    const conclusion = toConclusionRow(evaluation);
    const to = findMove(dossier, conclusion);
    return to ? [{ input, evaluation, conclusion, to }] : [];
  });
  if (moving.length > 0) await moveDossiers(tx, run, await keepEvaluations(tx, run, moving));
  return { evaluated: inputs.length, moved: moving.length };
}

export interface Moving extends Evaluated {
  readonly conclusion: ConclusionRow;
  readonly to: DossierState;
}

/** Keeps what the evaluations were made from, and makes moves of them. */
export async function keepEvaluations(
  tx: TransactionSql,
  run: MoveRun,
  moving: readonly Moving[],
): Promise<DossierMove[]> {
  const evaluationBlock = await insertEvaluationBlock(tx, run, moving);
  return moving.map(({ input, conclusion, to }, evaluationPlace) => ({
    personId: input.person.personId,
    to,
    evaluated: { ...conclusion, evaluationBlock, evaluationPlace },
  }));
}

/** Where an evaluation leads a dossier; undefined: nowhere. */
export function findMove(dossier: KeptDossier, conclusion: ConclusionRow): DossierState | undefined {
  if (dossier.state === "open") return "evaluated";
  // Withdrawn before anybody looked.
  if (dossier.outcome === null) return undefined;
  const before = getConclusion(dossier);
  if (dossier.state === "evaluated" || dossier.state === "decided" || dossier.state === "toPay")
    return isSameConclusion(before, conclusion) ? undefined : "evaluated";
  if (dossier.state !== "paid" || conclusion.isAwaiting) return undefined;
  return findPaidMove(before, conclusion);
}

/** What becomes of money that was paid, now that this is concluded; undefined: it was rightly paid. */
export function findPaidMove(paid: ConclusionRow, conclusion: ConclusionRow): "recovery" | "supplement" | undefined {
  if (isSameMoney(paid, conclusion)) return undefined;
  const isLess = (conclusion.amountCents ?? 0) < (paid.amountCents ?? 0);
  return isLess || !isSameGoal(paid, conclusion) ? "recovery" : "supplement";
}

/** Throws RangeError for a dossier that was never evaluated. */
export function getConclusion({ outcome, ...dossier }: KeptDossier): ConclusionRow {
  if (outcome === null) throw new RangeError("the dossier was never evaluated");
  return { ...dossier, outcome };
}
