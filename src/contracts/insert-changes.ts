import type { TransactionSql } from "../database/sql.ts";
import type { Changes, NewContract, NewVersion } from "./contract-holdings.ts";
import type { Merge, RecordChange } from "./merge.ts";

/** Writes what the records of a piece changed; a handful of statements, however many records. */
export async function insertChanges(tx: TransactionSql, merge: Merge, changes: Changes): Promise<void> {
  // What was known makes room before what is known now comes: the keys of the tables see every statement.
  // Sent together, in this order: the server runs one after the other, and none needs the answer to the one before.
  await Promise.all([
    supersedeVersions(tx, merge, changes.superseded),
    cancelContracts(tx, merge, changes.cancelled),
    insertContracts(tx, merge, changes.contracts),
    insertVersions(tx, merge, changes.versions),
  ]);
}

async function supersedeVersions(tx: TransactionSql, merge: Merge, superseded: Changes["superseded"]): Promise<void> {
  if (superseded.length === 0) return;
  const result = await tx`
    update contract_version v set superseded_at = ${merge.recordedAt}
    from unnest(${superseded.map(({ contractId }) => contractId)}::uuid[], ${superseded.map(({ version }) => version)}::int[])
      as known (contract_id, version)
    where v.insurer_id = ${merge.insurerId} and v.contract_id = known.contract_id and v.version = known.version
      and v.superseded_at is null`;
  if (result.count !== superseded.length) throw new Error("a version changed under the insurer's lock");
}

async function cancelContracts(tx: TransactionSql, merge: Merge, contractIds: readonly string[]): Promise<void> {
  if (contractIds.length === 0) return;
  await tx`
    update contract set cancelled_at = ${merge.recordedAt}
    where insurer_id = ${merge.insurerId} and contract_id = any(${contractIds as string[]}::uuid[])`;
}

async function insertContracts(tx: TransactionSql, merge: Merge, contracts: readonly NewContract[]): Promise<void> {
  if (contracts.length === 0) return;
  await tx`
    insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on, cancelled_at)
    select ${merge.insurerId}::int, "contractId", "contractNumber", "inamiRoot", "startOn",
      case when "isCancelled" then ${merge.recordedAt}::timestamptz end
    from jsonb_to_recordset(${tx.json(contracts as never)}) as made
      ("contractId" uuid, "contractNumber" text, "inamiRoot" text, "startOn" date, "isCancelled" boolean)`;
}

async function insertVersions(tx: TransactionSql, merge: Merge, versions: readonly NewVersion[]): Promise<void> {
  if (versions.length === 0) return;
  await tx`
    insert into contract_version (insurer_id, contract_id, version, valid_from, valid_before, recorded_at, superseded_at,
      inami_number, contract_kind, ssin, solidarity, language, payment_reference, end_on, end_reason, action,
      submission_id, record_number, reason, actor)
    select ${merge.insurerId}::int, "contractId", version, "validFrom", "validBefore", ${merge.recordedAt}::timestamptz,
      case when "isSuperseded" then ${merge.recordedAt}::timestamptz end, "inamiNumber", "contractKind", ssin, solidarity,
      language, "paymentReference", "endOn", "endReason", action, ${merge.submissionId}::uuid, "recordNumber", reason,
      ${merge.actor}::text
    from jsonb_to_recordset(${tx.json(versions as never)}) as made
      ("contractId" uuid, version int, "validFrom" date, "validBefore" date, "inamiNumber" text, "contractKind" text,
       ssin text, solidarity boolean, language text, "paymentReference" text, "endOn" date, "endReason" text, action text,
       "recordNumber" int, reason text, "isSuperseded" boolean)`;
}

/** Writes to `staged` what became of each record. */
export async function tellRecords(tx: TransactionSql, records: readonly RecordChange[]): Promise<void> {
  await tx`
    update staged s set
      blocked = told.blocked,
      unchanged = told.unchanged,
      contract_id = coalesce(told."contractId", s.contract_id),
      findings = case when told.finding is null then s.findings
        else coalesce(s.findings, '[]'::jsonb) || told.finding end
    from jsonb_to_recordset(${tx.json(records as never)}) as told
      ("recordNumber" int, blocked boolean, unchanged boolean, finding jsonb, "contractId" uuid)
    where s.record_number = told."recordNumber"`;
}
