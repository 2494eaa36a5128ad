import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import { BLOCK_RECORDS } from "./record-results.ts";
import type { RecordCounts, RecordResult } from "./submission.ts";

/** Writes the outcome of every staged record, once the merge has decided it, and counts them. */
export async function insertRecordOutcomes(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
): Promise<RecordCounts> {
  const outcome = tx`case when blocked then 'rejected' when unchanged then 'unchanged'
    when findings is not null then 'acceptedWithWarnings' else 'accepted' end`;
  // Sent together: the server runs them one after the other.
  const told = tx`
    insert into record_result (insurer_id, submission_id, record_number, sender_reference, outcome, findings, byte_offset, byte_length)
    select ${insurerId}::int, ${submissionId}::uuid, record_number, sender_reference, ${outcome}, findings, byte_offset, byte_length
    from staged where findings is not null`;
  const quiet = tx`
    insert into quiet_result_block (insurer_id, submission_id, outcome, block_number, record_count, record_numbers, sender_references)
    select ${insurerId}::int, ${submissionId}::uuid, ${outcome}, record_number / ${BLOCK_RECORDS}::int, count(*),
      array_agg(record_number order by record_number), array_agg(sender_reference order by record_number)
    from staged where findings is null group by 3, 4`;
  const counted = tx<RecordCounts[]>`
    select count(*) as received, count(*) filter (where outcome = 'accepted') as accepted,
      count(*) filter (where outcome = 'acceptedWithWarnings') as "acceptedWithWarnings",
      count(*) filter (where outcome = 'unchanged') as unchanged, count(*) filter (where outcome = 'rejected') as rejected
    from (select ${outcome} as outcome from staged) outcomes`;
  const [, , [counts]] = await Promise.all([told, quiet, counted]);
  return counts!;
}

/** The same for the one record of a call, of which the caller knows what became: a query, to be sent with others. */
export function composeOutcomeAlone(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
  { senderReference, outcome, findings }: Pick<RecordResult, "senderReference" | "outcome" | "findings">,
): PendingQuery<Row[]> {
  return findings.length > 0
    ? tx`
      insert into record_result (insurer_id, submission_id, record_number, sender_reference, outcome, findings, byte_offset, byte_length)
      values (${insurerId}, ${submissionId}, 1, ${senderReference ?? null}, ${outcome}, ${tx.json(findings as never)}, 0, 0)`
    : tx`
      insert into quiet_result_block (insurer_id, submission_id, outcome, block_number, record_count, record_numbers, sender_references)
      values (${insurerId}, ${submissionId}, ${outcome}, 0, 1, array[1], array[${senderReference ?? null}::text])`;
}
