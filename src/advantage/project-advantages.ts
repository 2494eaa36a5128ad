import type { TransactionSql } from "../database/sql.ts";
import type { MoveRun } from "./move-run.ts";

/** Called in the transaction of every move of dossiers, behind it: makes what insurers may see of them anew. */
export async function projectAdvantages(
  _tx: TransactionSql,
  _run: MoveRun,
  _personIds: readonly string[],
): Promise<void> {}
