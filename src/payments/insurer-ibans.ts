import type { Sql, TransactionSql } from "../database/sql.ts";
import { type Iban, parseIban } from "../identifiers/iban.ts";
import { lockInsurerByNumber } from "../identity/insurer-registry.ts";
import type { Actor } from "../identity/registry-error.ts";
import { insertNotices } from "../operator/notices.ts";
import { type OperatorChange, OperatorError } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";
import type { IbanState } from "./payment-states.ts";

export interface InsurerIban {
  readonly proposalId: string;
  readonly enterpriseNumber: string;
  readonly iban: Iban;
  readonly state: IbanState;
  readonly proposedAt: Date;
  readonly proposedBy: string;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
}

export interface IbanChange extends OperatorChange {
  readonly proposalId: string;
}

/** Newest first; the confirmed one that comes first holds. */
export async function listInsurerIbans(sql: Sql, enterpriseNumber?: string): Promise<InsurerIban[]> {
  return await sql<InsurerIban[]>`
    select proposal_id as "proposalId", enterprise_number as "enterpriseNumber", iban, state, proposed_at as "proposedAt",
      proposed_by as "proposedBy", decided_at as "decidedAt", decided_by as "decidedBy"
    from insurer_iban join insurer using (insurer_id)
    where ${enterpriseNumber ?? null}::text is null or enterprise_number = ${enterpriseNumber ?? null}
    order by enterprise_number, coalesce(decided_at, 'infinity') desc, proposal_id desc`;
}

/** The first of two operators: nothing is paid to the account before another one confirms it. */
export async function proposeIban(
  tx: TransactionSql,
  actor: Actor,
  { enterpriseNumber, iban: text }: { enterpriseNumber: string; iban: string },
): Promise<IbanChange> {
  const { insurerId } = await lockInsurerByNumber(tx, enterpriseNumber);
  const iban = parseIban(text);
  if (iban === undefined)
    throw new OperatorError("invalidIban", "This is no IBAN: its form or check digits are wrong.");
  const [row] = await tx<{ proposalId: string }[]>`
    insert into insurer_iban (insurer_id, iban, state, proposed_at, proposed_by)
    values (${insurerId}, ${iban}, 'proposed', clock_timestamp(), ${nameActor(actor)})
    on conflict (insurer_id) where state = 'proposed' do nothing returning proposal_id as "proposalId"`;
  if (!row) throw new OperatorError("ibanProposed", "Another account is proposed: confirm or reject it first.");
  const { proposalId } = row;
  const details = { enterpriseNumber, proposalId, iban: maskIban(iban) };
  return { act: "ibanProposed", actor, insurerId, details, proposalId };
}

/**
 * The other operator. From the next run on is paid to the account; a run that was made keeps the one before. The insurer
 * is told. Throws OperatorError for whoever proposed it.
 */
export async function confirmIban(
  tx: TransactionSql,
  actor: Actor,
  { proposalId }: { proposalId: string },
): Promise<IbanChange> {
  const { insurerId, iban, proposedBy } = await lockProposal(tx, proposalId);
  if (proposedBy === nameActor(actor)) {
    throw new OperatorError("sameOperator", "Who proposed the account cannot confirm it: another operator must.");
  }
  await decide(tx, actor, proposalId, "confirmed");
  const subject = maskIban(iban);
  await insertNotices(tx, [insurerId], { kind: "ibanChanged", details: { subject } });
  return { act: "ibanConfirmed", actor, insurerId, details: { proposalId, iban: subject }, proposalId };
}

/** Either of them. */
export async function rejectIban(
  tx: TransactionSql,
  actor: Actor,
  { proposalId }: { proposalId: string },
): Promise<IbanChange> {
  const { insurerId, iban } = await lockProposal(tx, proposalId);
  await decide(tx, actor, proposalId, "rejected");
  return { act: "ibanRejected", actor, insurerId, details: { proposalId, iban: maskIban(iban) }, proposalId };
}

/** Country, check digits and the last four characters: enough to know one's own account by. */
export function maskIban(iban: Iban): string {
  return `${iban.slice(0, 4)} … ${iban.slice(-4)}`;
}

async function lockProposal(tx: TransactionSql, proposalId: string) {
  const [row] = await tx<{ insurerId: number; iban: Iban; proposedBy: string }[]>`
    select insurer_id as "insurerId", iban, proposed_by as "proposedBy" from insurer_iban
    where proposal_id::text = ${proposalId} and state = 'proposed' for update`;
  if (!row)
    throw new OperatorError("ibanNotFound", "There is no account proposed by that id that waits for a decision.");
  return row;
}

async function decide(
  tx: TransactionSql,
  actor: Actor,
  proposalId: string,
  state: "confirmed" | "rejected",
): Promise<void> {
  await tx`
    update insurer_iban set state = ${state}, decided_at = clock_timestamp(), decided_by = ${nameActor(actor)}
    where proposal_id = ${proposalId}`;
}
