import { createHash } from "node:crypto";
import { findContract, type PortfolioContract } from "../contracts/portfolio.ts";
import { planOnceSetting } from "../database/plan-once.ts";
import { retryConflicts } from "../database/retry-conflicts.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { type CheckedRecord, checkRecord } from "../formats/contract-file/check-record.ts";
import { ACTION_FIELDS } from "../formats/contract-file/contract-file-vocabulary.ts";
import { NO_FINDINGS, NO_VALUES } from "../formats/contract-file/raw-record.ts";
import { insertCall, letterOf, type ReceivedCall, signReceipt } from "./call-rows.ts";
import type { CandidateInsurer } from "./candidate-insurer.ts";
import { lockForChange } from "./complete-initial-load.ts";
import type { Intake } from "./intake.ts";
import { lookUpAlone, mergeAlone } from "./merge-alone.ts";
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
      const [lock, first, named] = await Promise.all([
        lockKey(tx, arrival),
        findFirst(intake, tx, arrival),
        findNamed(tx, insurerId, call),
      ]);
      if (!lock.taken) throw new CallRefused("keyInUse");
      if (!first) return await takeRecord(intake, tx, arrival, lock.submissionId, named);
      const repeated = await repeatAnswer(tx, arrival, first);
      await alsoCommit(tx, repeated);
      return repeated;
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
 * One call at a time has a key, whichever gateway it reached. Answers the id that the call gets if it is the first. To plan a
 * statement about one record is more work than the record: from here to the end each is planned once a connection.
 */
async function lockKey(tx: TransactionSql, { insurer: { insurerId }, call }: CallArrival) {
  const [row] = await tx<{ taken: boolean; submissionId: string }[]>`
    select ${planOnceSetting(tx)}, pg_try_advisory_xact_lock(hashtextextended(${`call:${insurerId}:${call.reference}`}, 0)) as taken,
      uuidv7() as "submissionId"`.execute();
  return row!;
}

interface FirstAnswer {
  readonly submissionId: string;
  readonly sha256: Buffer;
  readonly result: RecordCallResult | null;
  readonly endedAt: Date | null;
}

async function findFirst(
  intake: Intake,
  tx: TransactionSql,
  { insurer: { insurerId }, call }: CallArrival,
): Promise<FirstAnswer | undefined> {
  const [first] = await tx<FirstAnswer[]>`
    select submission_id as "submissionId", sha256, call_result as result, ended_at as "endedAt" from submission
    where insurer_id = ${insurerId} and environment = ${letterOf(intake)} and reference = ${call.reference}
      and state not in ('refused', 'cancelled', 'tested')`.execute();
  return first;
}

/** The first answer to the same call, which was answered before. */
async function repeatAnswer(
  tx: TransactionSql,
  { insurer: { insurerId }, sha256 }: CallArrival,
  first: FirstAnswer,
): Promise<SubmittedRecord> {
  const { submissionId, result, endedAt } = first;
  if (!result || !endedAt || !first.sha256.equals(sha256)) throw new CallRefused("keyReused");
  const contract =
    result.contractId === null ? undefined : await findContract(tx, insurerId, result.contractId, endedAt);
  return { submissionId, result, contract, sha256, repeated: true };
}

/** `named`: the contract the call names, as met before the insurer's lock; its key is for ever. */
async function takeRecord(
  intake: Intake,
  tx: TransactionSql,
  arrival: CallArrival,
  submissionId: string,
  named: NamedContract | undefined,
): Promise<SubmittedRecord> {
  const { insurer, actor, call, sha256, alsoCommit } = arrival;
  const { insurerId } = insurer;
  const { clock, environmentName } = intake;
  const today = await clock.todayOf(insurerId);
  const record = checkCall(call, named, today);
  // Between two messages the insurer's lock is held idle: there are as few of them as answers that are needed. Each of
  // these is sent as it is called (`execute`), so that the server runs them in this order.
  const [receipt, state, looked] = await Promise.all([
    signReceipt(intake, { ...arrival, submissionId }),
    lockForChange(tx, insurerId),
    lookUpAlone(tx, record, { insurerId, environmentName, today, contractId: call.contractId }),
  ]);
  // Under the lock: an initial load that ends now has ended before, or ends after.
  if (state.phase !== "live" || !state.initialLoadCompletedAt) throw new CallRefused("notLive");
  if (call.contractId !== undefined && !named) throw new CallRefused("contractNotFound");
  if (named && call.expectedVersions?.includes(looked.version!) === false) throw new CallRefused("versionChanged");
  const merge = { insurerId, submissionId, recordedAt: state.recordedAt, actor };
  const merged = mergeAlone(merge, record, looked);
  const { outcome, changes } = merged;
  // The key is the contract's, but a contract that was cancelled may have a successor under it: no call is judged by that.
  const isOther = call.contractId !== undefined && merged.contractId !== null && merged.contractId !== call.contractId;
  if (isOther) throw new CallRefused("otherContract");
  const findings = merged.findings.map((finding) => nameAsSent(finding, call, named, merged.contractId === null));
  const contractId = call.contractId ?? merged.contractId;
  const contract = merged.contract ?? (contractId === null ? undefined : await findContract(tx, insurerId, contractId));
  const result: RecordCallResult = { outcome, findings, contractId: contract?.contractId ?? null, today };
  const submitted = { submissionId, result, contract, sha256, repeated: false };
  await Promise.all([insertCall(tx, { ...arrival, ...receipt, merge, changes, result }), alsoCommit(tx, submitted)]);
  return submitted;
}

interface NamedContract {
  readonly contractNumber: string;
  readonly inamiRoot: string;
}

async function findNamed(
  tx: TransactionSql,
  insurerId: number,
  { contractId }: RecordCall,
): Promise<NamedContract | undefined> {
  if (contractId === undefined) return undefined;
  const [named] = await tx<NamedContract[]>`
    select contract_number as "contractNumber", inami_root as "inamiRoot" from contract
    where insurer_id = ${insurerId} and contract_id = ${contractId}`.execute();
  return named;
}

/**
 * A change names its contract by `contractId`: what is found of its number is told of that, or of the INAMI number sent where
 * it leads away from the contract.
 */
function nameAsSent(
  finding: Finding,
  { contractId, values: { inamiNumber } }: RecordCall,
  named: NamedContract | undefined,
  isUnknown: boolean,
): Finding {
  if (finding.field !== "contractNumber" || contractId === undefined) return finding;
  const leadsAway = isUnknown && inamiNumber !== undefined && !inamiNumber.startsWith(named!.inamiRoot);
  const sent = leadsAway ? { field: "inamiNumber", value: inamiNumber } : { field: "contractId", value: contractId };
  return { ...finding, ...sent };
}

/** The record of a call after the checks that need no register and no stored contract. */
function checkCall(
  { reference, action, values }: RecordCall,
  named: NamedContract | undefined,
  today: string,
): CheckedRecord {
  const key = named && { contractNumber: named.contractNumber, inamiNumber: values.inamiNumber ?? named.inamiRoot };
  const place = { recordNumber: 1, line: 0, byteOffset: 0, byteLength: 0 };
  const sent = { ...NO_VALUES, ...values, ...key };
  const raw = { ...place, senderReference: reference, action, values: sent, findings: NO_FINDINGS };
  return checkRecord(raw, { kind: "delta", today });
}
