import type { TransactionSql } from "../database/sql.ts";
import { stagedFinding } from "../database/staged-records.ts";

/** A sender reference names one record of its file: the first keeps it, the others are rejected, and told so last. */
export async function checkStagedReferences(tx: TransactionSql): Promise<void> {
  const repeated = stagedFinding(
    tx,
    "senderReferenceRepeated",
    "senderReference",
    tx`s.sender_reference`,
    tx`jsonb_build_object('firstRecordNumber', r.first_record_number)`,
  );
  await tx`
    with repeated as (
      select sender_reference, min(record_number) as first_record_number from staged
      where sender_reference <> '' group by sender_reference having count(*) > 1),
    found as (
      select s.ctid as row_id, ${repeated} as finding
      from staged s join repeated r on r.sender_reference = s.sender_reference and s.record_number > r.first_record_number)
    update staged set last_finding = found.finding, blocked = true
    from found where staged.ctid = found.row_id`;
}

/** Puts what is told last behind what register and contracts found. */
export async function tellLastFindings(tx: TransactionSql): Promise<void> {
  await tx`
    update staged set findings = coalesce(findings, '[]'::jsonb) || last_finding where last_finding is not null`;
}
