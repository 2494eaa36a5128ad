import type { Sql } from "../database/sql.ts";
import type { SubmissionState } from "./submission.ts";

/** Counts over all insurers, for whoever watches the service; `sql` is the institute's. */
export async function countSubmissions(sql: Sql) {
  const rows = await sql<{ state: SubmissionState; count: number; oldestSeconds: number }[]>`
    select state, count(*) as count,
      extract(epoch from statement_timestamp() - min(received_at))::float8 as "oldestSeconds"
    from submission group by state`;
  const byState: Partial<Record<SubmissionState, number>> = {};
  for (const { state, count } of rows) byState[state] = count;
  const received = rows.find(({ state }) => state === "received");
  return { byState, waiting: received?.count ?? 0, oldestWaitingSeconds: received?.oldestSeconds ?? 0 };
}
