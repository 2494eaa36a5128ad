import { zstdCompressSync } from "node:zlib";
import type { TransactionSql } from "../database/sql.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import type { Intake } from "./intake.ts";
import { insertPayloadChunk } from "./payload-store.ts";
import { CallRefused, type RecordCall, type RecordCallResult } from "./record-call.ts";
import { insertOutcomeAlone } from "./record-outcomes.ts";

/** A single call as it arrived. */
export interface ReceivedCall {
  readonly insurer: CandidateInsurer;
  /** The id of the client. */
  readonly actor: string;
  readonly call: RecordCall;
  /** What is asked, as it is kept. */
  readonly content: Buffer;
  /** SHA-256 of `content`. */
  readonly sha256: Buffer;
}

export function letterOf({ environmentName }: Intake): "R" | "S" {
  return environmentName === "production" ? "R" : "S";
}

interface CallReceipt {
  readonly receivedAt: Date;
  readonly environment: "R" | "S";
  readonly jws: string;
}

export async function signReceipt(
  intake: Intake,
  { insurer, call, content, sha256, submissionId }: ReceivedCall & { readonly submissionId: string },
): Promise<CallReceipt> {
  const receivedAt = new Date();
  const environment = letterOf(intake);
  const { jws } = await intake.signer.sign({
    submissionId,
    sender: insurer.enterpriseNumber,
    reference: call.reference,
    environment,
    kind: "delta",
    channel: "rest",
    byteLength: content.length,
    sha256: sha256.toString("hex"),
    receivedAt: receivedAt.toISOString(),
    state: "received",
    durable: true,
    findings: [],
  });
  return { receivedAt, environment, jws };
}

interface EndedCall extends ReceivedCall, CallReceipt {
  readonly submissionId: string;
  readonly recordedAt: Date;
  readonly result: RecordCallResult;
}

/** Writes the submission that a call is, as it has ended: nobody sees it before. Throws `CallRefused` where its reference is taken. */
export async function insertCall(tx: TransactionSql, ended: EndedCall): Promise<void> {
  const { insurer, actor, call, content, sha256, submissionId, receivedAt, environment, jws, recordedAt, result } =
    ended;
  const { insurerId } = insurer;
  const count = (outcome: RecordCallResult["outcome"]) => (result.outcome === outcome ? 1 : 0);
  const [rows] = await Promise.all([
    tx`
      insert into submission (insurer_id, submission_id, channel, state, reference, environment, kind, actor, byte_length,
        sha256, findings, receipt_jws, received_at, call_result, ended_at, bytes_read, records_read, accepted_count,
        accepted_with_warnings_count, unchanged_count, rejected_count)
      values (${insurerId}, ${submissionId}, 'rest', 'processed', ${call.reference}, ${environment}, 'delta',
        ${actor}, ${content.length}, ${sha256}, '[]'::jsonb, ${jws}, ${receivedAt}, ${tx.json(result as never)},
        ${recordedAt}, ${content.length}, 1, ${count("accepted")}, ${count("acceptedWithWarnings")},
        ${count("unchanged")}, ${count("rejected")})
      on conflict do nothing returning 1`.execute(),
    insertPayloadChunk(tx, insurerId, submissionId, 0, zstdCompressSync(content)),
    insertOutcomeAlone(tx, insurerId, submissionId, { ...result, senderReference: call.reference }),
  ]);
  // A file with this reference was committed a moment ago.
  if (rows.length === 0) throw new CallRefused("keyReused");
}
