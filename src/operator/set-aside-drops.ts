import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "./operator-change.ts";

/** A file in IN that could not be taken. Its name is all that is known of it. */
export interface SetAsideDrop {
  /** Follows from account and name, and stands for them where names should not be seen. */
  readonly dropId: string;
  readonly accountName: string;
  readonly name: string;
  /** A code of the SFTP server's answer, `processingFailed`, or `processEnded`: the process ended with each attempt. */
  readonly trouble: string;
  readonly attempts: number;
  readonly firstSeenAt: Date;
}

const DROP_ID = "md5(account_name || '/' || name)::uuid";

export interface SetAsidePage {
  /** This one only. */
  readonly dropId?: string;
  /** Only drops that come after this one; no drop comes after one that is not set aside any more. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Oldest first. */
export async function listSetAside(sql: Sql, { dropId, after, limit }: SetAsidePage): Promise<SetAsideDrop[]> {
  return await sql<SetAsideDrop[]>`
    select ${sql.unsafe(DROP_ID)} as "dropId", account_name as "accountName", name, trouble, attempts,
      first_seen_at as "firstSeenAt"
    from exchange_drop
    where state = 'quarantined' ${dropId === undefined ? sql`` : sql`and ${sql.unsafe(DROP_ID)} = ${dropId}`}
      ${
        after === undefined
          ? sql``
          : sql`and (first_seen_at, account_name, name) > (
              select first_seen_at, account_name, name from exchange_drop where ${sql.unsafe(DROP_ID)} = ${after})`
      }
    order by first_seen_at, account_name, name limit ${limit}`;
}

/** Has a file that was set aside taken in the next round, with all its attempts before it. */
export async function replayDrop(
  tx: TransactionSql,
  actor: Actor,
  drop: { readonly accountName: string; readonly name: string } | { readonly dropId: string },
): Promise<OperatorChange> {
  const [replayed] = await tx<{ accountName: string; name: string }[]>`
    update exchange_drop set state = 'waiting', attempts = 0, retry_at = null
    where state = 'quarantined' and ${
      "dropId" in drop
        ? tx`${tx.unsafe(DROP_ID)} = ${drop.dropId}`
        : tx`account_name = ${drop.accountName} and name = ${drop.name}`
    }
    returning account_name as "accountName", name`;
  if (!replayed) throw dropNotFound();
  return { act: "dropReplayed", actor, details: { ...replayed } };
}

export function dropNotFound(): OperatorError {
  return new OperatorError("dropNotFound", "No file of that account and name was set aside.");
}
