import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { type CandidateInsurer, chooseInsurer } from "./candidate-insurer.ts";
import type { Intake } from "./intake.ts";
import { insertFirstChunk, insertPayloadChunk, measurePayload } from "./payload-store.ts";
import { createKnownRoot, createRootPeek, readToRoot, type SubmissionHeader } from "./root-peek.ts";
import { reachStep } from "./steps.ts";
import { type Reception, storeSubmission } from "./store-submission.ts";
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
  readonly refuseBytes?: (sha256: Buffer) => Promise<readonly Finding[]>;
  /** Told whose file it is before anything is stored; what it throws ends the transfer. */
  readonly onInsurer?: (insurer: I) => void;
  /** Writes what is committed together with the submission, or not at all. */
  readonly alsoCommit?: (tx: TransactionSql, stored: StoredTransfer<I>) => Promise<void>;
}

export interface StoredTransfer<I extends CandidateInsurer = CandidateInsurer> extends Reception {
  readonly insurer: I;
  readonly sha256: Buffer;
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
        refusals: [...(transfer.refusals ?? []), ...((await transfer.refuseBytes?.(sha256)) ?? [])],
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
  const [first, ...others] = begun;
  const submissionId = await insertFirstChunk(tx, insurerId, first);
  let chunkNumber = 1;
  for (const bytes of others) await insertPayloadChunk(tx, insurerId, submissionId, chunkNumber++, bytes);
  for await (const bytes of rest) await insertPayloadChunk(tx, insurerId, submissionId, chunkNumber++, bytes);
  return submissionId;
}
