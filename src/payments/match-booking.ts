import { parseCalendarDate } from "../formats/contract-file/calendar-date.ts";
import { parseStructuredCommunication } from "../identifiers/structured-communication.ts";
import type { BookingRow } from "./booking.ts";
import type { PaymentState } from "./payment-states.ts";

/** Why a row of the file was not taken; each has a sentence in docs/payments.md. */
export const BOOKING_FINDINGS = [
  "amountDiffers",
  "amountInvalid",
  "dateInvalid",
  "lineUnknown",
  "notOrdered",
  "outcomeInvalid",
  "paymentUnknown",
  "alreadyExecuted",
  "alreadyReturned",
  "lineNotReturnable",
] as const;
export type BookingFinding = (typeof BOOKING_FINDINGS)[number];

/** A transfer, a line of one, or a payment to a provider, as it stands; matched rows change it. */
export interface BookedPayment {
  readonly amountCents: number;
  /** Of an advice. */
  readonly announcedOn: string | null;
  state: PaymentState;
  executedOn: string | null;
  returnedOn: string | null;
  reason: string | null;
}

export interface Bookable extends BookedPayment {
  /** Of an advice; of a payment to a provider there are none. */
  readonly lines: ReadonlyMap<number, BookedPayment>;
}

export type Matched = "applied" | "unchanged" | BookingFinding;

/**
 * Books a row on what it names: the transfer as a whole, or one line of a transfer that was executed and of which that
 * line was sent back. Said a second time it changes nothing. Answers the finding where it cannot be so; pure but for
 * `targets`, in which what a row says is seen by the next.
 */
export function matchBooking(row: BookingRow, targets: ReadonlyMap<string, Bookable>, today: string): Matched {
  const target = targets.get(parseStructuredCommunication(row.reference) ?? "");
  if (!target) return "paymentUnknown";
  if (row.outcome !== "executed" && row.outcome !== "returned") return "outcomeInvalid";
  const one = row.lineNumber === "" ? target : target.lines.get(readCount(row.lineNumber));
  if (!one) return "lineUnknown";
  const amountCents = readCents(row.amountCents);
  if (amountCents === undefined) return "amountInvalid";
  if (amountCents !== one.amountCents) return "amountDiffers";
  if (one.state === "prepared" || one.state === "withheld") return "notOrdered";
  if (!isDay(row.bookedOn) || row.bookedOn > today || row.bookedOn < (target.announcedOn ?? "")) return "dateInvalid";
  if (one !== target && (row.outcome !== "returned" || target.state !== "executed" || one.amountCents < 0))
    return isRepeated(row, one) ? "unchanged" : "lineNotReturnable";
  return row.outcome === "executed" ? execute(row, target) : giveBack(row, one, target);
}

function isRepeated(row: BookingRow, one: BookedPayment): boolean {
  return row.outcome === "returned" && one.state === "returned" && one.returnedOn === row.bookedOn;
}

function execute({ bookedOn }: BookingRow, one: Bookable): Matched {
  if (one.executedOn !== null) return one.executedOn === bookedOn ? "unchanged" : "alreadyExecuted";
  if (one.state === "returned") return "alreadyReturned";
  one.state = "executed";
  one.executedOn = bookedOn;
  for (const line of one.lines.values()) Object.assign(line, { state: "executed", executedOn: bookedOn });
  return "applied";
}

function giveBack({ bookedOn, reason }: BookingRow, one: BookedPayment, target: Bookable): Matched {
  if (one.state === "returned") return one.returnedOn === bookedOn ? "unchanged" : "alreadyReturned";
  if (one.executedOn !== null && bookedOn < one.executedOn) return "dateInvalid";
  // Nothing was sent where all was netted, and what a part of it came back cannot come back whole.
  if (one.amountCents <= 0) return "lineNotReturnable";
  if (one === target && [...target.lines.values()].some(({ state }) => state === "returned"))
    return "lineNotReturnable";
  const returned = { state: "returned", returnedOn: bookedOn, reason: reason || null } as const;
  Object.assign(one, returned);
  if (one === target) for (const line of target.lines.values()) Object.assign(line, returned);
  return "applied";
}

function readCount(text: string): number {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
}

/** Whole cents; a comma or a point says euros. */
function readCents(text: string): number | undefined {
  return /^-?\d{1,14}$/.test(text) ? Number(text) : undefined;
}

function isDay(text: string): boolean {
  return parseCalendarDate(text) > 0;
}
