import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../../operator/operator-change.ts";
import { nameActor } from "../../operator/perform-act.ts";
import { addDays } from "../space-days.ts";
import { followDay, type SimulatedCounts } from "./follow-day.ts";
import { lockSpace } from "./simulated-space.ts";

/** Ten years: rules of premium years end long before. */
const MAXIMUM_DAYS_AHEAD = 3_652;

export interface ClockMove {
  readonly insurerId: number;
  /** Today for everybody else. */
  readonly realDay: string;
  /** Where it goes: a day, or so many days on. */
  readonly to: { readonly day: string } | { readonly days: number };
}

export interface MovedClock extends OperatorChange, SimulatedCounts {
  readonly today: string;
  readonly daysAhead: number;
}

/**
 * Moves the business day of a space, and brings its dossiers and views there. Forwards only: what was decided on a later
 * day would lie ahead. Throws OperatorError.
 */
export async function moveClock(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, realDay, to }: ClockMove,
): Promise<MovedClock> {
  const space = await lockSpace(tx, insurerId, realDay);
  const today = "day" in to ? to.day : addDays(space.today, to.days);
  const daysAhead = Temporal.PlainDate.from(realDay).until(today).days;
  if (today < space.today) {
    const sentence = `The day of the space is ${space.today} and does not go back to ${today}: what was decided since would lie ahead. Reset the space to begin anew.`;
    throw new OperatorError("clockBackwards", sentence);
  }
  if (daysAhead > MAXIMUM_DAYS_AHEAD) {
    const last = addDays(realDay, MAXIMUM_DAYS_AHEAD);
    throw new OperatorError("clockTooFar", `The day of a space can be ${last} at most, not ${today}.`);
  }
  await tx`
    update space set business_days_ahead = ${daysAhead}, followed_on = ${daysAhead > 0 ? today : null}
    where insurer_id = ${insurerId}`;
  const counts = await followDay(tx, { insurerId, today }, nameActor(actor));
  const details = { from: space.today, to: today, daysAhead, ...counts };
  return { act: "clockSimulated", actor, insurerId, details, today, daysAhead, ...counts };
}
