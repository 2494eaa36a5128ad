import type { TransactionSql } from "../database/sql.ts";
import { stagedFinding } from "../database/staged-records.ts";
import type { Merge } from "./merge.ts";

/**
 * Makes a contract with its first version of every staged `new` record that is not blocked, in the order of the file.
 * A contract that is there already is `unchanged` where the content is the same, else a finding, which a record that is
 * blocked already is told too. The caller holds the insurer's lock.
 */
export async function mergeInitialLoad(tx: TransactionSql, merge: Merge): Promise<void> {
  const met = (await markRepeatedContracts(tx)) + (await markStoredContracts(tx, merge));
  await insertContracts(tx, merge);
  await insertFirstVersions(tx, merge);
  if (met > 0) await compareMetContracts(tx, merge);
}

/** Marks the records whose key an earlier record of the file has. The first that is not blocked keeps it. */
async function markRepeatedContracts(tx: TransactionSql): Promise<number> {
  const result = await tx`
    with repeated as (
      select contract_number, inami_root, min(record_number) filter (where not blocked) as first_record_number from staged
      where not malformed group by contract_number, inami_root having count(*) > 1)
    update staged s set met = true
    from repeated r
    where not s.malformed and s.contract_number = r.contract_number and s.inami_root = r.inami_root
      and s.record_number > r.first_record_number`;
  return result.count;
}

/** Marks the records whose contract is stored already, under whichever number of its provider. */
async function markStoredContracts(tx: TransactionSql, merge: Merge): Promise<number> {
  const [stored] = await tx`select 1 from contract where insurer_id = ${merge.insurerId} limit 1`;
  if (!stored) return 0;
  const result = await tx`
    update staged s set met = true
    where not s.malformed and not s.met and exists (${findContract(tx, merge)})`;
  return result.count;
}

/**
 * The stored contract of the staged record `s`: under the number as sent before any other of the provider. `offset 0`
 * makes each record look its contract up by key: joined freely, the planner, who may know nothing yet of contracts merged
 * a moment ago, compares every record with every contract. The root as an expression leaves only the index that begins
 * with the number: that of roots would serve as well by what is known before the statistics are, and reads them all.
 */
function findContract(tx: TransactionSql, { insurerId }: Merge) {
  return tx`
    (select contract_id, start_on from (
      (select contract_id, start_on, inami_root from contract
       where insurer_id = ${insurerId} and contract_number = s.contract_number and inami_root || '' = s.inami_root
         and cancelled_at is null and transferred_on is null offset 0)
      union all
      select other.* from unnest(s.alias_roots) as alias (root) cross join lateral (
        select contract_id, start_on, inami_root from contract
        where insurer_id = ${insurerId} and contract_number = s.contract_number and inami_root || '' = alias.root
          and cancelled_at is null and transferred_on is null offset 0) other) found
     order by inami_root <> left(s.inami_number, 8), inami_root <> s.inami_root, contract_id limit 1)`;
}

/**
 * The insurer's lock keeps others from adding a key between the look-up and this: a plain insert, for half the price of
 * one that would step aside (`on conflict`). The unique index is the guarantee; what it refused would be processed again.
 */
async function insertContracts(tx: TransactionSql, merge: Merge): Promise<void> {
  await tx`
    insert into contract (insurer_id, contract_id, contract_number, inami_root, start_on)
    select ${merge.insurerId}::int, contract_id, contract_number, inami_root, start_on
    from staged where not blocked and not met`;
}

async function insertFirstVersions(tx: TransactionSql, merge: Merge): Promise<void> {
  await tx`
    insert into contract_version (insurer_id, contract_id, version, valid_from, recorded_at, inami_number, contract_kind,
      ssin, solidarity, language, payment_reference, end_on, end_reason, action, submission_id, record_number, reason, actor)
    select ${merge.insurerId}::int, contract_id, 1, start_on, ${merge.recordedAt}::timestamptz, inami_number, contract_kind,
      ssin, solidarity, language, payment_reference, end_on, reason, 'new', ${merge.submissionId}::uuid, record_number, reason, ${merge.actor}::text
    from staged where not blocked and not met`;
}

async function compareMetContracts(tx: TransactionSql, merge: Merge): Promise<void> {
  const fields = listDifferingFields(tx);
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
    tx`jsonb_build_object('contractId', v.contract_id, 'fields', differing.fields)`,
  );
  await tx`
    with compared as (
      select s.ctid as row_id, differing.fields = '' as is_same,
        case when v.submission_id = ${merge.submissionId} then ${repeated} else ${exists} end as finding
      from staged s
      cross join lateral ${findContract(tx, merge)} c
      cross join lateral (select * from contract_version
        where insurer_id = ${merge.insurerId} and contract_id = c.contract_id and superseded_at is null
          and valid_before is null offset 0) v
      cross join lateral (select ${fields} as fields) differing
      where s.met)
    update staged set
      unchanged = compared.is_same and not staged.blocked,
      blocked = staged.blocked or not compared.is_same,
      findings = case when compared.is_same then staged.findings
        else coalesce(staged.findings, '[]'::jsonb) || compared.finding end
    from compared where staged.ctid = compared.row_id`;
}

/**
 * The fields in which the staged record `s` differs from the stored contract `c` with its version `v`, by their names in the
 * contract file; empty where it says the same. The root is the key, whatever number of an alias was sent: of the number only
 * the competence code is content.
 */
function listDifferingFields(tx: TransactionSql) {
  return tx`concat_ws(', ',
    case when left(substr(v.inami_number, 9), length(s.inami_number) - 8) is distinct from substr(s.inami_number, 9) then 'inamiNumber' end,
    case when c.start_on is distinct from s.start_on then 'startOn' end,
    case when v.contract_kind is distinct from s.contract_kind then 'contractKind' end,
    case when v.ssin is distinct from s.ssin then 'ssin' end,
    case when v.solidarity is distinct from s.solidarity then 'solidarity' end,
    case when v.language is distinct from s.language then 'language' end,
    case when v.payment_reference is distinct from s.payment_reference then 'paymentReference' end,
    case when v.end_on is distinct from s.end_on then 'endOn' end,
    case when v.end_reason is distinct from s.reason then 'reason' end)`;
}
