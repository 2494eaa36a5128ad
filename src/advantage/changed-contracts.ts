import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";

/**
 * Of `contract_version v`: it was recorded for the insurer later than `after` (null: whenever), and dossiers and what is seen
 * of them may depend on it. They ask since when a contract is there and until when, never what it says, so a modification is
 * none, and most of what changes are modifications.
 */
export function isChangeSince(tx: TransactionSql, insurerId: number, after: Date | null): PendingQuery<Row[]> {
  return tx`v.insurer_id = ${insurerId} and v.recorded_at > ${after ?? new Date(0)} and v.action <> 'modify'`;
}

/** Those contracts, in the order of their ids. */
export async function listChangedContracts(
  tx: TransactionSql,
  insurerId: number,
  after: Date | null,
): Promise<readonly string[]> {
  const rows = await tx<{ contractId: string }[]>`
    select distinct contract_id as "contractId" from contract_version v
    where ${isChangeSince(tx, insurerId, after)} order by contract_id`;
  return rows.map(({ contractId }) => contractId);
}
