import type { TransactionSql } from "../database/sql.ts";
import { parseEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import { type Actor, RegistryError } from "../identity/registry-error.ts";
import type { OperatorChange } from "../operator/operator-change.ts";
import { endSpace } from "./make-space.ts";

/** An operator ends the account whose space that is, at once and for good. Throws RegistryError. */
export async function endAccountOf(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber }: { readonly enterpriseNumber: string },
): Promise<OperatorChange> {
  const number = parseEnterpriseNumber(enterpriseNumber) ?? "";
  const [found] = await tx<{ accountId: string; clientId: string; insurerId: number }[]>`
    select a.account_id as "accountId", a.client_id as "clientId", s.insurer_id as "insurerId"
    from space s join space_account a using (account_id) join insurer i using (insurer_id)
    where i.enterprise_number = ${number} and s.ended_at is null and a.ended_at is null for no key update of a`;
  if (!found) throw new RegistryError("insurerNotFound", "No space that lives has that enterprise number.");
  const { clientId, insurerId } = found;
  await endAccount(tx, found);
  return { act: "spaceEnded", actor, insurerId, clientId, details: { enterpriseNumber: number } };
}

/** Its client is answered that its space has ended, whatever it asks; its key may be admitted again. */
export async function endAccount(
  tx: TransactionSql,
  { accountId, clientId, insurerId }: { accountId: string; clientId: string; insurerId: number | null },
): Promise<void> {
  if (insurerId !== null) await endSpace(tx, clientId, insurerId);
  await tx`update space_account set ended_at = clock_timestamp() where account_id = ${accountId} and ended_at is null`;
}
