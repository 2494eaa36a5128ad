import type { Receipt } from "../../../src/formats/report/receipt.ts";
import type { RecordResult, Submission } from "../../../src/intake/submission.ts";

/** The submission that the examples of docs/exchange/answers.md are about. All numbers are synthetic. */
export const EXAMPLE_SENDER = "0403019261";

export const EXAMPLE_SUBMISSION: Submission = {
  submissionId: "019ab1c2-7d30-7c41-9d52-3f0a6be1c9d4",
  insurerId: 1,
  channel: "rest",
  state: "processed",
  reference: "LOAD-2026-01",
  environment: "S",
  kind: "initialLoad",
  complete: true,
  byteLength: 2_214,
  sha256: "5f2d8a1c0b9e47d36a58f1c2e3d4b5a697887766554433221100ffeeddccbbaa",
  declaredRecordCount: 5,
  bytesRead: 2_214,
  recordsRead: 5,
  counts: { received: 5, accepted: 2, acceptedWithWarnings: 1, unchanged: 1, rejected: 1 },
  findings: [],
  receivedAt: new Date("2026-11-22T10:00:04.120+01:00"),
  endedAt: new Date("2026-11-22T10:00:05.480+01:00"),
};

export const EXAMPLE_RESULTS: readonly RecordResult[] = [
  {
    recordNumber: 2,
    senderReference: "R-000002",
    outcome: "acceptedWithWarnings",
    findings: [
      {
        code: "inamiNumberReplaced",
        field: "inamiNumber",
        value: "12345625001",
        details: { replacedBy: "12345676001" },
        recordNumber: 2,
        senderReference: "R-000002",
        line: 14,
        byteOffset: 871,
      },
    ],
  },
  { recordNumber: 3, senderReference: "R-000003", outcome: "unchanged", findings: [] },
  {
    recordNumber: 5,
    senderReference: "R-000005",
    outcome: "rejected",
    findings: [
      { code: "dateInvalid", field: "startOn", value: "2019-02-30", recordNumber: 5, line: 43, byteOffset: 1_902 },
      {
        code: "ssinInvalid",
        field: "ssin",
        value: "85073003329",
        details: { reason: "checkDigitsInvalid" },
        recordNumber: 5,
        line: 45,
        byteOffset: 1_988,
      },
    ],
  },
];

export const EXAMPLE_RECEIPT: Receipt = {
  submissionId: EXAMPLE_SUBMISSION.submissionId,
  reference: "LOAD-2026-01",
  sender: EXAMPLE_SENDER,
  environment: "S",
  kind: "initialLoad",
  channel: "rest",
  state: "received",
  receivedAt: "2026-11-22T09:00:04.120Z",
  byteLength: 2_214,
  sha256: EXAMPLE_SUBMISSION.sha256,
  durable: true,
  findings: [],
};

/** The answer to the same file with another digit in it, sent with the same reference. */
export const EXAMPLE_REFUSED_RECEIPT: Receipt = {
  ...EXAMPLE_RECEIPT,
  submissionId: "019ab1c4-10aa-7e06-8b7c-51d2c4a9e803",
  state: "refused",
  receivedAt: "2026-11-22T09:01:47.902Z",
  sha256: "c0ffee00b9e47d36a58f1c2e3d4b5a697887766554433221100ffeeddccbbaa5",
  findings: [
    {
      code: "referenceReused",
      field: "reference",
      value: "LOAD-2026-01",
      details: { submissionId: EXAMPLE_SUBMISSION.submissionId },
    },
  ],
};

/** Pages of `pageSize` results, as the database hands them out. */
export async function* inPages<T>(results: readonly T[], pageSize = 2): AsyncGenerator<T[], void, undefined> {
  for (let start = 0; start < results.length; start += pageSize) yield results.slice(start, start + pageSize);
}

export async function readAll(chunks: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(chunks)).join("");
}
