import { decideDossiers } from "../../advantage/dossier-acts.ts";
import { evaluateDossiers } from "../../advantage/evaluate-dossiers.ts";
import { listDossiers } from "../../advantage/list-dossiers.ts";
import { lockPersons } from "../../advantage/sync-persons.ts";
import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import type { OperatorChange } from "../../operator/operator-change.ts";
import { nameActor } from "../../operator/perform-act.ts";
import { describeRun, followDay, lockPersonsOf, type SimulatedCounts } from "./follow-day.ts";
import { addLaterFacts } from "./later-facts.ts";
import { lockSpace } from "./simulated-space.ts";

/** A premium year of a space; `realDay`: today for everybody else. */
export interface SimulatedYear {
  readonly insurerId: number;
  readonly realDay: string;
  readonly premiumYear: number;
}

export interface SimulatedEvaluation extends OperatorChange, SimulatedCounts {
  readonly today: string;
}

/** Evaluates everybody of the space for a premium year, on its day, whatever the calendar says. Throws OperatorError. */
export async function evaluateSpace(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, realDay, premiumYear }: SimulatedYear,
): Promise<SimulatedEvaluation> {
  const space = await lockSpace(tx, insurerId, realDay);
  const run = await describeRun(tx, space, { premiumYear, movedBy: nameActor(actor), cause: "julyEvaluation" });
  const counts = await evaluateDossiers(tx, run, await lockPersonsOf(tx, insurerId));
  const details = { premiumYear, today: space.today, ...counts };
  return { act: "evaluationSimulated", actor, insurerId, details, today: space.today, ...counts };
}

export interface SimulatedDecision extends OperatorChange {
  readonly today: string;
  readonly decided: number;
  /** Evaluated ones that await something, or whose day of decision has not come. */
  readonly left: number;
}

/** Decides what can be decided of the space's dossiers of a premium year, on its day. Throws OperatorError. */
export async function decideSpace(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, realDay, premiumYear }: SimulatedYear,
): Promise<SimulatedDecision> {
  const space = await lockSpace(tx, insurerId, realDay);
  const run = await describeRun(tx, space, { premiumYear, movedBy: nameActor(actor), cause: "decision" });
  await lockPersons(tx);
  const persons = await lockPersonsOf(tx, insurerId);
  const decided = await decideDossiers(tx, run, persons);
  if (decided > 0 && (await addLaterFacts(tx, space, "decision", premiumYear)))
    await followDay(tx, space, nameActor(actor));
  const dossiers = await listDossiers(tx, premiumYear, persons);
  const left = dossiers.filter(({ state }) => state === "evaluated").length;
  const { today } = space;
  return {
    act: "decisionSimulated",
    actor,
    insurerId,
    details: { premiumYear, today, decided, left },
    today,
    decided,
    left,
  };
}
