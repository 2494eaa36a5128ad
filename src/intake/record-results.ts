import type { Tenant } from "../database/tenant-scope.ts";
import type { RecordOutcome, RecordResult } from "./submission.ts";

/** Record numbers of one block of quiet results; see `quietResultBlock`. */
export const BLOCK_RECORDS = 1_000;
const REPORT_PAGE_RECORDS = 500;

export interface RecordResultPage {
  readonly outcomes: readonly RecordOutcome[];
  /** 0 for the first page. */
  readonly afterRecordNumber: number;
  readonly limit: number;
}

/** Outcomes in the order of the records: quiet ones (kept in blocks) and telling ones merged. */
export async function listRecordResults(
  tenant: Tenant,
  submissionId: string,
  page: RecordResultPage,
): Promise<RecordResult[]> {
  const { afterRecordNumber: after, limit } = page;
  const rows = await tenant.run((tx) => {
    const ofSubmission = tx`insurer_id = ${tenant.insurerId} and submission_id = ${submissionId} and outcome = any(${[...page.outcomes]})`;
    // Blocks are opened only as far as the page reaches: up to `limit` records behind the block in which `after` lies.
    return tx<(Omit<RecordResult, "senderReference"> & { senderReference: string | null })[]>`
    select record_number as "recordNumber", sender_reference as "senderReference", outcome, findings from (
      (select record_number, sender_reference, outcome, findings from record_result
       where ${ofSubmission} and record_number > ${after} order by record_number limit ${limit})
      union all
      select quiet.record_number, quiet.sender_reference, block.outcome, '[]'::jsonb
      from (select outcome, record_numbers, sender_references,
              sum(record_count) filter (where block_number > ${blockOf(after)})
                over (order by block_number groups between unbounded preceding and 1 preceding) as ahead
            from quiet_result_block where ${ofSubmission} and block_number >= ${blockOf(after)}
            order by block_number, outcome limit ${limit + 4}) block,
        unnest(block.record_numbers, block.sender_references) as quiet (record_number, sender_reference)
      where coalesce(block.ahead, 0) <= ${limit} and quiet.record_number > ${after}
    ) results
    order by record_number limit ${limit}`;
  });
  return rows.map(({ senderReference, ...row }) => ({ ...row, ...(senderReference !== null && { senderReference }) }));
}

export function blockOf(recordNumber: number): number {
  return Math.floor(recordNumber / BLOCK_RECORDS);
}

/** The records that are not plainly accepted, in order, page by page: what a report lists. */
export async function* iterateReportRecords(tenant: Tenant, submissionId: string): AsyncGenerator<RecordResult[]> {
  const outcomes = ["acceptedWithWarnings", "unchanged", "rejected"] as const;
  for (let afterRecordNumber = 0; ; ) {
    const page = await listRecordResults(tenant, submissionId, {
      outcomes,
      afterRecordNumber,
      limit: REPORT_PAGE_RECORDS,
    });
    if (page.length === 0) return;
    yield page;
    afterRecordNumber = page.at(-1)!.recordNumber;
  }
}
