import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

/** A file in IN that could not be taken. Its name is all that is known of it. */
export interface SetAsideDrop {
  readonly accountName: string;
  readonly name: string;
  /** A code of the SFTP server's answer, `processingFailed`, or `processEnded`: the process ended with each attempt. */
  readonly trouble: string;
  readonly attempts: number;
  readonly firstSeenAt: Date;
}

/** Oldest first. */
export async function listSetAside(sql: Sql, limit: number): Promise<SetAsideDrop[]> {
  return await sql<SetAsideDrop[]>`
    select account_name as "accountName", name, trouble, attempts, first_seen_at as "firstSeenAt" from exchange_drop
    where state = 'quarantined' order by first_seen_at, account_name, name limit ${limit}`;
}

/** Has a file that was set aside taken in the next round, with all its attempts before it. */
export async function replayDrop(
  tx: TransactionSql,
  actor: Actor,
  { accountName, name }: { accountName: string; name: string },
): Promise<OperatorChange> {
  const { count } = await tx`
    update exchange_drop set state = 'waiting', attempts = 0, retry_at = null
    where account_name = ${accountName} and name = ${name} and state = 'quarantined'`;
  if (count === 0) throw new OperatorError("dropNotFound", "No file of that account and name was set aside.");
  return { act: "dropReplayed", actor, details: { accountName, name } };
}
