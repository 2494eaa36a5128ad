import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";

/** A row of the file that was matched. */
export interface Booking {
  readonly reference: string;
  /** Null together: a payment to a provider. */
  readonly insurerId: number | null;
  readonly adviceId: string | null;
  readonly premiumYear: number;
  /** Null: all of it. */
  readonly lineNumber: number | null;
  readonly outcome: "executed" | "returned";
  readonly bookedOn: string;
  readonly reason: string | null;
}

export interface BookedDossiers {
  readonly premiumYear: number;
  readonly personIds: readonly string[];
}

/**
 * Writes bookings, what was executed before what came back, and answers whose dossiers they are about, by premium year
 * and in the order of their ids; these are locked until the transaction ends.
 */
export async function applyBookings(tx: TransactionSql, bookings: readonly Booking[]): Promise<BookedDossiers[]> {
  if (bookings.length === 0) return [];
  const dossiers = await lockBooked(tx, bookings);
  for (const outcome of ["executed", "returned"] as const) {
    const part = bookings.filter((booking) => booking.outcome === outcome);
    const changes =
      outcome === "executed"
        ? tx`state = 'executed', executed_on = r."bookedOn"`
        : tx`state = 'returned', returned_on = r."bookedOn", return_reason = r.reason`;
    if (part.length > 0) await book(tx, part, changes);
  }
  return dossiers;
}

const given = (tx: TransactionSql, bookings: readonly Booking[]) => tx`
  jsonb_to_recordset(${tx.json(bookings as never)}) as r (reference text, "insurerId" int, "adviceId" uuid,
    "lineNumber" int, "bookedOn" date, reason text)`;

async function book(tx: TransactionSql, bookings: readonly Booking[], changes: PendingQuery<Row[]>): Promise<void> {
  await tx`
    update remittance_line l set ${changes} from ${given(tx, bookings)}
    where l.insurer_id = r."insurerId" and l.advice_id = r."adviceId" and l.state in ('announced', 'executed')
      and (r."lineNumber" is null or l.line_number = r."lineNumber")`;
  await tx`
    update remittance_advice a set ${changes} from ${given(tx, bookings)}
    where a.insurer_id = r."insurerId" and a.advice_id = r."adviceId" and r."lineNumber" is null`;
  await tx`
    update provider_payment p set ${changes} from ${given(tx, bookings)}
    where p.reference = r.reference and r."adviceId" is null`;
}

async function lockBooked(tx: TransactionSql, bookings: readonly Booking[]): Promise<BookedDossiers[]> {
  const rows = await tx<{ personId: string; premiumYear: number }[]>`
    select d.person_id as "personId", d.premium_year as "premiumYear" from dossier d
    where (d.person_id, d.premium_year) in (
      select l.person_id, l.premium_year from remittance_line l join ${given(tx, bookings)}
        on l.insurer_id = r."insurerId" and l.advice_id = r."adviceId"
          and (r."lineNumber" is null or l.line_number = r."lineNumber")
      union
      select p.person_id, p.premium_year from provider_payment p join ${given(tx, bookings)} on p.reference = r.reference)
    order by d.person_id, d.premium_year for update`;
  const byYear = Map.groupBy(rows, ({ premiumYear }) => premiumYear);
  return [...byYear].map(([premiumYear, own]) => ({ premiumYear, personIds: own.map(({ personId }) => personId) }));
}
