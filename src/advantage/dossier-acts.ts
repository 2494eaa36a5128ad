import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { groupByDay } from "../spaces/space-days.ts";
import { toConclusionRow } from "./conclusion.ts";
import type { DossierState } from "./dossier-states.ts";
import { evaluateDossier } from "./evaluate-dossier.ts";
import { findPaidMove, getConclusion, keepEvaluations } from "./evaluate-dossiers.ts";
import { type KeptDossier, lockDossiers } from "./list-dossiers.ts";
import { loadDossierInputs } from "./load-dossier-inputs.ts";
import { type DossierMove, moveDossiers } from "./move-dossiers.ts";
import type { MoveRun } from "./move-run.ts";
import { addDays } from "./period.ts";
import { ANY_PROFESSION, type Calendar, findCalendar, type PremiumYearRules } from "./premium-year-rules.ts";

export type DossierErrorCode =
  | "dossierNotFound"
  | "moveNotAllowed"
  | "contestTooLate"
  | "stillAwaiting"
  | "secondPersonNeeded";

/** A dossier cannot do what it was asked; nothing was changed. The message is a sentence for the operator. */
export class DossierError extends Error {
  override readonly name = "DossierError";
  readonly code: DossierErrorCode;

  constructor(code: DossierErrorCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/**
 * Decides what is evaluated, awaits nothing and whose day of decision has come (the latest of the person's professions);
 * the others stay. Answers how many were decided.
 */
export async function decideDossiers(tx: TransactionSql, run: MoveRun, personIds: readonly string[]): Promise<number> {
  const { rules } = run;
  const dossiers = await lockDossiers(tx, rules.premiumYear, personIds);
  const ready = dossiers.filter(({ state, isAwaiting }) => state === "evaluated" && !isAwaiting);
  const calendarOf = await findCalendars(tx, rules, ready);
  const readyIds = ready.map(({ personId }) => personId);
  let decided = 0;
  for (const [businessDate, ids] of await groupByDay(tx, readyIds, run.businessDate)) {
    const moves = ids.flatMap((personId): DossierMove[] => {
      const { decisionOn, contestDays } = calendarOf(personId);
      if (businessDate < decisionOn) return [];
      return [{ personId, to: "decided", contestUntil: addDays(businessDate, contestDays) }];
    });
    await moveDossiers(tx, { ...run, businessDate }, moves);
    decided += moves.length;
  }
  return decided;
}

const BATCH_DOSSIERS = 1_000;

/**
 * Decides what can be decided of a premium year, in batches that commit by themselves. Answers how many were decided, and how
 * many evaluated ones are left because they await something or their day has not come.
 */
export async function decideEverybody(
  institute: Sql,
  run: MoveRun,
): Promise<{ readonly decided: number; readonly left: number }> {
  let after: string | undefined;
  let [decided, seen] = [0, 0];
  for (;;) {
    const rows = await institute<{ personId: string }[]>`
      select person_id as "personId" from dossier where premium_year = ${run.rules.premiumYear} and state = 'evaluated'
        ${after === undefined ? institute`` : institute`and person_id > ${after}`} order by person_id limit ${BATCH_DOSSIERS}`;
    if (rows.length === 0) return { decided, left: seen - decided };
    const personIds = rows.map(({ personId }) => personId);
    decided += await runTransaction(institute, (tx) => decideDossiers(tx, run, personIds));
    seen += personIds.length;
    after = personIds.at(-1);
  }
}

/** By person: of the calendars of the person's professions the one that decides last. */
async function findCalendars(
  tx: TransactionSql,
  rules: PremiumYearRules,
  dossiers: readonly KeptDossier[],
): Promise<(personId: string) => Calendar> {
  const rows = await tx<{ personId: string; profession: string }[]>`
    select person_id as "personId", profession from person_profession
    where person_id = any(${dossiers.map(({ personId }) => personId)}::uuid[])`;
  const professionsOf = Map.groupBy(rows, ({ personId }) => personId);
  return (personId) => {
    const names = professionsOf.get(personId)?.map(({ profession }) => profession) ?? [ANY_PROFESSION];
    return names.map((name) => findCalendar(rules, name)).reduce((a, b) => (b.decisionOn > a.decisionOn ? b : a));
  };
}

/** `on`: the day the contest came in. Throws `DossierError` when there is no decision that could be contested that day. */
export async function contestDossier(
  tx: TransactionSql,
  run: MoveRun,
  { personId, on }: { personId: string; on: string },
): Promise<void> {
  const dossier = await lockDossier(tx, run, personId, ["decided", "toPay", "paid"], "contested");
  const { contestUntil, decidedOn } = dossier;
  if (on > contestUntil! || on < decidedOn!)
    throw new DossierError(
      "contestTooLate",
      `The decision of ${decidedOn} could be contested until ${contestUntil}: ${on} is no day of that term.`,
    );
  await moveDossiers(tx, run, [{ personId, to: "contested", contestedOn: on }]);
}

/**
 * Ends a contest with what facts, contracts and rules give now: before the payment in a decision of its own, after it in
 * `paid` as it was, in recovery or in a supplement. Somebody else than who entered the contest must do it. Answers the
 * state it leads to. Throws `DossierError`.
 */
export async function reviseDossier(
  tx: TransactionSql,
  run: MoveRun,
  { personId }: { personId: string },
): Promise<DossierState> {
  const { rules, businessDate } = run;
  const dossier = await lockDossier(tx, run, personId, ["contested"], "revised");
  if (dossier.movedBy === run.movedBy)
    throw new DossierError("secondPersonNeeded", "Whoever entered the contest cannot be the one who decides on it.");
  const [input] = await loadDossierInputs(tx, rules.premiumYear, [personId]);
  const evaluation = evaluateDossier({ ...input!, rules, businessDate });
  if (evaluation.isAwaiting)
    throw new DossierError("stillAwaiting", `It cannot be revised yet: ${evaluation.reasons.join(", ")}.`);
  const conclusion = toConclusionRow(evaluation);
  const to =
    dossier.contestedFrom === "paid" ? (findPaidMove(getConclusion(dossier), conclusion) ?? "paid") : "decided";
  if (to === "paid") {
    await moveDossiers(tx, run, [{ personId, to }]);
    return to;
  }
  const [move] = await keepEvaluations(tx, run, [{ input: input!, evaluation, conclusion, to }]);
  const calendarOf = await findCalendars(tx, rules, [dossier]);
  const contestUntil = addDays(businessDate, calendarOf(personId).contestDays);
  await moveDossiers(tx, run, [to === "decided" ? { ...move!, contestUntil } : move!]);
  return to;
}

/** Throws `DossierError` for what was decided already. */
export async function withdrawDossier(
  tx: TransactionSql,
  run: MoveRun,
  { personId }: { personId: string },
): Promise<void> {
  await lockDossier(tx, run, personId, ["open", "evaluated"], "withdrawn");
  await moveDossiers(tx, run, [{ personId, to: "withdrawn" }]);
}

async function lockDossier(
  tx: TransactionSql,
  { rules: { premiumYear } }: MoveRun,
  personId: string,
  states: readonly DossierState[],
  participle: string,
): Promise<KeptDossier> {
  const [dossier] = await lockDossiers(tx, premiumYear, [personId]);
  if (!dossier) throw new DossierError("dossierNotFound", `There is no dossier of that person for ${premiumYear}.`);
  if (!states.includes(dossier.state))
    throw new DossierError(
      "moveNotAllowed",
      `A dossier in the state ${dossier.state} cannot be ${participle}, only one that is ${states.join(" or ")}.`,
    );
  return dossier;
}
