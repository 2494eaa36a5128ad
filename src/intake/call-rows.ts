import { zstdCompressSync } from "node:zlib";
import type { PendingQuery, Row } from "postgres";
import type { Changes } from "../contracts/contract-holdings.ts";
import { checkSuperseded, composeChanges } from "../contracts/insert-changes.ts";
import type { Merge } from "../contracts/merge.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import type { Intake } from "./intake.ts";
import { composePayloadChunk } from "./payload-store.ts";
import { CallRefused, type RecordCall, type RecordCallResult } from "./record-call.ts";
import { composeOutcomeAlone } from "./record-outcomes.ts";

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
  readonly merge: Merge;
  readonly changes: Changes;
  readonly result: RecordCallResult;
}

/**
 * Writes, by one statement, the submission that a call is, as it has ended (nobody sees it before), and what it changed. Its answer
 * tells of it: it is no event. Throws `CallRefused` where its reference is taken.
 */
export async function insertCall(tx: TransactionSql, ended: EndedCall): Promise<void> {
  const { call, content, merge, changes, result } = ended;
  const { insurerId, submissionId } = merge;
  const outcome = { ...result, senderReference: call.reference };
  const [written] = await tx<{ superseded: number; submissions: number }[]>`
    with ${composeChanges(tx, merge, changes)},
    submitted as (${composeSubmission(tx, ended)}),
    payload as (${composePayloadChunk(tx, insurerId, submissionId, 0, zstdCompressSync(content))}),
    outcome as (${composeOutcomeAlone(tx, insurerId, submissionId, outcome)})
    select (select count(*) from superseded) as superseded, (select count(*) from submitted) as submissions`.execute();
  checkSuperseded(changes, written!.superseded);
  // A file with this reference was committed a moment ago.
  if (written!.submissions === 0) throw new CallRefused("keyReused");
}

function composeSubmission(tx: TransactionSql, ended: EndedCall): PendingQuery<Row[]> {
  const { merge, actor, call, content, sha256, receivedAt, environment, jws, result } = ended;
  const { insurerId, submissionId, recordedAt } = merge;
  const count = (outcome: RecordCallResult["outcome"]) => (result.outcome === outcome ? 1 : 0);
  return tx`
    insert into submission (insurer_id, submission_id, channel, state, reference, environment, kind, actor, byte_length,
      sha256, findings, receipt_jws, received_at, call_result, ended_at, bytes_read, records_read, accepted_count,
      accepted_with_warnings_count, unchanged_count, rejected_count)
    values (${insurerId}, ${submissionId}, 'rest', 'processed', ${call.reference}, ${environment}, 'delta',
      ${actor}, ${content.length}, ${sha256}, '[]'::jsonb, ${jws}, ${receivedAt}, ${tx.json(result as never)},
      ${recordedAt}, ${content.length}, 1, ${count("accepted")}, ${count("acceptedWithWarnings")},
      ${count("unchanged")}, ${count("rejected")})
    on conflict do nothing returning 1`;
}
