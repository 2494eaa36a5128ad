import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { type ContractFileRoot, createContractFileReader } from "../formats/contract-file/contract-file-reader.ts";

import { type Admission, admitHeader } from "./admit-header.ts";
import type { Intake } from "./intake.ts";
import { deletePayload, insertPayloadChunk, measurePayload } from "./payload-store.ts";
import { readReceipt, type SignedReceipt } from "./receipt.ts";
import { reachStep } from "./steps.ts";
import type { Channel } from "./submission.ts";

export const TRANSFER_REFUSALS = ["payloadTooLarge", "digestMismatch", "tooManyTransfers"] as const;
export type TransferRefusal = (typeof TRANSFER_REFUSALS)[number];

/** The transfer itself failed the sender's or our conditions: nothing was stored, there is no ticket. */
export class TransferRefused extends Error {
  readonly code: TransferRefusal;
  constructor(code: TransferRefusal) {
    super(`transfer refused: ${code}`);
    this.name = "TransferRefused";
    this.code = code;
  }
}

export interface Transfer {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly channel: Channel;
  readonly body: AsyncIterable<Buffer>;
  /** SHA-256 the sender announced for the body. */
  readonly expectedSha256?: Buffer;
}

export interface Reception {
  readonly submissionId: string;
  readonly receipt: SignedReceipt;
  /** True when the same reference with the same bytes was received before: this is its first ticket and receipt. */
  readonly repeated: boolean;
}

/**
 * Streams a body into durable storage and answers with a ticket and a signed receipt, which exist only once payload
 * and row are committed (exchange.md section 1, guarantee 1). Whatever breaks off before leaves nothing behind.
 * Throws `TransferRefused`, and what the body throws.
 */
export async function receiveSubmission(intake: Intake, transfer: Transfer): Promise<Reception> {
  const giveBack = intake.transferSlots.take();
  if (!giveBack) throw new TransferRefused("tooManyTransfers");
  try {
    const root = createRootPeek();
    const payload = measurePayload(transfer.body, (bytes, total) => {
      if (total > intake.maximumBytes) throw new TransferRefused("payloadTooLarge");
      root.look(bytes);
    });
    // The transaction starts when the first chunk is full or the body has ended: a small or slow body holds no connection.
    const first = await payload.chunks.next();
    const reception = await intake.database.asInsurer(transfer.insurerId).run(async (tx) => {
      const [row] = await tx<{ submissionId: string }[]>`select uuidv7() as "submissionId"`;
      const submissionId = row!.submissionId;
      let chunkNumber = 0;
      for (let next = first; !next.done; next = await payload.chunks.next()) {
        await insertPayloadChunk(tx, transfer.insurerId, submissionId, chunkNumber, next.value);
        chunkNumber += 1;
      }
      const { byteLength, sha256 } = payload.result();
      if (transfer.expectedSha256 && !sha256.equals(transfer.expectedSha256))
        throw new TransferRefused("digestMismatch");
      const { insurerId, enterpriseNumber, channel } = transfer;
      const arrival = {
        insurerId,
        enterpriseNumber,
        channel,
        submissionId,
        byteLength,
        sha256,
        header: root.header(),
        refusal: root.end(),
      };
      const stored = await storeSubmission(intake, tx, arrival);
      reachStep("receive.beforeCommit");
      return stored;
    });
    reachStep("receive.afterCommit");
    return reception;
  } finally {
    giveBack();
  }
}

/** Reads no further than the root: only its header decides at reception, the records are the worker's. */
function createRootPeek() {
  const reader = createContractFileReader({});
  let refusal: Finding | undefined;
  let looking = true;
  return {
    look(bytes: Buffer) {
      if (!looking) return;
      refusal = reader.write(bytes);
      looking = !refusal && !reader.header;
    },
    header: () => reader.header,
    /** Why no root could be read, where none could. */
    end: () => refusal ?? (reader.header ? undefined : reader.end()),
  };
}

interface Arrival extends Omit<Transfer, "body" | "expectedSha256"> {
  readonly submissionId: string;
  readonly byteLength: number;
  readonly sha256: Buffer;
  readonly header: ContractFileRoot | undefined;
  readonly refusal: Finding | undefined;
}

