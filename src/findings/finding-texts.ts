import { CONNECTION_FINDING_TEXTS } from "./connection-finding-texts.ts";
import { FILE_FINDING_TEXTS } from "./file-finding-texts.ts";
import type { FindingCode } from "./finding-codes.ts";
import type { FindingTexts } from "./finding-text.ts";
import { RECORD_FINDING_TEXTS } from "./record-finding-texts.ts";

export const FINDING_TEXTS: Readonly<Record<FindingCode, FindingTexts>> = {
  ...FILE_FINDING_TEXTS,
  ...RECORD_FINDING_TEXTS,
  ...CONNECTION_FINDING_TEXTS,
};

/** Names under `details` that a finding of a code carries and its texts quote; published with the codes. */
export const FINDING_DETAILS: Readonly<Partial<Record<FindingCode, readonly string[]>>> = {
  encodingNotSupported: ["encoding"],
  notWellFormed: ["reason"],
  limitExceeded: ["limit", "maximum"],
  rootNotExpected: ["reason"],
  headerInvalid: ["reason", "form"],
  environmentMismatch: ["expected"],
  senderMismatch: ["expected"],
  referenceReused: ["submissionId"],
  sequenceUsed: ["submissionId", "next"],
  sequenceGapExpired: ["missing"],
  fileNameInvalid: ["reason"],
  fileNameReused: ["submissionId"],
  fileTooLarge: ["byteLength", "maximum"],
  signatureInvalid: ["reason"],
  cancelTooLate: ["submissionId"],
  recordCountMismatch: ["declared", "found"],
  verificationFileInvalid: ["reason", "row", "form"],
  verificationQuotaExceeded: ["asked", "left", "maximum"],
  massChange: ["closures", "contracts", "percent"],
  massChangeRefused: ["closures", "contracts", "percent"],
  sameRecordsAsEarlier: ["submissionId"],
  valueTooLong: ["maximum"],
  valueNotInList: ["allowed"],
  inamiNumberInvalid: ["reason"],
  ssinInvalid: ["reason"],
  paymentReferenceInvalid: ["reason"],
  startOnOutOfRange: ["earliest", "latest"],
  endBeforeStart: ["startOn"],
  senderReferenceRepeated: ["firstRecordNumber"],
  inamiNumberNotValidOn: ["on"],
  contractRepeated: ["firstRecordNumber"],
  contractExists: ["contractId", "fields"],
  contractTransferred: ["transferredOn"],
  contractEndedBefore: ["endOn"],
  effectiveBeforeStart: ["startOn"],
  laterModificationReplaced: ["replacedOn"],
  inamiNumberExpired: ["validTo"],
  inamiNumberReplaced: ["replacedBy"],
  certificateExpiresSoon: ["validTo"],
  certificateKeyShort: ["bits"],
  tlsVersionOld: ["version"],
  clockOff: ["seconds"],
  scopeMissing: ["scope"],
  sshKeyShort: ["bits"],
  sshSessionNotSeen: ["hostKey"],
};
