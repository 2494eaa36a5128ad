import { createHash } from "node:crypto";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { parseIban } from "../identifiers/iban.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";
import { readCsv, wrongLine } from "./read-csv.ts";

const COLUMNS = ["ssin", "iban"] as const;

export interface ProviderIbanProposal {
  readonly proposalId: string;
  readonly state: string;
  readonly accounts: number;
  readonly proposedAt: Date;
  readonly proposedBy: string;
  readonly decidedBy: string | null;
}

/** Files of providers' own accounts, newest first. */
export async function listProviderIbans(sql: Sql, limit: number): Promise<ProviderIbanProposal[]> {
  return await sql<ProviderIbanProposal[]>`
    select proposal_id as "proposalId", min(state) as state, count(*)::int as accounts, min(proposed_at) as "proposedAt",
      min(proposed_by) as "proposedBy", min(decided_by) as "decidedBy"
    from provider_iban group by proposal_id order by proposal_id desc limit ${limit}`;
}

/**
 * Proposes own accounts of providers, from CSV with the header `ssin,iban`: all rows or none. Nothing is paid to them
 * before another operator confirms the file. Throws OperatorError, which names lines and quotes nothing.
 */
export async function proposeProviderIbans(
  tx: TransactionSql,
  actor: Actor,
  { text }: { text: string },
): Promise<OperatorChange & { readonly proposalId: string }> {
  const rows = readRows(text);
  const found = await tx<{ ssin: string; personId: string }[]>`
    select ssin, person_id as "personId" from person_ssin where ssin = any(${rows.map(({ ssin }) => ssin)})`;
  const personOf = new Map(found.map(({ ssin, personId }) => [ssin, personId]));
  const byPerson = new Map<string, string>();
  for (const { ssin, iban, line } of rows) {
    const personId = personOf.get(ssin);
    if (personId === undefined) throw wrongLine(line, "nobody with this SSIN is known");
    if (byPerson.has(personId)) throw wrongLine(line, "an earlier line names an account of the same person");
    byPerson.set(personId, iban);
  }
  const accounts = [...byPerson].map(([personId, iban]) => ({ personId, iban }));
  const [made] = await tx<{ proposalId: string }[]>`select uuidv7() as "proposalId"`;
  const { proposalId } = made!;
  await tx`
    insert into provider_iban (proposal_id, person_id, iban, state, proposed_at, proposed_by)
    select ${proposalId}, "personId", iban, 'proposed', clock_timestamp(), ${nameActor(actor)}
    from jsonb_to_recordset(${tx.json(accounts)}) as r ("personId" uuid, iban text)`;
  const sha256 = createHash("sha256").update(text).digest("hex");
  const details = { proposalId, accounts: accounts.length, sha256 };
  return { act: "providerIbansProposed", actor, details, proposalId };
}

/** Confirms a file, as another operator than the one who proposed it, or rejects it. Throws OperatorError. */
export async function decideProviderIbans(
  tx: TransactionSql,
  actor: Actor,
  { proposalId, state }: { proposalId: string; state: "confirmed" | "rejected" },
): Promise<OperatorChange> {
  const [row] = await tx<{ proposedBy: string }[]>`
    select proposed_by as "proposedBy" from provider_iban
    where proposal_id::text = ${proposalId} and state = 'proposed' limit 1 for update`;
  if (!row)
    throw new OperatorError("ibanNotFound", "There is no file of accounts by that id that waits for a decision.");
  if (state === "confirmed" && row.proposedBy === nameActor(actor)) {
    throw new OperatorError("sameOperator", "Who proposed the accounts cannot confirm them: another operator must.");
  }
  const { count } = await tx`
    update provider_iban set state = ${state}, decided_at = clock_timestamp(), decided_by = ${nameActor(actor)}
    where proposal_id = ${proposalId} and state = 'proposed'`;
  const act = state === "confirmed" ? "providerIbansConfirmed" : "providerIbansRejected";
  return { act, actor, details: { proposalId, accounts: count } };
}

function readRows(text: string) {
  return readCsv(text, COLUMNS).map(({ cells: [ssin = "", written = ""], line }) => {
    const iban = parseIban(written);
    if (!/^\d{11}$/.test(ssin)) throw wrongLine(line, "ssin has another form than expected");
    if (iban === undefined) throw wrongLine(line, "iban is none: its form or check digits are wrong");
    return { ssin, iban, line };
  });
}
