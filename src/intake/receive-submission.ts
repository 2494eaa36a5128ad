import type { TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import { type Admission, admitHeader } from "./admit-header.ts";
import { type CandidateInsurer, chooseInsurer } from "./candidate-insurer.ts";
import { lockDeltaQueue, placeArrival, settleDeltas } from "./delta-queue.ts";
import type { Intake } from "./intake.ts";
import { deletePayload, insertPayloadChunk, measurePayload } from "./payload-store.ts";
import { readReceipt, type SignedReceipt } from "./receipt.ts";
import { createKnownRoot, createRootPeek, readToRoot, type SubmissionHeader } from "./root-peek.ts";
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

export interface Transfer<I extends CandidateInsurer = CandidateInsurer> {
  /** Whom the sender may act for, at least one; `chooseInsurer` says which of several the file belongs to. */
  readonly insurers: readonly I[];
  readonly channel: Channel;
  readonly body: AsyncIterable<Buffer>;
  /** SHA-256 the sender announced for the body. */
  readonly expectedSha256?: Buffer;
  /** Who hands it over: the id of the client. */
  readonly actor?: string;
  /** Only to learn what the file would do. */
  readonly isDryRun?: boolean;
  /** The name under which the file came, where it has one. */
  readonly fileName?: string;
  /** What the door says it is, where no root says so. */
  readonly header?: SubmissionHeader;
  /** Instead of the intake's, where fewer make sense. */
  readonly maximumBytes?: number;
  /** Why the door refuses the file whatever is in it: its name, its signature. It is stored and refused, never a repetition. */
  readonly refusals?: readonly Finding[];
  /** The same, asked for the SHA-256 of the bytes once all are there. */
  readonly refuseBytes?: (sha256: Buffer) => readonly Finding[];
  /** Told whose file it is before anything is stored; what it throws ends the transfer. */
  readonly onInsurer?: (insurer: I) => void;
  /** Writes what is committed together with the submission, or not at all. */
  readonly alsoCommit?: (tx: TransactionSql, stored: StoredTransfer<I>) => Promise<void>;
}

export interface StoredTransfer<I extends CandidateInsurer = CandidateInsurer> extends Reception {
  readonly insurer: I;
  readonly sha256: Buffer;
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
export async function receiveSubmission<I extends CandidateInsurer>(
  intake: Intake,
  transfer: Transfer<I>,
): Promise<Reception> {
  const giveBack = intake.transferSlots.take();
  if (!giveBack) throw new TransferRefused("tooManyTransfers");
  const root = transfer.header ? createKnownRoot(transfer.header) : createRootPeek();
  const maximumBytes = Math.min(intake.maximumBytes, transfer.maximumBytes ?? Number.POSITIVE_INFINITY);
  const payload = measurePayload(transfer.body, (bytes, total) => {
    if (total > maximumBytes) throw new TransferRefused("payloadTooLarge");
    root.look(bytes);
  });
  try {
    // The transaction starts when the first chunk is full or the body has ended: a small or slow body holds no connection.
    const begun = await readToRoot(payload.chunks, root);
    const insurer = chooseInsurer(transfer.insurers, root.header());
    transfer.onInsurer?.(insurer);
    const reception = await intake.database.asInsurer(insurer.insurerId).run(async (tx) => {
      const submissionId = await storePayload(tx, insurer.insurerId, begun, payload.chunks);
      const { byteLength, sha256 } = payload.result();
      if (transfer.expectedSha256 && !sha256.equals(transfer.expectedSha256))
        throw new TransferRefused("digestMismatch");
      const stored = await storeSubmission(intake, tx, {
        insurer,
        isOnlyCandidate: transfer.insurers.length === 1,
        channel: transfer.channel,
        actor: transfer.actor,
        fileName: transfer.fileName,
        isDryRun: transfer.isDryRun === true,
        refusals: [...(transfer.refusals ?? []), ...(transfer.refuseBytes?.(sha256) ?? [])],
        submissionId,
        byteLength,
        sha256,
        header: root.header(),
        rootRefusal: root.end(),
      });
      await transfer.alsoCommit?.(tx, { ...stored, insurer, sha256 });
      reachStep("receive.beforeCommit");
      return stored;
    });
    reachStep("receive.afterCommit");
    return reception;
  } finally {
    giveBack();
    // Whatever ended it: nobody goes on compressing. Not awaited, for the sender may be in the middle of a chunk.
    payload.chunks.return(undefined).catch(() => {});
  }
}

async function storePayload(
  tx: TransactionSql,
  insurerId: number,
  begun: readonly Buffer[],
  rest: AsyncGenerator<Buffer>,
): Promise<string> {
  const [row] = await tx<{ submissionId: string }[]>`select uuidv7() as "submissionId"`;
  const { submissionId } = row!;
  let chunkNumber = 0;
  for (const bytes of begun) await insertPayloadChunk(tx, insurerId, submissionId, chunkNumber++, bytes);
  for await (const bytes of rest) await insertPayloadChunk(tx, insurerId, submissionId, chunkNumber++, bytes);
  return submissionId;
}

interface Arrival {
  readonly insurer: CandidateInsurer;
  readonly isOnlyCandidate: boolean;
  readonly channel: Channel;
  readonly actor: string | undefined;
  readonly fileName: string | undefined;
  readonly isDryRun: boolean;
  readonly refusals: readonly Finding[];
  readonly submissionId: string;
  readonly byteLength: number;
  readonly sha256: Buffer;
  readonly header: SubmissionHeader | undefined;
  readonly rootRefusal: Finding | undefined;
}

/** Identity of a submission in the order of exchange.md section 1: a known reference decides before anything else does. */
async function storeSubmission(intake: Intake, tx: TransactionSql, arrival: Arrival): Promise<Reception> {
  const { header, refusals } = arrival;
  if (!header) {
    const findings = [...refusals, arrival.rootRefusal ?? ({ code: "emptyFile" } as const)];
    return (await insertSubmission(intake, tx, arrival, { state: "refused", findings }))!;
  }
  if (refusals.length > 0) {
    const { findings } = await admitHeader(intake, tx, arrival, header);
    return (await insertSubmission(intake, tx, arrival, { state: "refused", findings: [...refusals, ...findings] }))!;
  }
  if (arrival.isDryRun) return await storeDryRun(intake, tx, arrival, header);
  const { insurerId } = arrival.insurer;
  // Before its reference is looked for: of two transfers of one delta the second must find the first, not its number.
  if (header.kind === "delta") await lockDeltaQueue(tx, insurerId);
  const earlier = await findEarlier(tx, arrival, header);
  if (earlier) return await repeatOrRefuse(intake, tx, arrival, header, earlier);
  const receivedAt = new Date();
  const admission = await placeAdmitted(
    tx,
    arrival,
    header,
    await admitHeader(intake, tx, arrival, header),
    receivedAt,
  );
  const inserted = await insertSubmission(intake, tx, arrival, admission, receivedAt);
  // It may be what others waited for.
  if (inserted && header.kind === "delta") await settleDeltas(tx, insurerId, receivedAt);
  if (inserted) return inserted;
  // Another transfer took the reference or the name a moment ago and has committed by now.
  const winner = await findEarlier(tx, arrival, header);
  // Missing only if it ended refused or cancelled between the two statements: the sender's retry will do.
  if (!winner) throw new Error("the submission that held the reference ended while the two were compared");
  return await repeatOrRefuse(intake, tx, arrival, header, winner);
}

/**
 * A dry run is told what would refuse the real one now; it takes no place itself. The file as it was sent before would
 * get its first receipt: then the dry run is of what it did.
 */
async function storeDryRun(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  header: SubmissionHeader,
): Promise<Reception> {
  const admission = await admitHeader(intake, tx, arrival, header);
  const earlier = await findEarlier(tx, arrival, header);
  const isAgain = earlier?.sha256.equals(arrival.sha256) === true;
  const findings: Finding[] = [...admission.findings];
  if (earlier && !isAgain) findings.push(referenceReused(header, earlier));
  else if (header.sequence !== undefined && !isAgain && admission.state === "received") {
    const placed = await placeArrival(tx, arrival.insurer.insurerId, header.sequence, new Date());
    if ("findings" in placed) findings.push(...placed.findings);
  }
  const state = findings.length > 0 ? "refused" : admission.state;
  return (await insertSubmission(intake, tx, arrival, { state, findings }))!;
}

function referenceReused({ reference }: SubmissionHeader, { submissionId }: Earlier): Finding {
  return { code: "referenceReused", field: "reference", value: reference, details: { submissionId } };
}

/** A delta that is admitted takes its place among the others. */
async function placeAdmitted(
  tx: TransactionSql,
  { insurer }: Arrival,
  { sequence }: SubmissionHeader,
  admission: Admission,
  receivedAt: Date,
): Promise<Admission> {
  if (admission.state !== "received" || sequence === undefined) return admission;
  return { findings: [], ...(await placeArrival(tx, insurer.insurerId, sequence, receivedAt)) };
}

interface Earlier {
  readonly submissionId: string;
  readonly sha256: Buffer;
  readonly receiptJws: string;
  readonly sharesReference: boolean;
}

async function repeatOrRefuse(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  header: SubmissionHeader,
  earlier: Earlier,
): Promise<Reception> {
  if (earlier.sharesReference && earlier.sha256.equals(arrival.sha256)) {
    await deletePayload(tx, arrival.insurer.insurerId, arrival.submissionId);
    return { submissionId: earlier.submissionId, receipt: readReceipt(earlier.receiptJws), repeated: true };
  }
  const details = { submissionId: earlier.submissionId };
  const finding: Finding = earlier.sharesReference
    ? referenceReused(header, earlier)
    : { code: "fileNameReused", field: "fileName", value: arrival.fileName ?? "", details };
  return (await insertSubmission(intake, tx, arrival, { state: "refused", findings: [finding] }))!;
}

/** Inserts the row with its signed receipt; undefined when a submission that counts already has the reference. */
async function insertSubmission(
  intake: Intake,
  tx: TransactionSql,
  arrival: Arrival,
  admission: Admission,
  receivedAt = new Date(),
): Promise<Reception | undefined> {
  const { submissionId, channel, fileName, byteLength, sha256, header, isDryRun } = arrival;
  const { insurerId, enterpriseNumber } = arrival.insurer;
  const receipt = await intake.signer.sign({
    submissionId,
    sender: enterpriseNumber,
    ...(fileName !== undefined && { fileName }),
    ...(header && { reference: header.reference, environment: header.environment, kind: header.kind }),
    channel,
    byteLength,
    sha256: sha256.toString("hex"),
    receivedAt: receivedAt.toISOString(),
    state: admission.state,
    durable: true,
    ...(isDryRun && { dryRun: true }),
    findings: admission.findings,
  });
  const rows = await tx`
    insert into submission (insurer_id, submission_id, channel, file_name, state, reference, environment, kind, sequence,
      held_reason, held_until, actor, dry_run, header, byte_length, sha256, findings, receipt_jws, received_at, ended_at)
    values (${insurerId}, ${submissionId}, ${channel}, ${fileName ?? null}, ${admission.state},
      ${isDryRun ? null : (header?.reference ?? null)}, ${header?.environment ?? null}, ${header?.kind ?? null},
      ${isDryRun ? null : (header?.sequence ?? null)}, ${admission.heldReason ?? null}, ${admission.heldUntil ?? null}, ${arrival.actor ?? null}, ${isDryRun},
      ${header ? tx.json(header as never) : null},
      ${byteLength}, ${sha256}, ${tx.json(admission.findings as never)}, ${receipt.jws}, ${receivedAt},
      ${admission.state === "received" || admission.state === "held" ? null : receivedAt})
    on conflict do nothing
    returning 1`;
  if (rows.length === 0) return undefined;
  const details = { submissionId, reference: header?.reference ?? null };
  if (admission.state === "held") {
    const heldReason = admission.heldReason ?? undefined;
    await insertEvents(tx, [
      { insurerId, kind: "submissionHeld", details: { ...details, ...(heldReason && { heldReason }) } },
    ]);
  }
  if (admission.state === "refused") await insertEvents(tx, [{ insurerId, kind: "submissionRefused", details }]);
  if (admission.state === "received") await tx`select pg_notify('submission_received', ${submissionId})`;
  return { submissionId, receipt, repeated: false };
}

/** The submission that has used up the reference, else the one that has used up the file name. */
async function findEarlier(
  tx: TransactionSql,
  { insurer: { insurerId }, fileName }: Arrival,
  header: SubmissionHeader,
): Promise<Earlier | undefined> {
  const [row] = await tx<Earlier[]>`
    select submission_id as "submissionId", sha256, receipt_jws as "receiptJws", true as "sharesReference" from submission
    where insurer_id = ${insurerId} and environment = ${header.environment} and reference = ${header.reference}
      and state not in ('refused', 'cancelled', 'tested')`;
  if (row || fileName === undefined) return row;
  const [named] = await tx<Earlier[]>`
    select submission_id as "submissionId", sha256, receipt_jws as "receiptJws", false as "sharesReference" from submission
    where insurer_id = ${insurerId} and file_name = ${fileName} and state not in ('refused', 'cancelled', 'tested')`;
  return named;
}
