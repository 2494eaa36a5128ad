import { type DossierMove, moveDossiers } from "../advantage/move-dossiers.ts";
import type { MoveRun } from "../advantage/move-run.ts";
import { projectAdvantages } from "../advantage/project-advantages.ts";
import { type ContractPayment, upsertContractPayments } from "../contracts/contract-payments.ts";
import type { TransactionSql } from "../database/sql.ts";

/** Dossiers moved by one statement. */
const BATCH = 5_000;

/**
 * Behind every change of what was executed or came back, for dossiers of one premium year: keeps what stands on their
 * contracts, ends the dossiers that are paid in full, and opens those again whose money came back. Whoever moved since
 * the run is left where it is: the next run pays or takes back the difference.
 */
export async function settleDossiers(tx: TransactionSql, moves: MoveRun, personIds: readonly string[]): Promise<void> {
  const { premiumYear } = moves.rules;
  for (let begin = 0; begin < personIds.length; begin += BATCH) {
    const part = personIds.slice(begin, begin + BATCH);
    await upsertContractPayments(tx, await sumContracts(tx, premiumYear, part));
    await finishDossiers(tx, moves, part);
    await reopenReturned(tx, moves, part);
    await projectAdvantages(tx, moves, part);
  }
}

/** Ends those of the dossiers that wait for money, have none under way and were paid exactly what they owe; answers how many. */
export async function finishDossiers(
  tx: TransactionSql,
  moves: MoveRun,
  personIds: readonly string[],
): Promise<number> {
  const { premiumYear } = moves.rules;
  const rows = await tx<{ personId: string; state: string }[]>`
    select d.person_id as "personId", d.state
    from dossier d
    cross join lateral (
      select coalesce(sum(m.amount_cents) filter (where m.state = 'executed'), 0) as paid,
        coalesce(sum(m.amount_cents) filter (where m.state = 'executed'
          and (m.insurer_id, m.contract_id) is not distinct from (d.linked_insurer_id, d.linked_contract_id)), 0) as linked,
        coalesce(bool_or(m.state in ('prepared', 'announced')), false) as under_way
      from (
        select insurer_id, contract_id, amount_cents, state from remittance_line l
        where l.person_id = d.person_id and l.premium_year = d.premium_year
        union all
        select null, null, amount_cents, state from provider_payment p
        where p.person_id = d.person_id and p.premium_year = d.premium_year) m) m
    cross join lateral (select case when d.outcome in ('socialAdvantage', 'conventionAdvantage')
      then coalesce(d.amount_cents, 0) else 0 end as cents) owed
    where d.premium_year = ${premiumYear} and d.person_id = any(${personIds as string[]}::uuid[])
      and d.state in ('toPay', 'recovery', 'supplement')
      and not m.under_way and m.paid = owed.cents and m.linked = owed.cents
    order by d.person_id`;
  await moveDossiers(
    tx,
    moves,
    rows.map(({ personId, state }): DossierMove => ({ personId, to: state === "toPay" ? "paid" : "settled" })),
  );
  return rows.length;
}

/** A paid dossier whose money came back waits for it as one that is paid too little. */
async function reopenReturned(tx: TransactionSql, moves: MoveRun, personIds: readonly string[]): Promise<void> {
  const { premiumYear } = moves.rules;
  const rows = await tx<{ personId: string }[]>`
    select d.person_id as "personId" from dossier d
    where d.premium_year = ${premiumYear} and d.person_id = any(${personIds as string[]}::uuid[]) and d.state = 'paid'
      and d.amount_cents > (
        select coalesce(sum(amount_cents), 0) from (
          select amount_cents from remittance_line l
          where l.person_id = d.person_id and l.premium_year = d.premium_year and l.state = 'executed'
          union all
          select amount_cents from provider_payment p
          where p.person_id = d.person_id and p.premium_year = d.premium_year and p.state = 'executed') paid)
    order by d.person_id`;
  const returned = rows.map(({ personId }): DossierMove => ({ personId, to: "supplement" }));
  await moveDossiers(tx, { ...moves, cause: "paymentReturned" }, returned);
}

async function sumContracts(tx: TransactionSql, premiumYear: number, personIds: readonly string[]) {
  return await tx<ContractPayment[]>`
    select insurer_id as "insurerId", contract_id as "contractId", premium_year as "premiumYear",
      coalesce(sum(amount_cents) filter (where state = 'executed'), 0)::int as "amountCents",
      max(greatest(executed_on, returned_on)) as "paidOn"
    from remittance_line
    where person_id = any(${personIds as string[]}::uuid[]) and premium_year = ${premiumYear} and executed_on is not null
    group by insurer_id, contract_id, premium_year`;
}
