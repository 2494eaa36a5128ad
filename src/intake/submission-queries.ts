import type { TransactionSql } from "../database/sql.ts";
import { shieldQuery, type Tenant } from "../database/tenant-scope.ts";
import type { Finding } from "../findings/finding.ts";
import { completeInitialLoad, lockInsurer } from "./complete-initial-load.ts";
import { lockDeltaQueue, settleDeltas } from "./delta-queue.ts";
import type { DryRunCounts, DryRunEffect, ListedDryRunRow } from "./dry-run.ts";
import { firstFreeSequence } from "./free-sequence.ts";
import type {
  Channel,
  EnvironmentLetter,
  HeldReason,
  RecordCounts,
  Submission,
  SubmissionKind,
  SubmissionState,
} from "./submission.ts";

interface SubmissionRow {
  readonly submissionId: string;
  readonly insurerId: number;
  readonly channel: Channel;
  readonly fileName: string | null;
  readonly state: SubmissionState;
  readonly reference: string | null;
  readonly environment: EnvironmentLetter | null;
  readonly kind: SubmissionKind | null;
  readonly sequence: number | null;
  readonly heldReason: HeldReason | null;
  readonly heldUntil: Date | null;
  readonly awaitedSequence: number | null;
  readonly isDryRun: boolean;
  readonly dryRunCounts: DryRunCounts | null;
  readonly complete: boolean | null;
  readonly declaredRecordCount: number | null;
  readonly byteLength: number;
  readonly sha256: string;
  readonly bytesRead: number;
  readonly recordsRead: number;
  readonly accepted: number | null;
  readonly acceptedWithWarnings: number | null;
  readonly unchanged: number | null;
  readonly rejected: number | null;
  readonly findings: Finding[];
  readonly receivedAt: Date;
  readonly endedAt: Date | null;
}

const COLUMNS = `
  submission_id as "submissionId", insurer_id as "insurerId", channel, file_name as "fileName", state,
  coalesce(reference, header->>'reference') as reference, environment, kind, dry_run as "isDryRun", dry_run_counts as "dryRunCounts",
  case held_reason when 'sequenceGap' then ${firstFreeSequence("submission.insurer_id")} end as "awaitedSequence",
  sequence, held_reason as "heldReason", held_until as "heldUntil", (header->>'complete')::boolean as complete, (header->>'recordCount')::int as "declaredRecordCount",
  byte_length as "byteLength", encode(sha256, 'hex') as sha256, bytes_read as "bytesRead", records_read as "recordsRead",
  accepted_count as accepted, accepted_with_warnings_count as "acceptedWithWarnings", unchanged_count as unchanged,
  rejected_count as rejected, findings, received_at as "receivedAt", ended_at as "endedAt"`;

const FIND_SUBMISSION = shieldQuery(`select ${COLUMNS} from submission where insurer_id = $1 and submission_id = $2`);

export async function findSubmission(tenant: Tenant, submissionId: string): Promise<Submission | undefined> {
  const row = await tenant.find<SubmissionRow>(FIND_SUBMISSION, submissionId);
  return row && toSubmission(row);
}

