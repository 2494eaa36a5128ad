import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { findContract, type PortfolioContract } from "../contracts/portfolio.ts";
import type { TransactionSql } from "../database/sql.ts";
import { createStagingTable, StagedBatch } from "../database/staged-records.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Finding } from "../findings/finding.ts";
import { checkRecord } from "../formats/contract-file/check-record.ts";
import { ACTION_FIELDS } from "../formats/contract-file/contract-file-vocabulary.ts";
import { NO_FINDINGS, NO_VALUES } from "../formats/contract-file/raw-record.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import { lockInsurer, recordChange } from "./complete-initial-load.ts";
import type { Intake } from "./intake.ts";
import { mergeStaged } from "./merge-staged.ts";
import { insertPayloadChunk } from "./payload-store.ts";
import { CallRefused, type RecordCall, type RecordCallResult } from "./record-call.ts";
import { insertRecordOutcomes } from "./record-outcomes.ts";
import type { RecordOutcome } from "./submission.ts";

export interface RecordSubmitter {
  readonly insurer: CandidateInsurer;
  /** The id of the client. */
  readonly actor: string;
  /** Writes what is committed together with the call, or not at all. */
  readonly alsoCommit: (tx: TransactionSql, submitted: SubmittedRecord) => Promise<void>;
}

export interface SubmittedRecord {
  readonly submissionId: string;
  readonly result: RecordCallResult;
  /** As the call left it, whatever happened since. */
  readonly contract: PortfolioContract | undefined;
  /** SHA-256 of what was asked. */
  readonly sha256: Buffer;
  /** This is the first answer again: nothing was done now. */
  readonly repeated: boolean;
}

/**
 * Takes one record as a submission of its own, from arrival to outcome in one transaction, through the checks and the
 * merge of files and under the same lock: its place among the insurer's submissions is its commit (exchange.md section
 * 1). A record that is rejected uses up its key as one that is accepted. Throws `CallRefused`, and then nothing is kept.
 */
export async function submitRecord(
  intake: Intake,
  { insurer, actor, alsoCommit }: RecordSubmitter,
  call: RecordCall,
): Promise<SubmittedRecord> {
  const { insurerId } = insurer;
  const content = renderCall(call);
  const arrival = { insurer, actor, call, content, sha256: createHash("sha256").update(content).digest() };
  return await intake.database.asInsurer(insurerId).run(async (tx) => {
    const submitted = (await findFirst(intake, tx, arrival)) ?? (await takeRecord(intake, tx, arrival));
    await alsoCommit(tx, submitted);
    return submitted;
  });
}

interface CallArrival {
  readonly insurer: CandidateInsurer;
  readonly actor: string;
  readonly call: RecordCall;
  readonly content: Buffer;
  readonly sha256: Buffer;
}

/** What is asked, the same bytes however the caller wrote it: what is kept, and by which a repetition is known. */
function renderCall({ action, contractId, values }: RecordCall): Buffer {
  const fields = ACTION_FIELDS[action].map((field) => [field, values[field]]);
  return Buffer.from(JSON.stringify({ contractId, [action]: Object.fromEntries(fields) }));
}

function letterOf({ environmentName }: Intake): "R" | "S" {
  return environmentName === "production" ? "R" : "S";
}

