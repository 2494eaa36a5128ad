import type { Sql, TransactionSql } from "../database/sql.ts";
import { type ClientName, lockClient } from "../identity/client-registry.ts";
import { type Actor, type RegistryChange, RegistryError } from "../identity/registry-error.ts";
import { isAccountName } from "./accounts.ts";

// What operators do to SFTP accounts; see identity/insurer-registry.ts for the transaction and the errors.

/** The gateway's own user at the server. */
const RESERVED_NAMES: readonly string[] = ["infoss-gateway", "root", "sshd"];

/** Opens the one SFTP account of a client. Its keys are the client's SSH keys. */
export async function openAccount(
  tx: TransactionSql,
  actor: Actor,
  account: ClientName & { accountName: string; signatureRequired: boolean },
): Promise<RegistryChange> {
  const { clientId, accountName, signatureRequired } = account;
  const { kind } = await lockClient(tx, clientId);
  if (kind === "operator") {
    throw new RegistryError("invalidScope", "Operators exchange no files: their clients get no account.");
  }
  if (!isAccountName(accountName) || RESERVED_NAMES.includes(accountName)) {
    throw new RegistryError(
      "invalidAccountName",
      "An account's name has 1 to 32 lower-case letters, digits and hyphens, the first no hyphen; the gateway's own is taken.",
    );
  }
  const { count } = await tx`
    insert into sftp_account (account_name, client_id, signature_required, opened_at)
    values (${accountName}, ${clientId}, ${signatureRequired}, now()) on conflict do nothing`;
  if (count === 0) {
    throw new RegistryError("accountExists", `Client ${clientId} has an account, or the name is another client's.`);
  }
  return {
    act: "accountOpened",
    actor,
    clientId,
    details: { accountName, signatureRequired: String(signatureRequired) },
  };
}

/** Sets whether the account's files need a signature, from the next file on. */
export async function setSignatureRequired(
  tx: TransactionSql,
  actor: Actor,
  { clientId, signatureRequired }: ClientName & { signatureRequired: boolean },
): Promise<RegistryChange> {
  await lockClient(tx, clientId);
  const [row] = await tx<{ accountName: string }[]>`
    update sftp_account set signature_required = ${signatureRequired} where client_id = ${clientId}
    returning account_name as "accountName"`;
  if (!row) throw new RegistryError("accountNotFound", `Client ${clientId} has no SFTP account.`);
  const details = { accountName: row.accountName, signatureRequired: String(signatureRequired) };
  return { act: "accountSignatureSet", actor, clientId, details };
}

/** An account as operators see it. */
export interface AccountRow {
  readonly accountName: string;
  readonly clientId: string;
  readonly signatureRequired: boolean;
  readonly openedAt: Date;
}

/** `sql` runs as the institute's role. */
export async function listAccounts(sql: Sql, clientId?: string): Promise<AccountRow[]> {
  return await sql<AccountRow[]>`
    select account_name as "accountName", client_id as "clientId", signature_required as "signatureRequired",
      opened_at as "openedAt"
    from sftp_account where ${clientId ?? null}::text is null or client_id = ${clientId ?? null} order by account_name`;
}