/** In the caller's transaction, which is the insurer's: a report is decided there. */
export async function getSubmission(tx: TransactionSql, insurerId: number, submissionId: string): Promise<Submission> {
  const [row] = await tx<SubmissionRow[]>`
    select ${tx.unsafe(COLUMNS)} from submission where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  if (!row) throw new Error("there is no such submission");
  return toSubmission(row);
}

/** The submission that has used up a file name. */
export async function findByFileName(
  tx: TransactionSql,
  insurerId: number,
  fileName: string,
): Promise<string | undefined> {
  const [row] = await tx<{ submissionId: string }[]>`
    select submission_id as "submissionId" from submission
    where insurer_id = ${insurerId} and file_name = ${fileName} and state not in ('refused', 'cancelled', 'tested')`;
  return row?.submissionId;
}

export interface DryRunPage {
  readonly effect?: DryRunEffect;
  /** 0 for the first page. */
  readonly afterRow: number;
  readonly limit: number;
}

/** What a dry run found, in the order of its rows. */
export async function listDryRunRows(
  tenant: Tenant,
  submissionId: string,
  page: DryRunPage,
): Promise<ListedDryRunRow[]> {
  const { effect, afterRow, limit } = page;
  return await tenant.run(
    (tx) => tx<ListedDryRunRow[]>`
      select d.row_number as "rowNumber", d.effect, d.record_number as "recordNumber", d.sender_reference as "senderReference",
        d.contract_id as "contractId", c.contract_number as "contractNumber", c.inami_root as "inamiRoot",
        case d.effect when 'changed' then (
          select finding->'details'->>'fields' from record_result r cross join jsonb_array_elements(r.findings) finding
          where r.insurer_id = d.insurer_id and r.submission_id = d.submission_id and r.record_number = d.record_number
            and finding->>'code' = 'contractExists' limit 1) end as fields
      from dry_run_row d left join contract c on c.insurer_id = d.insurer_id and c.contract_id = d.contract_id
      where d.insurer_id = ${tenant.insurerId} and d.submission_id = ${submissionId} and d.row_number > ${afterRow}
        ${effect === undefined ? tx`` : tx`and d.effect = ${effect}`}
      order by d.row_number limit ${limit}`,
  );
}

export interface SubmissionPage {
  /** Only submissions older than this one: ids are in order of arrival. */
  readonly before?: string;
  readonly state?: SubmissionState;
  readonly limit: number;
}

/** Newest first. */
export async function listSubmissions(tenant: Tenant, page: SubmissionPage): Promise<Submission[]> {
  const rows = await tenant.run(
    (tx) => tx<SubmissionRow[]>`
      select ${tx.unsafe(COLUMNS)} from submission
      where insurer_id = ${tenant.insurerId}
        ${page.before ? tx`and submission_id < ${page.before}` : tx``}
        ${page.state ? tx`and state = ${page.state}` : tx``}
      order by submission_id desc limit ${page.limit}`,
  );
  return rows.map(toSubmission);
}

/**
 * Takes a submission back before a worker has taken it up. The end of the initial load may have waited for it.
 * `alsoCommit` writes what is committed together with it, or not at all.
 */
export async function cancelSubmission(
  tenant: Tenant,
  submissionId: string,
  alsoCommit?: (tx: TransactionSql) => Promise<void>,
): Promise<Cancellation | undefined> {
  return await tenant.run(async (tx) => {
    const cancellation = await cancelInTransaction(tx, tenant.insurerId, submissionId);
    if (cancellation === "cancelled") await alsoCommit?.(tx);
    return cancellation;
  });
}

export type Cancellation = "cancelled" | "tooLate";

/** The same in the caller's transaction, which is the insurer's. */
export async function cancelInTransaction(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
): Promise<Cancellation | undefined> {
  const endedAt = new Date();
  const [found] = await tx<{ kind: SubmissionKind | null }[]>`
    select kind from submission where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  if (!found) return undefined;
  if (found.kind === "delta") await lockDeltaQueue(tx, insurerId);
  const [row] = await tx<{ state: SubmissionState; cancelled: boolean }[]>`
    with cancelled as (
      update submission set state = 'cancelled', ended_at = ${endedAt}, held_reason = null, held_until = null
      where insurer_id = ${insurerId} and submission_id = ${submissionId} and state in ('received', 'held')
      returning submission_id)
    select state, exists (select 1 from cancelled) as cancelled from submission
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  if (row?.cancelled) await moveOthers(tx, insurerId, found.kind, endedAt);
  // A repeated DELETE finds its own work done.
  return row?.cancelled || row?.state === "cancelled" ? "cancelled" : "tooLate";
}

/** Those that waited for it, and the end of the initial load, which may have. */
async function moveOthers(
  tx: TransactionSql,
  insurerId: number,
  kind: SubmissionKind | null,
  now: Date,
): Promise<void> {
  if (kind === "delta") return await settleDeltas(tx, insurerId, now);
  await lockInsurer(tx, insurerId);
  await completeInitialLoad(tx, insurerId, now);
}

function toSubmission(row: SubmissionRow): Submission {
  return {
    submissionId: row.submissionId,
    insurerId: row.insurerId,
    channel: row.channel,
    ...(row.fileName !== null && { fileName: row.fileName }),
    state: row.state,
    ...(row.reference !== null && { reference: row.reference }),
    ...(row.environment !== null && { environment: row.environment }),
    ...(row.kind !== null && { kind: row.kind }),
    ...(row.sequence !== null && { sequence: row.sequence }),
    ...(row.heldReason !== null && { heldReason: row.heldReason }),
    ...(row.heldUntil !== null && { heldUntil: row.heldUntil }),
    ...(row.awaitedSequence !== null && { awaitedSequence: row.awaitedSequence }),
    ...(row.isDryRun && { isDryRun: true }),
    ...(row.dryRunCounts !== null && { dryRunCounts: row.dryRunCounts }),
    ...(row.complete !== null && { complete: row.complete }),
    ...(row.declaredRecordCount !== null && { declaredRecordCount: row.declaredRecordCount }),
    byteLength: row.byteLength,
    sha256: row.sha256,
    bytesRead: row.bytesRead,
    recordsRead: row.recordsRead,
    ...(row.accepted !== null && { counts: toCounts(row) }),
    findings: row.findings,
    receivedAt: row.receivedAt,
    ...(row.endedAt !== null && { endedAt: row.endedAt }),
  };
}

function toCounts(row: SubmissionRow): RecordCounts {
  return {
    received: row.recordsRead,
    accepted: row.accepted ?? 0,
    acceptedWithWarnings: row.acceptedWithWarnings ?? 0,
    unchanged: row.unchanged ?? 0,
    rejected: row.rejected ?? 0,
  };
}
