import type { TransactionSql } from "../../database/sql.ts";
import type { Actor } from "../../identity/registry-error.ts";
import { loadFactFile } from "../../operator/facts.ts";
import { loadRegisterFile } from "../../operator/load-register-file.ts";
import type { OperatorChange } from "../../operator/operator-change.ts";
import { listChangesOfNumbersWithoutPersons, markPersonsMade } from "../../register/register-changes.ts";
import { renewPersons } from "./renew-persons.ts";

/** A file that operators could load as well: a register (CSV) or facts (a JSON object a line). */
export interface HolderFile {
  readonly name: string;
  readonly text: string;
}

/** Invented holders, with all that is known of them. */
export interface Holders {
  /** First eight digits of all their numbers. */
  readonly roots: readonly string[];
  /** CSV. */
  readonly register: string;
  readonly facts: HolderFile;
  /** The business day. */
  readonly today: string;
  /** Those who had the numbers before give way to new persons. */
  readonly areNew: boolean;
}

/** Puts holders in the register and what is known of them among the facts, without a look at anybody else. */
export async function loadHolders(
  tx: TransactionSql,
  actor: Actor,
  { roots, register, facts, today, areNew }: Holders,
): Promise<OperatorChange[]> {
  const registered = await loadRegisterFile(tx, actor, { body: bytesOf(register), isFull: false });
  if (areNew) await renewPersons(tx, roots);
  const { name, text } = facts;
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from fact_file where name = ${name}`;
  // The same bytes would be taken for the same file: each time they are there once more, an empty line more stands behind.
  const body = bytesOf(text + "\n".repeat(row!.count));
  const upload = { name, body, businessDate: today, amountsAreCents: true, only: roots };
  const loaded = await loadFactFile(tx, actor, upload);
  const { rejected } = loaded.receipt;
  if (rejected > 0) throw new Error(`${rejected} facts of ${name} were refused: fact_finding says why`);
  await markPersonsMade(tx, await listChangesOfNumbersWithoutPersons(tx, roots));
  return [registered, loaded];
}

export async function* bytesOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
