import type { Finding } from "../../findings/finding.ts";

/** What a finding says, before it is known where in the file it belongs. */
export type Trouble = Pick<Finding, "code" | "field" | "value" | "details">;

/** Where a record is; line 0 says that it did not come from a file. */
export interface RecordPlace {
  readonly recordNumber: number;
  readonly line: number;
  readonly byteOffset: number;
  readonly senderReference: string | undefined;
}

/** A finding quotes at most this many UTF-16 units of what was sent. */
const QUOTED_LENGTH = 100;

/** Cuts a value for quoting, between characters, and detaches it from the part of the file it came from. */
export function quoteValue(value: string): string {
  if (value.length <= QUOTED_LENGTH) return detach(value);
  const last = value.charCodeAt(QUOTED_LENGTH - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return detach(value.slice(0, isHalf ? QUOTED_LENGTH - 1 : QUOTED_LENGTH));
}

/** A finding about one record, placed where that record starts. */
export function placeFinding(place: RecordPlace, trouble: Trouble): Finding {
  return {
    ...trouble,
    recordNumber: place.recordNumber,
    ...(place.senderReference ? { senderReference: quoteValue(place.senderReference) } : {}),
    ...(place.line === 0 ? {} : { line: place.line, byteOffset: place.byteOffset }),
  };
}

/** A slice of a string keeps the whole string in memory; findings live longer than the slices of a file. */
function detach(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
