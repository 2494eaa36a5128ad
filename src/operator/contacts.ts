import type { TransactionSql } from "../database/sql.ts";
import { lockInsurerByNumber, removeContact } from "../identity/insurer-registry.ts";
import { type Actor, RegistryError } from "../identity/registry-error.ts";
import type { OperatorChange } from "./operator-change.ts";

/** Removes the contact that `listContacts` calls by this id. */
export async function removeContactById(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber, contactId }: { enterpriseNumber: string; contactId: string },
): Promise<OperatorChange> {
  const { insurerId } = await lockInsurerByNumber(tx, enterpriseNumber);
  const [contact] = /^[0-9a-f]{64}$/.test(contactId)
    ? await tx<{ email: string }[]>`
        select email from insurer_contact
        where insurer_id = ${insurerId} and sha256(convert_to(email, 'UTF8')) = decode(${contactId}, 'hex')`
    : [];
  if (!contact) throw new RegistryError("contactNotFound", "The insurer has no such contact.");
  return await removeContact(tx, actor, { enterpriseNumber, email: contact.email });
}
