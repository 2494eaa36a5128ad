import type { TransactionSql } from "../database/connection.ts";
import { stagedFinding } from "../database/staged-records.ts";

export interface Merge {
  readonly insurerId: number;
  readonly submissionId: string;
  readonly recordedAt: Date;
}

/**
 * Makes a contract with its first version of every staged `new` record that is not blocked, in the order of the file.
 * A contract that is there already is `unchanged` where the content is the same, else a finding. The caller holds the
 * insurer's merge lock.
 */
export async function mergeInitialLoad(tx: TransactionSql, merge: Merge): Promise<void> {
  const candidates = await countCandidates(tx);
  const inserted = await insertContracts(tx, merge);
  if (inserted < candidates) await markMetContracts(tx, merge);
  await insertFirstVersions(tx, merge);
  if (inserted < candidates) await compareMetContracts(tx, merge);
}

async function countCandidates(tx: TransactionSql): Promise<number> {
  const [row] = await tx<{ count: number }[]>`select count(*) as count from staged where not blocked`;
  return row!.count;
}

async function insertContracts(tx: TransactionSql, merge: Merge): Promise<number> {
  // Updated rows of `staged` move behind the others: only the order by makes the first record of a key win.
  const result = await tx`
    insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
    select ${merge.insurerId}::int, contract_id, contract_number, inami_root, start_on
    from staged where not blocked order by record_number
    on conflict (insurer_id, contract_number, inami_root) where cancelled_at is null do nothing`;
  return result.count;
}

async function markMetContracts(tx: TransactionSql, merge: Merge): Promise<void> {
  await tx`
    update staged s set met = true
    where not blocked and not exists (
      select 1 from contract c where c.insurer_id = ${merge.insurerId} and c.contract_id = s.contract_id)`;
}

async function insertFirstVersions(tx: TransactionSql, merge: Merge): Promise<void> {
  await tx`
    insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind,
      ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id, record_number)
    select ${merge.insurerId}::int, contract_id, 1, start_on, ${merge.recordedAt}::timestamptz, inami_number, contract_kind,
      ssin, solidarity, language, payment_reference, end_on, reason, 'new', ${merge.submissionId}::uuid, record_number
    from staged where not blocked and not met`;
}

async function compareMetContracts(tx: TransactionSql, merge: Merge): Promise<void> {
  const isSame = tx`c.start_on = s.start_on and v.contract_kind = s.contract_kind and v.solidarity = s.solidarity
    and v.ssin is not distinct from s.ssin and v.language is not distinct from s.language
    and v.payment_reference is not distinct from s.payment_reference and v.end_on is not distinct from s.end_on
    and v.end_reason is not distinct from s.reason and left(v.inami_number, length(s.inami_number)) = s.inami_number`;
  const repeated = stagedFinding(
    tx,
    "contractRepeated",
    "contractNumber",
    tx`s.contract_number`,
    tx`jsonb_build_object('firstRecordNumber', v.record_number)`,
  );
  const exists = stagedFinding(
    tx,
    "contractExists",
    "contractNumber",
    tx`s.contract_number`,
    tx`jsonb_build_object('contractId', v.contract_id)`,
  );
  await tx`
    with compared as (
      select s.ctid as row_id, ${isSame} as is_same,
        case when v.submission_id = ${merge.submissionId} then ${repeated} else ${exists} end as finding
      from staged s
      join contract c on c.insurer_id = ${merge.insurerId} and c.contract_number = s.contract_number
        and c.inami_root = s.inami_root and c.cancelled_at is null
      join contract_version v on v.insurer_id = c.insurer_id and v.contract_id = c.contract_id
        and v.superseded_at is null and v.valid_before is null
      where s.met)
    update staged set
      unchanged = compared.is_same,
      blocked = not compared.is_same,
      findings = case when compared.is_same then staged.findings
        else coalesce(staged.findings, '[]'::jsonb) || compared.finding end
    from compared where staged.ctid = compared.row_id`;
}