/** The first answer to the same call, if it was answered before. One call at a time has a key, whichever gateway it reached. */
async function findFirst(
  intake: Intake,
  tx: TransactionSql,
  { insurer: { insurerId }, call, sha256 }: CallArrival,
): Promise<SubmittedRecord | undefined> {
  const [lock] = await tx<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`call:${insurerId}:${call.reference}`}, 0)) as taken`;
  if (!lock!.taken) throw new CallRefused("keyInUse");
  const [first] = await tx<
    { submissionId: string; sha256: Buffer; result: RecordCallResult | null; endedAt: Date | null }[]
  >`
    select submission_id as "submissionId", sha256, call_result as result, ended_at as "endedAt" from submission
    where insurer_id = ${insurerId} and environment = ${letterOf(intake)} and reference = ${call.reference}
      and state not in ('refused', 'cancelled', 'tested')`;
  if (!first) return undefined;
  const { submissionId, result, endedAt } = first;
  if (!result || !endedAt || !first.sha256.equals(sha256)) throw new CallRefused("keyReused");
  const contract =
    result.contractId === null ? undefined : await findContract(tx, insurerId, result.contractId, endedAt);
  return { submissionId, result, contract, sha256, repeated: true };
}

async function takeRecord(intake: Intake, tx: TransactionSql, arrival: CallArrival): Promise<SubmittedRecord> {
  const { insurer, actor, call, sha256 } = arrival;
  const { insurerId } = insurer;
  await lockInsurer(tx, insurerId);
  await requireLive(tx, insurerId);
  const named = await getNamed(tx, insurerId, call);
  const today = intake.clock.today();
  const submissionId = await insertCall(intake, tx, arrival);
  await stageRecord(tx, call, named, today);
  const recordedAt = await recordChange(tx, insurerId);
  await mergeStaged(intake, tx, { insurerId, submissionId, recordedAt, actor }, { kind: "delta", recordCount: 1 });
  const counts = await insertRecordOutcomes(tx, insurerId, submissionId);
  const [staged] = await tx<{ findings: Finding[] | null; contractId: string }[]>`
    select findings, contract_id as "contractId" from staged`;
  const outcome = (["rejected", "unchanged", "acceptedWithWarnings"] as const).find((one) => counts[one] === 1);
  // The key is the contract's, but a contract that was cancelled may have a successor under it.
  const isOther = named !== undefined && staged!.contractId !== named.contractId;
  if (isOther && outcome !== "rejected") throw new CallRefused("otherContract");
  const met = await findContract(tx, insurerId, named?.contractId ?? staged!.contractId);
  const result: RecordCallResult = {
    outcome: outcome ?? ("accepted" satisfies RecordOutcome),
    findings: staged!.findings ?? [],
    contractId: met?.contractId ?? null,
    today,
  };
  await tx`
    update submission set state = 'processed', call_result = ${tx.json(result as never)}, ended_at = ${recordedAt},
      bytes_read = byte_length, records_read = 1, accepted_count = ${counts.accepted},
      accepted_with_warnings_count = ${counts.acceptedWithWarnings}, unchanged_count = ${counts.unchanged},
      rejected_count = ${counts.rejected}
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  const details = { submissionId, reference: call.reference };
  await insertEvents(tx, [{ insurerId, kind: "submissionProcessed", details }]);
  return { submissionId, result, contract: met, sha256, repeated: false };
}

/** Under the lock: an initial load that ends now has ended before, or ends after. */
async function requireLive(tx: TransactionSql, insurerId: number): Promise<void> {
  const [row] = await tx<{ phase: InsurerPhase; isOpen: boolean }[]>`
    select phase, initial_load_completed_at is null as "isOpen" from insurer where insurer_id = ${insurerId}`;
  if (row?.phase !== "live" || row.isOpen) throw new CallRefused("notLive");
}

/** The contract a call names, if it still is as the caller has seen it. */
async function getNamed(
  tx: TransactionSql,
  insurerId: number,
  { contractId, expectedVersions }: RecordCall,
): Promise<PortfolioContract | undefined> {
  if (contractId === undefined) return undefined;
  const contract = await findContract(tx, insurerId, contractId);
  if (!contract) throw new CallRefused("contractNotFound");
  if (expectedVersions?.includes(contract.version) === false) throw new CallRefused("versionChanged");
  return contract;
}

async function stageRecord(
  tx: TransactionSql,
  { reference, action, values }: RecordCall,
  named: PortfolioContract | undefined,
  today: string,
): Promise<void> {
  const key = named && { contractNumber: named.contractNumber, inamiNumber: values.inamiNumber ?? named.inamiRoot };
  const place = { recordNumber: 1, line: 0, byteOffset: 0, byteLength: 0 };
  const sent = { ...NO_VALUES, ...values, ...key };
  const raw = { ...place, senderReference: reference, action, values: sent, findings: NO_FINDINGS };
  const batch = new StagedBatch();
  batch.add(checkRecord(raw, { kind: "delta", today }));
  await createStagingTable(tx);
  await batch.insert(tx);
}

async function insertCall(
  intake: Intake,
  tx: TransactionSql,
  { insurer, actor, call, content, sha256 }: CallArrival,
): Promise<string> {
  const { insurerId, enterpriseNumber } = insurer;
  const [drawn] = await tx<{ submissionId: string }[]>`select uuidv7() as "submissionId"`;
  const { submissionId } = drawn!;
  const receivedAt = new Date();
  const declared = { reference: call.reference, environment: letterOf(intake), kind: "delta" } as const;
  const { jws } = await intake.signer.sign({
    submissionId,
    sender: enterpriseNumber,
    ...declared,
    channel: "rest",
    byteLength: content.length,
    sha256: sha256.toString("hex"),
    receivedAt: receivedAt.toISOString(),
    state: "received",
    durable: true,
    findings: [],
  });
  const rows = await tx`
    insert into submission (insurer_id, submission_id, channel, state, reference, environment, kind, actor, byte_length,
      sha256, findings, receipt_jws, received_at)
    values (${insurerId}, ${submissionId}, 'rest', 'processing', ${declared.reference}, ${declared.environment}, 'delta',
      ${actor}, ${content.length}, ${sha256}, '[]'::jsonb, ${jws}, ${receivedAt})
    on conflict do nothing returning 1`;
  // A file with this reference was committed a moment ago.
  if (rows.length === 0) throw new CallRefused("keyReused");
  await insertPayloadChunk(tx, insurerId, submissionId, 0, zstdCompressSync(content));
  return submissionId;
}
