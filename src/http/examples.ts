import type { Finding } from "../findings/finding.ts";
import type { Receipt } from "../formats/report/receipt.ts";
import type { RecordResult, Submission } from "../intake/submission.ts";

/** Examples of the OpenAPI document: domain values that the views render, so that they cannot drift from the answers. */
export const EXAMPLE_SUBMISSION_ID = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10";
const EXAMPLE_SHA256 = "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea";

export const EXAMPLE_DIGEST = `sha-256=:${Buffer.from(EXAMPLE_SHA256, "hex").toString("base64")}:`;

const header = { channel: "rest", reference: "LOAD-2026-01", environment: "S", kind: "initialLoad" } as const;

export const EXAMPLE_PROCESSED: Submission = {
  ...header,
  submissionId: EXAMPLE_SUBMISSION_ID,
  insurerId: 1,
  state: "processed",
  complete: true,
  byteLength: 90_412_331,
  sha256: EXAMPLE_SHA256,
  declaredRecordCount: 200_000,
  bytesRead: 90_412_331,
  recordsRead: 200_000,
  counts: { received: 200_000, accepted: 199_871, acceptedWithWarnings: 84, unchanged: 0, rejected: 45 },
  findings: [],
  receivedAt: new Date("2026-11-22T09:00:00.000Z"),
  endedAt: new Date("2026-11-22T09:00:04.212Z"),
};

export const EXAMPLE_PROCESSING: Submission = {
  ...header,
  submissionId: EXAMPLE_SUBMISSION_ID,
  insurerId: 1,
  state: "processing",
  complete: true,
  byteLength: 90_412_331,
  sha256: EXAMPLE_SHA256,
  declaredRecordCount: 200_000,
  bytesRead: 41_943_040,
  recordsRead: 92_780,
  findings: [],
  receivedAt: new Date("2026-11-22T09:00:00.000Z"),
};

export const EXAMPLE_REJECTED: RecordResult = {
  recordNumber: 2,
  senderReference: "R-000002",
  outcome: "rejected",
  findings: [
    {
      code: "inamiNumberInvalid",
      field: "inamiNumber",
      value: "12345600001",
      recordNumber: 2,
      senderReference: "R-000002",
      line: 14,
      byteOffset: 812,
    },
  ],
};

const EXAMPLE_WARNING: Finding = {
  code: "sameRecordsAsEarlier",
  details: { submissionId: "019aa9d2-0000-7000-8000-2f1c5f0e7a10" },
};

export const EXAMPLE_RECEIPT: Receipt = {
  ...header,
  submissionId: EXAMPLE_SUBMISSION_ID,
  sender: "0403019261",
  state: "received",
  receivedAt: "2026-11-22T09:00:00.000Z",
  byteLength: 90_412_331,
  sha256: EXAMPLE_SHA256,
  durable: true,
  findings: [EXAMPLE_WARNING],
};

/** Three base64url parts; the signature of an example verifies nothing. */
export const EXAMPLE_JWS = [
  Buffer.from('{"alg":"ES256","kid":"example","typ":"infoss-receipt+jws"}').toString("base64url"),
  Buffer.from(JSON.stringify(EXAMPLE_RECEIPT)).toString("base64url"),
  Buffer.from("an example is not signed").toString("base64url"),
].join(".");

export const EXAMPLE_CONTRACT_FILE = `<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="urn:be:nihdi:infoss:contract-file:1" sender="0403019261" reference="LOAD-2026-01"
              environment="S" kind="initialLoad" createdAt="2026-11-22T10:00:00+01:00" recordCount="1" complete="true">
  <record senderReference="R-000001">
    <new>
      <contractNumber>PLCI-2019-000123</contractNumber>
      <inamiNumber>12345625001</inamiNumber>
      <startOn>2019-03-01</startOn>
      <contractKind>socialPlci</contractKind>
      <solidarity>true</solidarity>
    </new>
  </record>
</contractFile>
`;
