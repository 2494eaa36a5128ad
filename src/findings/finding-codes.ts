/**
 * Every finding the gateway can raise about an insurer's data. Codes are stable: they are published at
 * `/refData/findings`, stored with outcomes and quoted by insurers. `number` is the answer code that
 * insurers know from the social-security batch conventions, where one exists.
 */
export const FINDING_CODES = {
  emptyFile: { level: "file", severity: "blocking", number: 312 },
  encodingNotSupported: { level: "file", severity: "blocking", number: 138 },
  notWellFormed: { level: "file", severity: "blocking", number: 312 },
  doctypeNotAllowed: { level: "file", severity: "blocking", number: 312 },
  entityNotAllowed: { level: "file", severity: "blocking", number: 312 },
  limitExceeded: { level: "file", severity: "blocking", number: 312 },
  rootNotExpected: { level: "file", severity: "blocking", number: 312 },
  headerInvalid: { level: "file", severity: "blocking", number: 312 },
  environmentLetterInvalid: { level: "file", severity: "blocking", number: 117 },
  environmentMismatch: { level: "file", severity: "blocking", number: 118 },
  senderMismatch: { level: "file", severity: "blocking", number: 108 },
  insurerSuspended: { level: "file", severity: "blocking", number: undefined },
  phaseNotAllowed: { level: "file", severity: "blocking", number: undefined },
  referenceReused: { level: "file", severity: "blocking", number: 133 },
  fileNameInvalid: { level: "file", severity: "blocking", number: 131 },
  fileNameReused: { level: "file", severity: "blocking", number: 133 },
  fileTooLarge: { level: "file", severity: "blocking", number: 184 },
  goMissing: { level: "file", severity: "blocking", number: 130 },
  goWithoutFile: { level: "file", severity: "blocking", number: undefined },
  signatureMissing: { level: "file", severity: "blocking", number: 125 },
  signatureInvalid: { level: "file", severity: "blocking", number: 125 },
  nothingToCancel: { level: "file", severity: "blocking", number: undefined },
  cancelTooLate: { level: "file", severity: "blocking", number: undefined },
  initialLoadClosed: { level: "file", severity: "blocking", number: undefined },
  sequenceUsed: { level: "file", severity: "blocking", number: undefined },
  sequenceGapExpired: { level: "file", severity: "blocking", number: undefined },
  recordCountMismatch: { level: "file", severity: "blocking", number: undefined },
  verificationFileInvalid: { level: "file", severity: "blocking", number: undefined },
  verificationQuotaExceeded: { level: "file", severity: "blocking", number: undefined },
  massChange: { level: "file", severity: "warning", number: undefined },
  massChangeRefused: { level: "file", severity: "blocking", number: undefined },
  sameRecordsAsEarlier: { level: "file", severity: "warning", number: undefined },

  requiredFieldMissing: { level: "record", severity: "blocking", number: undefined },
  fieldNotKnown: { level: "record", severity: "blocking", number: undefined },
  fieldRepeated: { level: "record", severity: "blocking", number: undefined },
  textNotExpected: { level: "record", severity: "blocking", number: undefined },
  actionNotKnown: { level: "record", severity: "blocking", number: undefined },
  actionNotInInitialLoad: { level: "record", severity: "blocking", number: undefined },
  valueTooLong: { level: "record", severity: "blocking", number: undefined },
  valueNotInList: { level: "record", severity: "blocking", number: undefined },
  dateInvalid: { level: "record", severity: "blocking", number: undefined },
  inamiNumberInvalid: { level: "record", severity: "blocking", number: undefined },
  ssinInvalid: { level: "record", severity: "blocking", number: undefined },
  paymentReferenceInvalid: { level: "record", severity: "blocking", number: undefined },
  startOnOutOfRange: { level: "record", severity: "blocking", number: undefined },
  endBeforeStart: { level: "record", severity: "blocking", number: undefined },
  senderReferenceRepeated: { level: "record", severity: "blocking", number: undefined },
  inamiNumberUnknown: { level: "record", severity: "blocking", number: undefined },
  inamiNumberNotValidOn: { level: "record", severity: "blocking", number: undefined },
  ssinMismatch: { level: "record", severity: "blocking", number: undefined },
  contractRepeated: { level: "record", severity: "blocking", number: undefined },
  contractExists: { level: "record", severity: "blocking", number: undefined },
  contractUnknown: { level: "record", severity: "blocking", number: undefined },
  contractCancelled: { level: "record", severity: "blocking", number: undefined },
  contractPaid: { level: "record", severity: "blocking", number: undefined },
  contractTransferred: { level: "record", severity: "blocking", number: undefined },
  contractEndedBefore: { level: "record", severity: "blocking", number: undefined },
  effectiveBeforeStart: { level: "record", severity: "blocking", number: undefined },
  laterModificationReplaced: { level: "record", severity: "warning", number: undefined },
  inamiNumberExpired: { level: "record", severity: "warning", number: undefined },
  inamiNumberReplaced: { level: "record", severity: "warning", number: undefined },
  competenceCodeUnknown: { level: "record", severity: "warning", number: undefined },
} as const satisfies Record<string, FindingTraits>;

interface FindingTraits {
  readonly level: "file" | "record";
  readonly severity: "blocking" | "warning";
  readonly number: number | undefined;
}

export type FindingCode = keyof typeof FINDING_CODES;
