import type { Sql } from "../database/sql.ts";
import type { DevelopmentCertificates } from "../identity/development-certificates.ts";
import type { Actor, RegistryChange } from "../identity/registry-error.ts";
import { openAccount } from "./account-registry.ts";

const ACTOR: Actor = { account: "development" };
/** Any number that nothing else locks: processes that start together open accounts one after the other. */
const SEED_LOCK = 7_249_003;

/** Opens an SFTP account for each development client that has an SSH key, under the client's id, unless it has one. */
export async function openDevelopmentAccounts(
  institute: Sql,
  { clients }: DevelopmentCertificates,
): Promise<RegistryChange[]> {
  return institute.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${SEED_LOCK})`;
    const changes: RegistryChange[] = [];
    for (const { clientId, sshKeyFile } of clients) {
      if (!sshKeyFile) continue;
      const [known] = await tx`select from sftp_account where client_id = ${clientId}`;
      if (known) continue;
      changes.push(
        await openAccount(tx, ACTOR, { clientId, accountName: clientId, signatureRequired: false, language: "fr" }),
      );
    }
    return changes;
  });
}
