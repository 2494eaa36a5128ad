import type { TransactionSql } from "../database/sql.ts";
import type { NewEvent } from "../events/event.ts";
import { insertEvents } from "../events/insert-events.ts";
import { parseStructuredCommunication } from "../identifiers/structured-communication.ts";
import type { Actor } from "../identity/registry-error.ts";
import type { OperatorChange } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";
import { applyBookings, type Booking } from "./apply-bookings.ts";
import type { BookingRow } from "./booking.ts";
import { describeMoves } from "./describe-moves.ts";
import { type Bookable, type BookedPayment, type BookingFinding, matchBooking } from "./match-booking.ts";
import { settleDossiers } from "./settle.ts";
import { lockPayments } from "./stage-due.ts";

export interface RowFinding {
  /** From 1, the header included. */
  readonly line: number;
  readonly code: BookingFinding;
}

export interface PaymentsImport extends OperatorChange {
  readonly importId: string;
  readonly applied: number;
  readonly unchanged: number;
  readonly findings: readonly RowFinding[];
}

/**
 * Books what was executed and what came back (docs/payments.md). A row that cannot be booked is a finding and the others are
 * booked; the same rows again change nothing. `sha256`: of what they were read from.
 */
export async function importPayments(
  tx: TransactionSql,
  actor: Actor,
  { rows, sha256, today }: { rows: readonly BookingRow[]; sha256: string; today: string },
): Promise<PaymentsImport> {
  await lockPayments(tx);
  const targets = await loadTargets(tx, rows);
  const bookings: Booking[] = [];
  const findings: RowFinding[] = [];
  for (const row of rows) {
    const matched = matchBooking(row, targets, today);
    if (matched === "applied") bookings.push(toBooking(row, targets));
    else if (matched !== "unchanged") findings.push({ line: row.line, code: matched });
  }
  for (const { premiumYear, personIds } of await applyBookings(tx, bookings)) {
    const moves = await describeMoves(tx, actor, { premiumYear, cause: "paymentExecuted", today });
    await settleDossiers(tx, moves, personIds);
  }
  await insertEvents(tx, bookings.flatMap(toEvent));
  const counts = { applied: bookings.length, unchanged: rows.length - bookings.length - findings.length };
  const [kept] = await tx<{ importId: string }[]>`
    insert into payment_import (sha256, imported_at, imported_by, applied, unchanged, findings)
    values (${sha256}, clock_timestamp(), ${nameActor(actor)}, ${counts.applied}, ${counts.unchanged}, ${tx.json(findings as never)})
    returning import_id as "importId"`;
  const { importId } = kept!;
  const details = { importId, ...counts, rejected: findings.length, sha256 };
  return { act: "paymentsImported", actor, details, importId, ...counts, findings };
}

export interface PaymentTarget extends Bookable {
  readonly reference: string;
  /** Absent: a payment to a provider. */
  readonly insurerId: number | null;
  readonly adviceId: string | null;
  readonly premiumYear: number;
}

type TargetRow = Omit<PaymentTarget, "lines">;
type LineRow = BookedPayment & { readonly adviceId: string; readonly lineNumber: number };

/** What the rows name, by reference; of the lines of an advice those that are named and those that came back. */
async function loadTargets(tx: TransactionSql, rows: readonly BookingRow[]): Promise<Map<string, PaymentTarget>> {
  const references = [...new Set(rows.flatMap((row) => parseStructuredCommunication(row.reference) ?? []))];
  const named = rows.flatMap(({ lineNumber }) => (/^[1-9]\d{0,8}$/.test(lineNumber) ? [Number(lineNumber)] : []));
  const found = await tx<TargetRow[]>`
    select reference, insurer_id as "insurerId", advice_id as "adviceId", premium_year as "premiumYear",
      total_cents as "amountCents", announced_on as "announcedOn", state, executed_on as "executedOn",
      returned_on as "returnedOn", return_reason as reason
    from remittance_advice where reference = any(${references})
    union all
    select p.reference, null, null, p.premium_year, p.amount_cents, null, p.state,
      p.executed_on, p.returned_on, p.return_reason
    from provider_payment p where p.reference = any(${references})`;
  const adviceIds = found.flatMap(({ adviceId }) => adviceId ?? []);
  const lines = await tx<LineRow[]>`
    select advice_id as "adviceId", line_number as "lineNumber", amount_cents as "amountCents", state,
      executed_on as "executedOn", returned_on as "returnedOn", return_reason as reason, null as "announcedOn"
    from remittance_line
    where advice_id = any(${adviceIds}::uuid[]) and state <> 'withheld'
      and (line_number = any(${named}::int[]) or state = 'returned')`;
  const linesOf = Map.groupBy(lines, ({ adviceId }) => adviceId);
  return new Map(
    found.map((row) => {
      const own = linesOf.get(row.adviceId ?? "") ?? [];
      return [row.reference, { ...row, lines: new Map(own.map((line) => [line.lineNumber, line])) }];
    }),
  );
}

function toBooking(row: BookingRow, targets: ReadonlyMap<string, PaymentTarget>): Booking {
  const { reference, insurerId, adviceId, premiumYear } = targets.get(parseStructuredCommunication(row.reference)!)!;
  return {
    ...{ reference, insurerId, adviceId, premiumYear },
    lineNumber: row.lineNumber === "" ? null : Number(row.lineNumber),
    outcome: row.outcome === "executed" ? "executed" : "returned",
    bookedOn: row.bookedOn,
    reason: row.reason.slice(0, 200) || null,
  };
}

function toEvent({ insurerId, adviceId, premiumYear, lineNumber, outcome }: Booking): NewEvent[] {
  if (insurerId === null || adviceId === null) return [];
  const details = { adviceId, premiumYear, ...(lineNumber !== null && { lineNumber }) };
  return [{ insurerId, kind: outcome === "executed" ? "paymentExecuted" : "paymentReturned", details }];
}
