import type { Finding } from "../../findings/finding.ts";
import { RECORD_FIELDS, type RecordField } from "./contract-file-vocabulary.ts";

/** What was sent for each field, white space collapsed; undefined where the field is absent. */
export type RecordValues = { readonly [field in RecordField]: string | undefined };

/**
 * One record as it was sent, before any value is judged. `line` (from 1), `byteOffset` and `byteLength` delimit
 * `<record …>…</record>` in the file as sent; a record that comes from elsewhere has 0 for all three.
 * `action` is the word as sent; the reader only lets known ones through. Strings may share memory with the slice
 * of the file they were cut from: copy what is kept beyond a batch.
 */
export interface RawRecord {
  readonly recordNumber: number;
  readonly line: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly senderReference: string | undefined;
  readonly action: string | undefined;
  readonly values: RecordValues;
  /** Trouble with the structure: unknown, repeated or misplaced parts, in the order of the file. */
  readonly findings: readonly Finding[];
}

/** The findings of a record that has none: one shared array, so that a good record costs no allocation. */
export const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

/** Values of a record that has none of the fields, to spread others over. */
export const NO_VALUES: RecordValues = Object.freeze(
  Object.fromEntries(RECORD_FIELDS.map((field) => [field, undefined])) as Record<RecordField, undefined>,
);
