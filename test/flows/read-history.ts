import type { Sql } from "../../src/database/sql.ts";
import type { Insurer } from "./open-intake.ts";

/** Contracts, versions and outcomes of an insurer, instants and generated ids left out: submissions stand for both. */
export async function readHistory(owner: Sql, { insurerId }: Insurer): Promise<unknown> {
  const versions = await owner`
    select c.contract_number, c.inami_root, c.start_on, c.cancelled_at is not null as cancelled, v.version, v.valid_from,
      v.valid_before, v.inami_number, v.contract_kind, v.ssin, v.solidarity, v.language, v.payment_reference, v.end_on,
      v.end_reason, v.action, v.record_number, v.reason, recorded.reference as recorded, superseded.reference as superseded
    from contract_version v join contract c using (insurer_id, contract_id)
    join submission recorded on recorded.insurer_id = v.insurer_id and recorded.ended_at = v.recorded_at
    left join submission superseded on superseded.insurer_id = v.insurer_id and superseded.ended_at = v.superseded_at
      and superseded.state = 'processed'
    where v.insurer_id = ${insurerId} and recorded.submission_id = v.submission_id
    order by recorded.reference, v.record_number, c.contract_number, v.version`;
  const submissions = await owner`
    select reference, state, accepted_count, accepted_with_warnings_count, unchanged_count, rejected_count
    from submission where insurer_id = ${insurerId} order by reference`;
  const told = await owner`
    select s.reference, r.record_number, r.outcome, jsonb_path_query_array(r.findings, '$[*].code') as codes
    from record_result r join submission s using (insurer_id, submission_id)
    where r.insurer_id = ${insurerId} order by 1, 2`;
  return [versions, submissions, told];
}
