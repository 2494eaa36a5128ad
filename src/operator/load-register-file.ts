import { createHash, type Hash } from "node:crypto";
import type { Database } from "../database/connection.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { TransactionSql } from "../database/sql.ts";
import { setTenant } from "../database/tenant-scope.ts";
import type { Actor } from "../identity/registry-error.ts";
import { countAffected } from "../intake/recheck-contracts.ts";
import type { RegisterEffect } from "../register/apply-register.ts";
import { compareProviders, loadProviders } from "../register/load-register.ts";
import { describeTrouble, RegisterFileError } from "../register/register-file-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

export interface RegisterFile {
  /** CSV; read once, in pieces. */
  readonly body: AsyncIterable<Buffer>;
  readonly isFull: boolean;
}

/** What loading a register file did. */
export interface RegisterLoaded extends OperatorChange {
  readonly effect: RegisterEffect;
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** Loads the register of providers from a CSV file, all rows or none. Throws OperatorError: `registerFileRefused`. */
export async function loadRegisterFile(
  tx: TransactionSql,
  actor: Actor,
  { body, isFull }: RegisterFile,
): Promise<RegisterLoaded> {
  const hash = createHash("sha256");
  const effect = await loadProviders(tx, hashed(body, hash), isFull).catch(refuse);
  const sha256 = hash.digest("hex");
  return { act: "registerLoaded", actor, details: { ...effect, sha256 }, effect, sha256 };
}

/** What loading a register file would do. */
export interface RegisterPreview extends Pick<RegisterLoaded, "effect" | "sha256"> {
  /** Contracts about which the register would say something else, of insurers that have any. */
  readonly affected: readonly { readonly enterpriseNumber: string; readonly contracts: number }[];
}

/** What loading the file would do. Writes nothing. Throws OperatorError: `registerFileRefused`. */
export async function previewRegisterFile(
  database: Database,
  { body, isFull }: RegisterFile,
): Promise<RegisterPreview> {
  const insurers = await database.institute<{ insurerId: number; enterpriseNumber: string }[]>`
    select insurer_id as "insurerId", enterprise_number as "enterpriseNumber" from insurer order by enterprise_number`;
  return await runTransaction(database.transactions, async (tx) => {
    const hash = createHash("sha256");
    const effect = await compareProviders(tx, hashed(body, hash), isFull).catch(refuse);
    const affected: { enterpriseNumber: string; contracts: number }[] = [];
    for (const { insurerId, enterpriseNumber } of insurers) {
      await setTenant(tx, insurerId);
      const contracts = await countAffected(tx, insurerId);
      if (contracts > 0) affected.push({ enterpriseNumber, contracts });
    }
    return { effect, sha256: hash.digest("hex"), affected };
  });
}

async function* hashed(body: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

export function registerFileRefused({ summary, troubles }: RegisterFileError): OperatorError {
  const faults = troubles.map((trouble) => ({ name: trouble.column, detail: describeTrouble(trouble) }));
  return new OperatorError("registerFileRefused", summary, faults);
}

function refuse(error: unknown): never {
  throw error instanceof RegisterFileError ? registerFileRefused(error) : error;
}
