import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { OperatorError } from "../../operator/operator-change.ts";
import { addDays } from "../space-days.ts";

/** Where the real acts ask for a second operator, or for any beside the caller. */
export const SECOND_ACTOR: Actor = { account: "simulation" };

/** The space in which something is simulated, held until the transaction ends: one simulation of a space at a time. */
export interface SimulatedSpace {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly numberGroup: number;
  readonly daysAhead: number;
  /** Its business day. */
  readonly today: string;
}

/** `realDay`: today for everybody else. Throws OperatorError `noSpace`. */
export async function lockSpace(tx: TransactionSql, insurerId: number, realDay: string): Promise<SimulatedSpace> {
  const [space] = await tx<Omit<SimulatedSpace, "today">[]>`
    select insurer_id as "insurerId", enterprise_number as "enterpriseNumber", number_group as "numberGroup",
      business_days_ahead as "daysAhead"
    from space join insurer using (insurer_id) where insurer_id = ${insurerId} and ended_at is null
    for no key update of space`;
  if (!space) {
    const sentence =
      "This insurer has no space of its own: what it would change is not its alone. POST /admissions makes one.";
    throw new OperatorError("noSpace", sentence);
  }
  return { ...space, today: addDays(realDay, space.daysAhead) };
}
