import type { TransactionSql } from "../database/sql.ts";
import type { ReportFault } from "./chain-fault.ts";
import type { StoredSeal } from "./stored-chain.ts";

/** Rows that no seal protects yet. */
export interface UnsealedTail {
  readonly count: number;
  /** Absent when there are none. */
  readonly oldestAgeMs?: number;
}

const ROWS_A_PAGE = 500;

/** Counts the unsealed rows and reports those that the sealer will never come to, because it has passed them. */
export async function verifyTail(
  tx: TransactionSql,
  heads: readonly StoredSeal[],
  report: ReportFault,
): Promise<UnsealedTail> {
  // On another server than where the seals were made, numbers of transactions say nothing until the sealer has run.
  const passed = tx`
    (select e.event_id, e.chain_id, e.at, coalesce(e.transaction_id < head.sealed_below
        and head.sealed_below <= pg_snapshot_xmin(pg_current_snapshot()), false) as passed
     from audit_event e
       left join (select chain_id, sealed_below::xid8 from unnest(${heads.map(({ chainId }) => chainId)}::int[],
         ${heads.map(({ sealedBelow }) => String(sealedBelow))}::text[]) as h (chain_id, sealed_below)) head using (chain_id)
     where not exists (select from audit_sealed_event s where s.event_id = e.event_id))`;
  const [tail] = await tx<{ count: number; passed: number; oldestAge: number | null }[]>`
    select count(*) as count, count(*) filter (where passed) as passed,
      extract(epoch from now() - min(at))::float8 as "oldestAge" from ${passed} unsealed`;
  for (let left = tail!.passed, after = "00000000-0000-0000-0000-000000000000"; left > 0; ) {
    const rows = await tx<{ eventId: string; chainId: number }[]>`
      select event_id as "eventId", chain_id as "chainId" from ${passed} unsealed
      where passed and event_id > ${after} order by event_id limit ${ROWS_A_PAGE}`;
    if (rows.length === 0) break;
    for (const { eventId, chainId } of rows) report({ code: "eventPassedOver", chainId, eventId });
    left -= rows.length;
    after = rows.at(-1)!.eventId;
  }
  const { count, oldestAge } = tail!;
  return { count, ...(oldestAge !== null && { oldestAgeMs: Math.round(oldestAge * 1000) }) };
}
