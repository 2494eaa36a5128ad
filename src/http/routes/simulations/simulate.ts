import type { FastifyReply, FastifyRequest } from "fastify";
import { parseCalendarDate } from "../../../formats/contract-file/calendar-date.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { type OperatorChange, OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { markSimulation } from "../../../spaces/simulations/simulation-orders.ts";
import { getInsurer } from "../../authorize.ts";
import type { HttpDependencies, ProvideDependencies } from "../../http-dependencies.ts";
import { API_ROOT } from "../../paths.ts";
import { badRequest } from "../../problems.ts";
import { perform } from "../operator/operator-act.ts";
import { actProblem } from "../operator/operator-problems.ts";

export const SIMULATIONS_ROOT = `${API_ROOT}/simulations`;
export const FOR_SIMULATIONS = { scope: SCOPES.simulate };
export const SIMULATION_TAGS = ["Simulations"];

export const noSpace = actProblem(
  new OperatorError(
    "noSpace",
    "This insurer has no space of its own: what it would change is not its alone. POST /admissions makes one.",
  ),
);

/** Of whom, and today for everybody else: what each simulation is told. */
export interface SimulationFrame {
  readonly insurerId: number;
  readonly realDay: string;
}

/**
 * Does a simulation of the calling insurer, marked as one, with its audit event in the same transaction; throws the problem of
 * one that cannot be done.
 */
export async function simulate<Change extends OperatorChange>(
  request: FastifyRequest,
  reply: FastifyReply,
  provide: ProvideDependencies,
  makeAct: (frame: SimulationFrame) => Act<Change>,
  status = 200,
): Promise<Change> {
  const { insurerId } = getInsurer(request);
  const act = makeAct({ insurerId, realDay: realDayOf(provide()) });
  const marked: Act<Change> = async (tx, actor) => {
    await markSimulation(tx);
    return await act(tx, actor);
  };
  const change = await perform(request, reply, provide, { status, act: marked, kind: "simulation" });
  // On record by the simulation itself, in its transaction.
  request.isAudited = true;
  return change;
}

function realDayOf({ intake }: HttpDependencies): string {
  return intake.clock.today();
}

/** Throws the problem of a day of the body that is none in the calendar. */
export function checkDay(name: string, day: string | undefined): void {
  if (day === undefined || parseCalendarDate(day) > 0) return;
  const detail = "There is no such day.";
  throw badRequest(detail, { kind: "invalidInput", in: "body", name, detail });
}
