import type { FindingCode } from "../findings/finding-codes.ts";

/**
 * The record-level findings that an initial load can meet by itself; each can be planted. `contractExists` needs an
 * earlier load and is not among them. Planted in this order, over and over.
 */
export const PLANTABLE_CODES = [
  // First, since the repetitions below need an earlier record that is not rejected.
  "competenceCodeUnknown",
  "inamiNumberExpired",
  "inamiNumberReplaced",
  "requiredFieldMissing",
  "fieldNotKnown",
  "fieldRepeated",
  "textNotExpected",
  "actionNotKnown",
  "actionNotInInitialLoad",
  "valueTooLong",
  "valueNotInList",
  "dateInvalid",
  "inamiNumberInvalid",
  "ssinInvalid",
  "paymentReferenceInvalid",
  "startOnOutOfRange",
  "endBeforeStart",
  "senderReferenceRepeated",
  "inamiNumberUnknown",
  "inamiNumberNotValidOn",
  "ssinMismatch",
  "contractRepeated",
] as const satisfies readonly FindingCode[];

export type PlantableCode = (typeof PLANTABLE_CODES)[number];
