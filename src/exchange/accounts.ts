import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Language } from "../findings/language.ts";
import type { InsurerPhase } from "../identity/identity-kinds.ts";
import type { AccountSource } from "./exchange.ts";

/** Whose folders: a client's that was not revoked. */
export interface SftpAccount {
  /** Also the name of the folder and of the user. */
  readonly accountName: string;
  readonly clientId: string;
  /** Whether the agreement asks for a signature (FS) of each file. */
  readonly signatureRequired: boolean;
  /** Of the texts in its reports. */
  readonly language: Language;
  /** The insurers it may act for today, by enterprise number; a suspended one only beside others. */
  readonly insurers: readonly AccountInsurer[];
}

export interface AccountInsurer {
  readonly insurerId: number;
  readonly enterpriseNumber: string;
  readonly phase: InsurerPhase;
}

/** Public keys that open the account, each as in an OpenSSH `.pub` file without its comment. */
export interface AccountKeys {
  readonly accountName: string;
  readonly publicKeys: readonly string[];
}

const OPEN_ACCOUNTS = `
  select a.account_name as "accountName", a.client_id as "clientId", a.signature_required as "signatureRequired",
    a.language, json_agg(json_build_object('insurerId', i.insurer_id, 'enterpriseNumber', i.enterprise_number, 'phase', i.phase)
      order by i.enterprise_number) as insurers
  from sftp_account a join client c using (client_id)
    join lateral (select distinct insurer_id from client_grant g
      where g.client_id = a.client_id and g.revoked_at is null and valid_from <= $1 and coalesce(valid_to >= $1, true)) g on true
    join insurer i using (insurer_id)
  where c.revoked_at is null
    and not exists (select from space_account s where s.client_id = a.client_id and least(s.expires_at, s.ended_at) <= now())
    and ($2::text is null or a.account_name = $2)
  group by a.account_name having bool_or(i.phase <> 'suspended') order by a.account_name`;

/** The accounts whose folders are served: client not revoked, at least one insurer of its grants not suspended. */
export async function listOpenAccounts(source: AccountSource, accountName?: string): Promise<SftpAccount[]> {
  return await source.database.plain.unsafe<SftpAccount[]>(OPEN_ACCOUNTS, [source.clock.today(), accountName ?? null]);
}

/** What is to be allowed at the server: open accounts alone, with their keys. An account without keys is listed. */
export async function listKeyFiles(source: AccountSource, accountName?: string): Promise<AccountKeys[]> {
  const accounts = await listOpenAccounts(source, accountName);
  const keys = await source.database.plain<{ clientId: string; publicKey: string }[]>`
    select client_id as "clientId", public_key as "publicKey" from client_ssh_key
    where revoked_at is null and client_id = any(${accounts.map(({ clientId }) => clientId)})
    order by client_id, registered_at, fingerprint`;
  const byClient = Map.groupBy(keys, ({ clientId }) => clientId);
  return accounts.map(({ accountName, clientId }) => ({
    accountName,
    publicKeys: (byClient.get(clientId) ?? []).map(({ publicKey }) => publicKey),
  }));
}

/** Who may log in, as it was at most ten seconds ago. */
export interface AccountDirectory {
  /** The account of that name if it is open and `publicKey` (blob of RFC 4253 section 6.6) is one of its keys. */
  findAccountByKey(accountName: string, publicKey: Buffer): Promise<AccountKeys | undefined>;
  /** Forgets what is remembered, for a process that just changed it. */
  forget(): void;
}

export interface AccountDirectoryOptions {
  readonly maximumAgeMs?: number;
}

const MAXIMUM_AGE_MS = 10_000;
const MAXIMUM_ACCOUNTS = 2_000;
const ACCOUNT_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Whether a text can be the name of an account: 1 to 32 lower-case letters, digits and hyphens. */
export function isAccountName(text: string): boolean {
  return ACCOUNT_NAME.test(text);
}

export function createAccountDirectory(source: AccountSource, options: AccountDirectoryOptions = {}): AccountDirectory {
  const known = new LRUCache<string, AccountKeys | typeof NOBODY>({
    max: MAXIMUM_ACCOUNTS,
    ttl: options.maximumAgeMs ?? MAXIMUM_AGE_MS,
    ignoreFetchAbort: true,
    fetchMethod: async (accountName) => (await listKeyFiles(source, accountName))[0] ?? NOBODY,
  });
  return {
    async findAccountByKey(accountName, publicKey) {
      if (!isAccountName(accountName)) return undefined;
      const account = await known.fetch(accountName);
      if (!account || account === NOBODY) return undefined;
      const wanted = digest(publicKey);
      const isOwn = account.publicKeys.some((line) =>
        digest(Buffer.from(line.split(" ")[1] ?? "", "base64")).equals(wanted),
      );
      return isOwn ? account : undefined;
    },
    forget: () => known.clear(),
  };
}

const NOBODY: AccountKeys = { accountName: "", publicKeys: [] };

function digest(blob: Buffer): Buffer {
  return createHash("sha256").update(blob).digest();
}