/** Identity of a submission in the order of exchange.md section 1: a known reference decides before anything else does. */
async function storeSubmission(intake: Intake, tx: TransactionSql, arrival: Arrival): Promise<Reception> {
  const { header } = arrival;
  if (!header) {
    const refusal = arrival.refusal ?? { code: "emptyFile" };
    return (await insertSubmission(intake, tx, arrival, { state: "refused", findings: [refusal] }))!;
  }
  const earlier = await findByReference(tx, arrival.insurerId, header);
  if (earlier) return await repeatOrRefuse(intake, tx, arrival, header, earlier);
  const admission = await admitHeader(intake, tx, arrival.insurerId, arrival.enterpriseNumber, header);
  const inserted = await insertSubmission(intake, tx, arrival, admission);
  if (inserted) return inserted;
  // Another transfer took the reference a moment ago and has committed by now.
  const winner = await findByReference(tx, arrival.insurerId, header);
  // Missing only if it ended refused or cancelled between the two statements: the sender's retry will do.
  if (!winner) throw new Error("the submission that held the reference ended while the two were compared");
  return await repeatOrRefuse(intake, tx, arrival, header, winner);
}

interface Earlier {
  readonly submissionId: string;
  readonly sha256: Buffer;
  readonly receiptJws: string;
}

async function repeatOrRefuse(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  header: ContractFileRoot,
  earlier: Earlier,
): Promise<Reception> {
  if (earlier.sha256.equals(arrival.sha256)) {
    await deletePayload(tx, arrival.insurerId, arrival.submissionId);
    return { submissionId: earlier.submissionId, receipt: readReceipt(earlier.receiptJws), repeated: true };
  }
  const finding: Finding = {
    code: "referenceReused",
    field: "reference",
    value: header.reference,
    details: { submissionId: earlier.submissionId },
  };
  return (await insertSubmission(intake, tx, arrival, { state: "refused", findings: [finding] }))!;
}

/** Inserts the row with its signed receipt; undefined when a submission that counts already has the reference. */
async function insertSubmission(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  admission: Admission,
): Promise<Reception | undefined> {
  const { insurerId, submissionId, channel, byteLength, sha256, header } = arrival;
  const receivedAt = new Date();
  const receipt = await intake.signer.sign({
    submissionId,
    sender: arrival.enterpriseNumber,
    ...(header && { reference: header.reference, environment: header.environment, kind: header.kind }),
    channel,
    byteLength,
    sha256: sha256.toString("hex"),
    receivedAt: receivedAt.toISOString(),
    state: admission.state,
    durable: true,
    findings: admission.findings,
  });
  const rows = await tx`
    insert into submission (insurer_id, submission_id, channel, state, reference, environment, kind, header,
      byte_length, sha256, findings, receipt_jws, received_at, ended_at)
    values (${insurerId}, ${submissionId}, ${channel}, ${admission.state}, ${header?.reference ?? null},
      ${header?.environment ?? null}, ${header?.kind ?? null}, ${header ? tx.json(header as never) : null},
      ${byteLength}, ${sha256}, ${tx.json(admission.findings as never)}, ${receipt.jws}, ${receivedAt},
      ${admission.state === "received" ? null : receivedAt})
    on conflict (insurer_id, environment, reference) where state not in ('refused', 'cancelled', 'tested') do nothing
    returning 1`;
  if (rows.length === 0) return undefined;
  if (admission.state === "received") await tx`select pg_notify('submission_received', ${submissionId})`;
  return { submissionId, receipt, repeated: false };
}

async function findByReference(
  tx: TransactionSql,
  insurerId: number,
  header: ContractFileRoot,
): Promise<Earlier | undefined> {
  const [row] = await tx<Earlier[]>`
    select submission_id as "submissionId", sha256, receipt_jws as "receiptJws" from submission
    where insurer_id = ${insurerId} and environment = ${header.environment} and reference = ${header.reference}
      and state not in ('refused', 'cancelled', 'tested')`;
  return row;
}
