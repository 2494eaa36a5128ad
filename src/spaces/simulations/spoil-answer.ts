import type { TransactionSql } from "../../database/sql.ts";
import type { AnswerCode } from "../../formats/exchange-file-name.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../../operator/operator-change.ts";
import type { SimulationOrder } from "./simulation-orders.ts";

/** What can go wrong with an answer at the SFTP door. */
export const ANSWER_FAULTS = ["lost", "delayed", "doubled"] as const;
export type AnswerFault = (typeof ANSWER_FAULTS)[number];

const ORDER_OF: Readonly<Record<AnswerFault, SimulationOrder>> = {
  lost: "loseAnswer",
  delayed: "delayAnswer",
  doubled: "doubleAnswer",
};

export interface AnswerOrder {
  readonly insurerId: number;
  readonly fault: AnswerFault;
  /** Of the next answer; absent: whichever it is. */
  readonly code?: AnswerCode | undefined;
  readonly delaySeconds?: number | undefined;
}

const DELAY_SECONDS = 60;
/** Orders about answers that may wait for their answer. */
export const MAXIMUM_ORDERS = 100;

/**
 * Spoils the next answer: it is never written to OUT, written late, or written once more after it was fetched. Throws
 * `tooManyOrders` where MAXIMUM_ORDERS wait.
 */
export async function spoilNextAnswer(tx: TransactionSql, actor: Actor, order: AnswerOrder): Promise<OperatorChange> {
  const { insurerId, fault, code = null } = order;
  const delaySeconds = fault === "delayed" ? (order.delaySeconds ?? DELAY_SECONDS) : null;
  const { count } = await tx`
    insert into simulation_order (insurer_id, kind, answer_code, delay_seconds)
    select ${insurerId}, ${ORDER_OF[fault]}, ${code}, ${delaySeconds} where (
      select count(*) from simulation_order
      where insurer_id = ${insurerId} and kind = any(${Object.values(ORDER_OF)}) and used_at is null) < ${MAXIMUM_ORDERS}`;
  if (count === 0) {
    throw new OperatorError("tooManyOrders", `${MAXIMUM_ORDERS} faults wait for their answers: they come first.`);
  }
  return { act: "answerSimulated", actor, insurerId, details: { fault, ...(code !== null && { code }) } };
}

/** Has an answer that there is come twice: written once more, at once where it was fetched already. Throws `answerNotFound`. */
export async function doubleAnswer(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, fileName }: { insurerId: number; fileName: string },
): Promise<OperatorChange> {
  const { count } = await tx`
    update exchange_answer
    set simulated = true, is_doubled = fetched_at is null, published_at = case when fetched_at is null then published_at end,
      fetched_at = null
    where insurer_id = ${insurerId} and file_name = ${fileName} and removed_at is null`;
  if (count === 0) throw new OperatorError("answerNotFound", "There is no answer of that name that is or was in OUT.");
  return { act: "answerSimulated", actor, insurerId, details: { fault: "doubled", fileName } };
}
