import type { TransactionSql } from "../database/sql.ts";
import type { InsurerPhase } from "./identity-kinds.ts";

/** The phase that an insurer, which exists, is in now; what is known of a caller's grants may be seconds old. */
export async function getPhase(tx: TransactionSql, insurerId: number): Promise<InsurerPhase> {
  const [insurer] = await tx<{ phase: InsurerPhase }[]>`select phase from insurer where insurer_id = ${insurerId}`;
  return insurer!.phase;
}
