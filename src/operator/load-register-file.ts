import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { loadProviders } from "../register/load-register.ts";
import type { OperatorChange } from "./operator-change.ts";

/** Loads the register of providers from a CSV file, all rows or none. Throws RegisterFileError. */
export async function loadRegisterFile(
  tx: TransactionSql,
  actor: Actor,
  { path }: { path: string },
): Promise<OperatorChange> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const rows = await loadProviders(tx, path);
  return { act: "registerLoaded", actor, details: { rows, sha256: hash.digest("hex") } };
}
