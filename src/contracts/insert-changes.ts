import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { Changes, NewContract, NewVersion } from "./contract-holdings.ts";
import type { Merge, RecordChange } from "./merge.ts";

type Fragment = PendingQuery<Row[]>;

/** Writes what the records of a piece changed; a handful of statements, however many records. */
export async function insertChanges(tx: TransactionSql, merge: Merge, changes: Changes): Promise<void> {
  const { superseded, cancelled, contracts, versions } = changes;
  // What was known makes room before what is known now comes: the keys of the tables see every statement.
  // Sent together, in this order: the server runs one after the other, and none needs the answer to the one before.
  const [made] = await Promise.all([
    superseded.length > 0 ? supersedeVersions(tx, merge, superseded) : { count: 0 },
    cancelled.length > 0 ? cancelContracts(tx, merge, cancelled) : [],
    contracts.length > 0 ? insertContracts(tx, merge, contracts) : [],
    versions.length > 0 ? insertVersions(tx, merge, versions) : [],
  ]);
  checkSuperseded(changes, made.count);
}

/**
 * The same as the queries of a `with`, of which `superseded` has as many rows as `checkSuperseded` wants to know of. Versions
 * come once all that they supersede made room.
 */
export function composeChanges(tx: TransactionSql, merge: Merge, changes: Changes): Fragment {
  const madeRoom = tx`cross join (select count(*) from superseded) made_room`;
  return tx`
    superseded as (${supersedeVersions(tx, merge, changes.superseded)} returning 1),
    cancelled as (${cancelContracts(tx, merge, changes.cancelled)}),
    contracts as (${insertContracts(tx, merge, changes.contracts)}),
    versions as (${insertVersions(tx, merge, changes.versions)} ${madeRoom})`;
}

export function checkSuperseded({ superseded }: Changes, count: number): void {
  if (count !== superseded.length) throw new Error("a version changed under the insurer's lock");
}

function supersedeVersions(tx: TransactionSql, merge: Merge, superseded: Changes["superseded"]): Fragment {
  return tx`
    update contract_version v set superseded_at = ${merge.recordedAt}
    from unnest(${superseded.map(({ contractId }) => contractId)}::uuid[], ${superseded.map(({ version }) => version)}::int[])
      as known (contract_id, version)
    where v.insurer_id = ${merge.insurerId} and v.contract_id = known.contract_id and v.version = known.version
      and v.superseded_at is null`;
}

function cancelContracts(tx: TransactionSql, merge: Merge, contractIds: readonly string[]): Fragment {
  return tx`
    update contract set cancelled_at = ${merge.recordedAt}
    where insurer_id = ${merge.insurerId} and contract_id = any(${contractIds as string[]}::uuid[])`;
}

function insertContracts(tx: TransactionSql, merge: Merge, contracts: readonly NewContract[]): Fragment {
  return tx`
    insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on, cancelled_at)
    select ${merge.insurerId}::int, "contractId", "contractNumber", "inamiRoot", "startOn",
      case when "isCancelled" then ${merge.recordedAt}::timestamptz end
    from jsonb_to_recordset(${tx.json(contracts as never)}) as made
      ("contractId" uuid, "contractNumber" text, "inamiRoot" text, "startOn" date, "isCancelled" boolean)`;
}

function insertVersions(tx: TransactionSql, merge: Merge, versions: readonly NewVersion[]): Fragment {
  return tx`
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
