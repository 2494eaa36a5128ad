import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Database } from "../database/connection.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { TransactionSql } from "../database/sql.ts";
import { setTenant } from "../database/tenant-scope.ts";
import type { Actor } from "../identity/registry-error.ts";
import { countAffected } from "../intake/recheck-contracts.ts";
import { loadProviders, stageProviders } from "../register/load-register.ts";
import type { OperatorChange } from "./operator-change.ts";

/** Loads the register of providers from a CSV file, all rows or none. Throws RegisterFileError. */
export async function loadRegisterFile(
  tx: TransactionSql,
  actor: Actor,
  { path, isFull }: { path: string; isFull: boolean },
): Promise<OperatorChange> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const effect = await loadProviders(tx, path, isFull);
  return { act: "registerLoaded", actor, details: { ...effect, sha256: hash.digest("hex") } };
}

/** What loading the file would do: rows by what becomes of them, and contracts affected, by insurer. Writes nothing. */
export async function previewRegisterFile(
  database: Database,
  path: string,
  isFull: boolean,
): Promise<{ readonly what: string; readonly count: number }[]> {
  const insurers = await database.institute<{ insurerId: number; enterpriseNumber: string }[]>`
    select insurer_id as "insurerId", enterprise_number as "enterpriseNumber" from insurer order by enterprise_number`;
  return await runTransaction(database.transactions, async (tx) => {
    const effect = await stageProviders(tx, path, isFull);
    const counts = Object.entries(effect).map(([what, count]) => ({ what, count: Number(count) }));
    for (const { insurerId, enterpriseNumber } of insurers) {
      await setTenant(tx, insurerId);
      const count = await countAffected(tx, insurerId);
      if (count > 0) counts.push({ what: `contracts of ${enterpriseNumber}`, count });
    }
    return counts;
  });
}
