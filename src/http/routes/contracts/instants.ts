import { Type } from "typebox";
import { parseCalendarDate } from "../../../formats/contract-file/calendar-date.ts";
import { badRequest, type Problem } from "../../problems.ts";

export const InstantText = Type.String({
  format: "date-time",
  maxLength: 40,
  description: "An instant with its offset (RFC 3339), such as 2026-11-22T09:00:00Z. In a query a + is written %2B.",
});

/** Throws a problem about the field where the text is no instant of the years 1000 to 9999, as days are. */
export function readInstant(
  text: string | undefined,
  name: string,
  place: "query" | "body" = "query",
): Date | undefined {
  if (text === undefined) return undefined;
  try {
    const instant = Temporal.Instant.from(text);
    const { year } = instant.toZonedDateTimeISO("UTC");
    if (year >= 1000 && year <= 9999) return new Date(instant.epochMilliseconds);
  } catch {
    // Told below.
  }
  const detail = "This is no instant with an offset, such as 2026-11-22T09:00:00Z.";
  // A plus sign that is not escaped arrives as a space.
  throw invalid(
    name,
    place,
    place === "body" ? detail : `${detail} In a query, write the + of an offset as %2B, or use Z.`,
  );
}

export function readDay(text: string | undefined): string | undefined {
  if (text === undefined || parseCalendarDate(text) !== 0) return text;
  throw invalid("validOn", "query", "This day is in no calendar.");
}

function invalid(name: string, place: "query" | "body", detail: string): Problem {
  return badRequest("The request is not as the API describes it.", { kind: "invalidInput", in: place, name, detail });
}
