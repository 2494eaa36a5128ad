import { createHash } from "node:crypto";
import { insertChanges } from "../contracts/insert-changes.ts";
import { findContract, type PortfolioContract } from "../contracts/portfolio.ts";
import { planOnce } from "../database/plan-once.ts";
import { retryConflicts } from "../database/retry-conflicts.ts";
import type { TransactionSql } from "../database/sql.ts";
import { clearStagingTable, keepStagingTable, StagedBatch } from "../database/staged-records.ts";
import { insertEvents } from "../events/insert-events.ts";
import { checkRecord } from "../formats/contract-file/check-record.ts";
import { ACTION_FIELDS } from "../formats/contract-file/contract-file-vocabulary.ts";
import { NO_FINDINGS, NO_VALUES } from "../formats/contract-file/raw-record.ts";
import { insertCall, letterOf, type ReceivedCall, signReceipt } from "./call-rows.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import { lockForChange } from "./complete-initial-load.ts";
import type { Intake } from "./intake.ts";
import { checkStaged, mergeAlone } from "./merge-alone.ts";
import { CallRefused, type RecordCall, type RecordCallResult } from "./record-call.ts";

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
  submitter: RecordSubmitter,
  call: RecordCall,
): Promise<SubmittedRecord> {
  const { insurer, alsoCommit } = submitter;
  const { insurerId } = insurer;
  const content = renderCall(call);
  const arrival = { ...submitter, call, content, sha256: createHash("sha256").update(content).digest() };
  const tenant = intake.database.asInsurer(insurerId);
  const take = () =>
    tenant.run(async (tx) => {
      // What needs no answer to what was asked before is sent with it, here and below.
      const [first, named] = await Promise.all([
        findFirst(intake, tx, arrival),
        findNamed(tx, insurerId, call),
        // To plan a statement about one record is more work than the record.
        planOnce(tx),
        keepStagingTable(tx),
      ]);
      if (typeof first === "string") return await takeRecord(intake, tx, arrival, first, named);
      await alsoCommit(tx, first);
      return first;
    });
  return await intake.callTurns.run(insurerId, () => retryConflicts(take));
}

interface CallArrival extends RecordSubmitter, ReceivedCall {}

/** What is asked, the same bytes however the caller wrote it: what is kept, and by which a repetition is known. */
function renderCall({ action, contractId, values }: RecordCall): Buffer {
  const fields = ACTION_FIELDS[action].map((field) => [field, values[field]]);
  return Buffer.from(JSON.stringify({ contractId, [action]: Object.fromEntries(fields) }));
}

/**
 * The first answer to the same call, if it was answered before, else the id it gets now. One call at a time has a key,
 * whichever gateway it reached.
 */
async function findFirst(
  intake: Intake,
  tx: TransactionSql,
  { insurer: { insurerId }, call, sha256 }: CallArrival,
): Promise<SubmittedRecord | string> {
  const [[lock], [first]] = await Promise.all([
    tx<{ taken: boolean; submissionId: string }[]>`
      select pg_try_advisory_xact_lock(hashtextextended(${`call:${insurerId}:${call.reference}`}, 0)) as taken,
        uuidv7() as "submissionId"`,
    tx<{ submissionId: string; sha256: Buffer; result: RecordCallResult | null; endedAt: Date | null }[]>`
      select submission_id as "submissionId", sha256, call_result as result, ended_at as "endedAt" from submission
      where insurer_id = ${insurerId} and environment = ${letterOf(intake)} and reference = ${call.reference}
        and state not in ('refused', 'cancelled', 'tested')`,
  ]);
  if (!lock!.taken) throw new CallRefused("keyInUse");
  if (!first) return lock!.submissionId;
  const { submissionId, result, endedAt } = first;
  if (!result || !endedAt || !first.sha256.equals(sha256)) throw new CallRefused("keyReused");
  const contract =
    result.contractId === null ? undefined : await findContract(tx, insurerId, result.contractId, endedAt);
  return { submissionId, result, contract, sha256, repeated: true };
}

/** `named`: the contract the call names, as met before the insurer's lock; its key is for ever, its version is not. */
async function takeRecord(
  intake: Intake,
  tx: TransactionSql,
  arrival: CallArrival,
  submissionId: string,
  named: PortfolioContract | undefined,
): Promise<SubmittedRecord> {
  const { insurer, actor, call, sha256, alsoCommit } = arrival;
  const { insurerId } = insurer;
  const { clock, environmentName } = intake;
  const today = await clock.todayOf(insurerId);
  // Between two messages the insurer's lock is held idle: there are as few of them as answers that are needed. Each of
  // these is sent as it is called (`execute`), so that the server runs them in this order.
  const [receipt, , state, version, staged] = await Promise.all([
    signReceipt(intake, { ...arrival, submissionId }),
    stageRecord(tx, call, named, today),
    lockForChange(tx, insurerId),
    findVersion(tx, insurerId, call),
    checkStaged(tx, today, { insurerId, environmentName }),
  ]);
  // Under the lock: an initial load that ends now has ended before, or ends after.
  if (state.phase !== "live" || !state.initialLoadCompletedAt) throw new CallRefused("notLive");
  if (call.contractId !== undefined && !named) throw new CallRefused("contractNotFound");
  if (named && call.expectedVersions?.includes(version) === false) throw new CallRefused("versionChanged");
  const { recordedAt } = state;
  const merge = { insurerId, submissionId, recordedAt, actor };
  const [merged] = await Promise.all([mergeAlone(tx, merge, staged), clearStagingTable(tx)]);
  const { outcome, findings, changes } = merged;
  // The key is the contract's, but a contract that was cancelled may have a successor under it.
  const isOther = named !== undefined && merged.contractId !== named.contractId;
  if (isOther && outcome !== "rejected") throw new CallRefused("otherContract");
  const contractId = named?.contractId ?? merged.contractId;
  const contract = merged.contract ?? (contractId === null ? undefined : await findContract(tx, insurerId, contractId));
  const result: RecordCallResult = { outcome, findings, contractId: contract?.contractId ?? null, today };
  const submitted = { submissionId, result, contract, sha256, repeated: false };
  const details = { submissionId, reference: call.reference };
  await Promise.all([
    insertChanges(tx, merge, changes),
    insertCall(tx, { ...arrival, ...receipt, submissionId, recordedAt, result }),
    insertEvents(tx, [{ insurerId, kind: "submissionProcessed", details }]),
    alsoCommit(tx, submitted),
  ]);
  return submitted;
}

async function findNamed(
  tx: TransactionSql,
  insurerId: number,
  { contractId }: RecordCall,
): Promise<PortfolioContract | undefined> {
  return contractId === undefined ? undefined : await findContract(tx, insurerId, contractId);
}

/** The version in which a contract that is there is known now; 0 where the call names none. */
async function findVersion(tx: TransactionSql, insurerId: number, { contractId }: RecordCall): Promise<number> {
  if (contractId === undefined) return 0;
  const [row] = await tx<{ version: number }[]>`
    select max(version) as version from contract_version
    where insurer_id = ${insurerId} and contract_id = ${contractId} and superseded_at is null`.execute();
  return row!.version;
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
  await batch.insert(tx);
}
