import type { Sql, TransactionSql } from "../database/sql.ts";
import type { Language } from "../findings/language.ts";
import { type ClientName, lockClient } from "../identity/client-registry.ts";
import { type Actor, type RegistryChange, RegistryError } from "../identity/registry-error.ts";
import { isAccountName } from "./accounts.ts";

// What operators do to SFTP accounts; see identity/insurer-registry.ts for the transaction and the errors.

/** The gateway's own user at the server. */
const RESERVED_NAMES: readonly string[] = ["infoss-gateway", "root", "sshd"];

export interface AccountSettings {
  /** Whether each file needs a signature (FS). */
  readonly signatureRequired: boolean;
  /** Of the texts in its reports. */
  readonly language: Language;
}

/** Opens the one SFTP account of a client. Its keys are the client's SSH keys. */
export async function openAccount(
  tx: TransactionSql,
  actor: Actor,
  account: ClientName & AccountSettings & { accountName: string },
): Promise<RegistryChange> {
  const { clientId, accountName, signatureRequired, language } = account;
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
    insert into sftp_account (account_name, client_id, signature_required, language, opened_at)
    values (${accountName}, ${clientId}, ${signatureRequired}, ${language}, now()) on conflict do nothing`;
  if (count === 0) {
    throw new RegistryError("accountExists", `Client ${clientId} has an account, or the name is another client's.`);
  }
  return { act: "accountOpened", actor, clientId, details: describe(accountName, account) };
}

/** Opens the account of a client, or changes what is agreed about the one of that name. */
export async function putAccount(
  tx: TransactionSql,
  actor: Actor,
  account: ClientName & AccountSettings & { accountName: string },
): Promise<RegistryChange> {
  await lockClient(tx, account.clientId);
  if (!isAccountName(account.accountName)) return await openAccount(tx, actor, account);
  const [known] = await tx`
    select from sftp_account where client_id = ${account.clientId} and account_name = ${account.accountName}`;
  return known ? await changeAccount(tx, actor, account) : await openAccount(tx, actor, account);
}

/** Changes what is agreed about an account, from the next file on. */
export async function changeAccount(
  tx: TransactionSql,
  actor: Actor,
  { clientId, signatureRequired, language }: ClientName & AccountSettings,
): Promise<RegistryChange> {
  await lockClient(tx, clientId);
  const [row] = await tx<{ accountName: string }[]>`
    update sftp_account set signature_required = ${signatureRequired}, language = ${language}
    where client_id = ${clientId} returning account_name as "accountName"`;
  if (!row) throw accountNotFound(clientId);
  const details = describe(row.accountName, { signatureRequired, language });
  return { act: "accountChanged", actor, clientId, details };
}

function describe(accountName: string, { signatureRequired, language }: AccountSettings) {
  return { accountName, signatureRequired: String(signatureRequired), language };
}

/** An account as operators see it. */
export interface AccountRow extends AccountSettings {
  readonly accountName: string;
  readonly clientId: string;
  readonly openedAt: Date;
}

/** `sql` runs as the institute's role. */
export async function listAccounts(sql: Sql, clientId?: string): Promise<AccountRow[]> {
  return await sql<AccountRow[]>`
    select account_name as "accountName", client_id as "clientId", signature_required as "signatureRequired",
      language, opened_at as "openedAt"
    from sftp_account where ${clientId ?? null}::text is null or client_id = ${clientId ?? null} order by account_name`;
}

/** Throws `RegistryError`. */
export async function getAccount(sql: Sql, clientId: string): Promise<AccountRow> {
  const [account] = await listAccounts(sql, clientId);
  if (!account) throw accountNotFound(clientId);
  return account;
}

function accountNotFound(clientId: string): RegistryError {
  return new RegistryError("accountNotFound", `Client ${clientId} has no SFTP account.`);
}
