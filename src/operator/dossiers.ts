import {
  contestDossier,
  DossierError,
  decideEverybody,
  reviseDossier,
  withdrawDossier,
} from "../advantage/dossier-acts.ts";
import { evaluateEverybody } from "../advantage/evaluate-everybody.ts";
import { type Explanation, explainMove, type KeptMove, listMoves } from "../advantage/explain-dossier.ts";
import { type KeptDossier, listDossiers } from "../advantage/list-dossiers.ts";
import type { MoveRun } from "../advantage/move-run.ts";
import { loadRulesInForce } from "../advantage/rules-in-force.ts";
import { syncPersons } from "../advantage/sync-persons.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorAct, type OperatorChange, OperatorError } from "./operator-change.ts";
import { nameActor } from "./perform-act.ts";

/** One dossier, as an operator names it. */
export interface DossierName {
  readonly personId: string;
  readonly premiumYear: number;
}

/** By INAMI number (8 or 11 digits) or SSIN. Throws OperatorError `personNotFound`. */
export async function getPersonId(sql: Sql | TransactionSql, number: string): Promise<string> {
  const [row] = await sql<{ personId: string }[]>`
    select person_id as "personId" from person_ssin where ssin = ${number}
    union all
    select person_id from person_number where inami_root = left(${number}, 8) and length(${number}) in (8, 11) limit 1`;
  if (!row)
    throw new OperatorError("personNotFound", "Nobody with that number is known: see that the register has it.");
  return row.personId;
}

interface Day {
  readonly businessDate: string;
}

async function describeRun(
  sql: Sql | TransactionSql,
  actor: Actor,
  { premiumYear, businessDate, cause }: Day & { premiumYear: number; cause: string },
): Promise<MoveRun> {
  const { years } = await loadRulesInForce(sql);
  const rules = years.get(premiumYear);
  if (!rules) throw new OperatorError("premiumYearUnknown", `There are no rules for premium year ${premiumYear}.`);
  return { rules, businessDate, movedAt: new Date().toISOString(), movedBy: nameActor(actor), cause };
}

/** Puts on record what is begun once this is committed: in transactions of its own, which no act could take back. */
export async function orderYear(
  tx: TransactionSql,
  actor: Actor,
  act: "evaluationOrdered" | "decisionOrdered",
  { premiumYear, businessDate }: Day & { premiumYear: number },
): Promise<OperatorChange> {
  await describeRun(tx, actor, { premiumYear, businessDate, cause: act });
  return { act, actor, details: { premiumYear, businessDate } };
}

/** Evaluates everybody for a premium year, in batches that commit by themselves. */
export async function evaluateYear(
  institute: Sql,
  actor: Actor,
  { premiumYear, businessDate }: Day & { premiumYear: number },
): Promise<OperatorChange> {
  const run = await describeRun(institute, actor, { premiumYear, businessDate, cause: "evaluation" });
  await runTransaction(institute, syncPersons);
  const { evaluated, moved } = await evaluateEverybody(institute, run);
  return { act: "dossiersEvaluated", actor, details: { premiumYear, evaluated, moved } };
}

/** Decides everything that can be decided of a premium year, in batches that commit by themselves. */
export async function decideYear(
  institute: Sql,
  actor: Actor,
  { premiumYear, businessDate }: Day & { premiumYear: number },
): Promise<OperatorChange> {
  const run = await describeRun(institute, actor, { premiumYear, businessDate, cause: "decision" });
  const { decided, left } = await decideEverybody(institute, run);
  return { act: "dossiersDecided", actor, details: { premiumYear, decided, left } };
}

/** `on`: the day the contest came in, today when absent. */
export async function contest(
  tx: TransactionSql,
  actor: Actor,
  { on, ...name }: DossierName & Day & { on?: string | undefined },
): Promise<OperatorChange> {
  const day = on ?? name.businessDate;
  if (day > name.businessDate) throw new OperatorError("dossierNotMoved", "The day of the contest has not come yet.");
  return await move(tx, actor, name, "dossierContested", "contest", async (run, { personId }) => {
    await contestDossier(tx, run, { personId, on: day });
    return { on: day };
  });
}

export async function revise(tx: TransactionSql, actor: Actor, name: DossierName & Day): Promise<OperatorChange> {
  return await move(tx, actor, name, "dossierRevised", "revision", async (run, dossier) => ({
    state: await reviseDossier(tx, run, dossier),
  }));
}

export async function withdraw(tx: TransactionSql, actor: Actor, name: DossierName & Day): Promise<OperatorChange> {
  return await move(tx, actor, name, "dossierWithdrawn", "withdrawal", async (run, dossier) => {
    await withdrawDossier(tx, run, dossier);
    return {};
  });
}

async function move(
  tx: TransactionSql,
  actor: Actor,
  { personId, premiumYear, businessDate }: DossierName & Day,
  act: OperatorAct,
  cause: string,
  work: (run: MoveRun, dossier: { personId: string }) => Promise<Readonly<Record<string, string>>>,
): Promise<OperatorChange> {
  const run = await describeRun(tx, actor, { premiumYear, businessDate, cause });
  try {
    const details = { personId, premiumYear, ...(await work(run, { personId })) };
    return { act, actor, details, about: { personIds: [personId] } };
  } catch (error) {
    if (!(error instanceof DossierError)) throw error;
    throw new OperatorError(error.code === "dossierNotFound" ? error.code : "dossierNotMoved", error.message);
  }
}

/** The dossiers of the person with that number, by premium year. That it was asked is put on record. */
export async function findDossiers(
  tx: TransactionSql,
  actor: Actor,
  number: string,
): Promise<OperatorChange & { readonly dossiers: readonly KeptDossier[] }> {
  const personId = await getPersonId(tx, number);
  const years = await tx<{ year: number }[]>`
    select premium_year as year from dossier where person_id = ${personId} order by premium_year`;
  const dossiers: KeptDossier[] = [];
  for (const { year } of years) dossiers.push(...(await listDossiers(tx, year, [personId])));
  const details = { personId, dossiers: dossiers.length };
  return { act: "dossiersSought", actor, details, about: { personIds: [personId] }, dossiers };
}

export interface ExplainedDossier {
  readonly moves: readonly KeptMove[];
  /** The move that is explained. */
  readonly move: KeptMove;
  readonly explanation: Explanation | undefined;
}

/** Why a dossier stands where it does, or did after one of its moves. That it was asked is put on record. */
export async function explain(
  tx: TransactionSql,
  actor: Actor,
  { personId, premiumYear, moveNumber }: DossierName & { moveNumber?: number | undefined },
): Promise<OperatorChange & { readonly explained: ExplainedDossier }> {
  const moves = await listMoves(tx, personId, premiumYear);
  const found = moveNumber === undefined ? moves.at(-1) : moves.find((each) => each.moveNumber === moveNumber);
  if (!found) throw new OperatorError("dossierNotFound", `There is no such dossier, or no such move of it.`);
  const explained = { moves, move: found, explanation: await explainMove(tx, found) };
  const details = { personId, premiumYear, moveNumber: found.moveNumber };
  return { act: "dossierExplained", actor, details, about: { personIds: [personId] }, explained };
}
