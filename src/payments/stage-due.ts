import type { TransactionSql } from "../database/sql.ts";

/** Why money that is due is not paid now. */
export const OBSTACLES = ["noIban", "contractCancelled", "contractTransferred"] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** Any number that no other advisory lock of one number has. */
const PAYMENT_LOCK = 7_305_113;

/** One transaction at a time changes payments, until it commits. */
export async function lockPayments(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${PAYMENT_LOCK})`;
}

/** A space of validation: its persons, and the one insurer whose contracts of theirs are paid. */
export interface Payees {
  readonly insurerId: number;
  readonly personIds: readonly string[];
}

/**
 * Fills the transaction's table `payment_due`: for every dossier of the premium year and every contract (none: the
 * provider's own account) what it owes, what was paid, and the difference, which the next run pays or takes back. So a
 * recovery, a supplement, what came back and what was paid of a decision that changed meanwhile are all one case. A
 * dossier that is open, evaluated or contested waits, and so does one with money under way. Role `infoss_institute`.
 */
export async function stageDue(tx: TransactionSql, premiumYear: number, only?: Payees): Promise<void> {
  await stageConsidered(tx, premiumYear, only);
  await tx`
    create temporary table payment_due (
      person_id uuid not null, state text not null, insurer_id integer, contract_id uuid, owed_cents integer not null,
      paid_cents integer not null, amount_cents integer not null, iban text collate "C", obstacle text
    ) on commit drop`;
  await tx`
    with owed as (
      select person_id, linked_insurer_id as insurer_id, linked_contract_id as contract_id, cents
      from payment_considered where outcome = 'socialAdvantage' and cents > 0 and linked_contract_id is not null
      union all
      select person_id, 0, ${PROVIDER}::uuid, cents from payment_considered where outcome = 'conventionAdvantage' and cents > 0
    ), paid as (
      select l.person_id, l.insurer_id, l.contract_id, sum(l.amount_cents)::integer as cents
      from remittance_line l where l.premium_year = ${premiumYear} and l.state = 'executed' group by 1, 2, 3
      union all
      -- What a provider was asked to give back counts as given: it is asked once.
      select p.person_id, 0, ${PROVIDER}::uuid, sum(p.amount_cents)::integer from provider_payment p
      where p.premium_year = ${premiumYear}
        and (p.state = 'executed' or (p.state in ('prepared', 'announced') and p.amount_cents < 0)) group by 1
    ), both_sides as (
      select person_id, insurer_id, contract_id, coalesce(o.cents, 0) as owed, coalesce(p.cents, 0) as paid
      from owed o full join paid p using (person_id, insurer_id, contract_id)
    )
    insert into payment_due
    select person_id, c.state, nullif(b.insurer_id, 0), nullif(b.contract_id, ${PROVIDER}), b.owed, b.paid, b.owed - b.paid
    from both_sides b join payment_considered c using (person_id)
    where (${only?.insurerId ?? null}::int is null or b.insurer_id in (0, ${only?.insurerId ?? 0}))
      -- Validation: of a space that has ended nobody is paid, and its contracts may be gone.
      and not exists (select from space s where s.insurer_id = b.insurer_id and s.ended_at is not null)`;
  await tx`analyze payment_due`;
  await findObstacles(tx, premiumYear);
}

/** Dossiers that do not wait; with statistics, for a plan made for a few of them would take hours for all. */
async function stageConsidered(tx: TransactionSql, premiumYear: number, only?: Payees): Promise<void> {
  await tx`
    create temporary table payment_considered (
      person_id uuid primary key, state text not null, outcome text, linked_insurer_id integer, linked_contract_id uuid,
      cents integer
    ) on commit drop`;
  await tx`
    insert into payment_considered
    select d.person_id, d.state, d.outcome, d.linked_insurer_id, d.linked_contract_id,
      case when d.state <> 'withdrawn' then d.amount_cents end
    from dossier d
    where d.premium_year = ${premiumYear} ${only ? tx`and d.person_id = any(${[...only.personIds]}::uuid[])` : tx``}
      and d.state in ('decided', 'toPay', 'paid', 'recovery', 'supplement', 'settled', 'withdrawn')
      and not exists (select from remittance_line l where l.person_id = d.person_id
        and l.premium_year = d.premium_year and l.state in ('prepared', 'announced'))
      and not exists (select from provider_payment p where p.person_id = d.person_id
        and p.premium_year = d.premium_year and p.state in ('prepared', 'announced') and p.amount_cents > 0)`;
  await tx`analyze payment_considered`;
}

/** Stands for the provider's own account where a contract would be named. */
const PROVIDER = "00000000-0000-0000-0000-000000000000";

async function findObstacles(tx: TransactionSql, premiumYear: number): Promise<void> {
  await tx`
    update payment_due d set iban = held.iban
    from (select distinct on (insurer_id) insurer_id, iban from insurer_iban where state = 'confirmed'
      order by insurer_id, decided_at desc, proposal_id desc) held
    where d.insurer_id = held.insurer_id`;
  await tx`
    update payment_due d set iban = held.iban
    from (select distinct on (person_id) person_id, iban from provider_iban where state = 'confirmed'
      order by person_id, decided_at desc, proposal_id desc) held
    where d.insurer_id is null and d.amount_cents > 0 and d.person_id = held.person_id`;
  await tx`
    update payment_due d set obstacle = 'noIban'
    where iban is null and (amount_cents > 0 or (amount_cents < 0 and insurer_id is not null))`;
  await tx`
    update payment_due d
    set obstacle = case when c.cancelled_at is not null then 'contractCancelled' else 'contractTransferred' end
    from contract c
    where c.insurer_id = d.insurer_id and c.contract_id = d.contract_id and d.amount_cents > 0
      and (c.cancelled_at is not null or c.transferred_on <= make_date(${premiumYear}::int, 12, 31))`;
}

/** What a run would pay, or does: by insurer, `null` for providers' own accounts; the obstacle where it is not paid. */
export interface DueSum {
  readonly enterpriseNumber: string | null;
  readonly obstacle: Obstacle | null;
  readonly lines: number;
  readonly paymentsCents: number;
  readonly recoveriesCents: number;
  /** What the insurer still owes from earlier runs: 0 or less. */
  readonly carriedInCents: number;
}

/** The sums of `payment_due`; insurers by number, providers last. */
export async function sumDue(tx: TransactionSql): Promise<DueSum[]> {
  return await tx<DueSum[]>`
    select i.enterprise_number as "enterpriseNumber", d.obstacle, count(*)::int as lines,
      coalesce(sum(d.amount_cents) filter (where d.amount_cents > 0), 0)::bigint as "paymentsCents",
      coalesce(sum(d.amount_cents) filter (where d.amount_cents < 0), 0)::bigint as "recoveriesCents",
      coalesce((select sum(a.carried_out_cents - a.carried_in_cents) from remittance_advice a
        where a.insurer_id = d.insurer_id and a.state in ('prepared', 'announced', 'executed')), 0)::bigint as "carriedInCents"
    from payment_due d left join insurer i using (insurer_id)
    where d.amount_cents <> 0
    group by d.insurer_id, i.enterprise_number, d.obstacle order by i.enterprise_number nulls last, d.obstacle nulls first`;
}
