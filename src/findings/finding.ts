import { FINDING_CODES, type FindingCode } from "./finding-codes.ts";

/**
 * A finding is a value about somebody's data, collected and reported; it is never thrown.
 * `field` is a lowerCamelCase path, `value` what was sent (cut to 100 characters), `details` the values
 * its texts quote. `line` counts from 1, `byteOffset` from 0, both in the file as sent.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly field?: string;
  readonly value?: string;
  readonly details?: Readonly<Record<string, string | number>>;
  readonly recordNumber?: number;
  readonly senderReference?: string;
  readonly line?: number;
  readonly byteOffset?: number;
}

export function isBlocking(finding: Finding): boolean {
  return FINDING_CODES[finding.code].severity === "blocking";
}
