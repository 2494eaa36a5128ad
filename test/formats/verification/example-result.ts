import type { AnsweredRow } from "../../../src/formats/verification/verification-answer.ts";
import type { VerificationResult } from "../../../src/formats/verification/verification-result.ts";
import { EXAMPLE_SENDER } from "../report/example-submission.ts";

const FILE_NAME = "FI.INVE.0403019261.20261122.00002.S";
const NOTHING = { contractNumber: null, fault: null, inamiNumbers: null, replacedBy: null, notValidOn: null } as const;

/** As the documents show it. */
export const EXAMPLE_RESULT: VerificationResult = {
  submission: {
    submissionId: "019ab1c2-9a10-7e02-8c61-5d0f1b2a3c4d",
    reference: FILE_NAME,
    fileName: FILE_NAME,
    environment: "S",
    kind: "inamiVerification",
    channel: "sftp",
    state: "processed",
    receivedAt: new Date("2026-11-22T09:10:04.120Z"),
    endedAt: new Date("2026-11-22T09:10:04.311Z"),
    sha256: "5f2d8a1c0b9e47d36a58f1c2e3d4b5a697887766554433221100ffeeddccbbaa",
    findings: [],
  },
  sender: EXAMPLE_SENDER,
  language: "en",
  verification: {
    form: "workbook",
    checkedOn: "2026-11-22",
    counts: { valid: 1, replaced: 1, notValidOn: 1, unknown: 1, malformed: 1 },
  },
};

/** One row for each answer. */
export const EXAMPLE_ANSWERED: readonly AnsweredRow[] = [
  {
    ...NOTHING,
    rowNumber: 1,
    number: "85073003328",
    contractNumber: "PLCI-0001",
    answer: "valid",
    inamiNumbers: ["12345625001", "40000451001"],
  },
  {
    ...NOTHING,
    rowNumber: 2,
    number: "20004057",
    contractNumber: "PLCI-0002",
    answer: "replaced",
    replacedBy: "20004156001",
  },
  {
    ...NOTHING,
    rowNumber: 3,
    number: "17073003384",
    contractNumber: "PLCI-0003",
    answer: "notValidOn",
    notValidOn: "2026-11-22",
  },
  { ...NOTHING, rowNumber: 5, number: "98472899765", contractNumber: "PLCI-0004", answer: "unknown" },
  {
    ...NOTHING,
    rowNumber: 6,
    number: "10100105",
    contractNumber: "PLCI-0005",
    answer: "malformed",
    fault: "leadingZerosLost",
  },
];
