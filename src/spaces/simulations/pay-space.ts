import { createHash } from "node:crypto";
import { lockPersons } from "../../advantage/sync-persons.ts";
import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import type { OperatorChange } from "../../operator/operator-change.ts";
import type { BookingRow } from "../../payments/booking.ts";
import { importPayments } from "../../payments/import-payments.ts";
import { confirmIban, proposeIban } from "../../payments/insurer-ibans.ts";
import { makeRun } from "../../payments/make-run.ts";
import { orderRun } from "../../payments/order-run.ts";
import { lockPersonsOf } from "./follow-day.ts";
import { addLaterFacts } from "./later-facts.ts";
import type { SimulatedYear } from "./move-year.ts";
import { lockSpace, SECOND_ACTOR, type SimulatedSpace } from "./simulated-space.ts";

/** Nobody's: for spaces that have given no account. */
const SYNTHETIC_IBAN = "BE68539007547034";

export interface SimulatedPayment extends SimulatedYear {
  /** Of the transfer: it arrives, or comes back. */
  readonly outcome: "executed" | "returned";
}

export interface PaidSpace extends OperatorChange {
  readonly today: string;
  /** Absent: nothing was to be transferred. */
  readonly adviceId: string | undefined;
  readonly lines: number;
  readonly totalCents: number;
}

interface Advice {
  readonly adviceId: string;
  readonly reference: string;
  readonly lines: number;
  readonly totalCents: number;
  readonly state: string;
}

/**
 * A payment run for the space alone, ordered, and what the bank would say of it: with its first day, announced and booked
 * on the day of the space. Throws OperatorError, also where nothing is due.
 */
export async function paySpace(
  tx: TransactionSql,
  actor: Actor,
  { insurerId, realDay, premiumYear, outcome }: SimulatedPayment,
): Promise<PaidSpace> {
  const space = await lockSpace(tx, insurerId, realDay);
  const { today } = space;
  await lockPersons(tx);
  const personIds = await lockPersonsOf(tx, insurerId);
  await giveAccount(tx, actor, space);
  const { runId } = await makeRun(tx, actor, { premiumYear, today, only: { insurerId, personIds } });
  await orderRun(tx, SECOND_ACTOR, { runId, today });
  const [advice] = await tx<Advice[]>`
    select advice_id as "adviceId", reference, line_count as lines, total_cents as "totalCents", state
    from remittance_advice where insurer_id = ${insurerId} and run_id = ${runId}`;
  if (advice?.state === "announced") await book(tx, advice, { outcome, today });
  // Evaluated behind the commit, by whoever keeps dossiers up to date: none is paid and found wrongly paid at once.
  if (outcome === "executed") await addLaterFacts(tx, space, "payment", premiumYear);
  const { adviceId, lines = 0, totalCents = 0 } = advice ?? {};
  const details = { runId, premiumYear, today, outcome, lines, totalCents };
  return { act: "paymentSimulated", actor, insurerId, details, today, adviceId, lines, totalCents };
}

async function giveAccount(tx: TransactionSql, actor: Actor, space: SimulatedSpace): Promise<void> {
  const { insurerId, enterpriseNumber } = space;
  const [known] = await tx`select from insurer_iban where insurer_id = ${insurerId} and state = 'confirmed'`;
  if (known) return;
  const { proposalId } = await proposeIban(tx, actor, { enterpriseNumber, iban: SYNTHETIC_IBAN });
  await confirmIban(tx, SECOND_ACTOR, { proposalId });
}

async function book(
  tx: TransactionSql,
  { reference, totalCents }: Advice,
  { outcome, today }: { outcome: "executed" | "returned"; today: string },
): Promise<void> {
  const outcomes = outcome === "executed" ? ["executed"] : ["executed", "returned"];
  const rows = outcomes.map(
    (said, index): BookingRow => ({
      ...{
        line: index + 1,
        reference,
        lineNumber: "",
        outcome: said,
        amountCents: String(totalCents),
        bookedOn: today,
      },
      reason: said === "returned" ? "simulation" : "",
    }),
  );
  const sha256 = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
  const { findings } = await importPayments(tx, SECOND_ACTOR, { rows, sha256, today });
  if (findings.length > 0) throw new Error(`a simulated payment was not booked: ${findings[0]!.code}`);
}
