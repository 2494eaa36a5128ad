import { moveDossiers } from "../advantage/move-dossiers.ts";
import type { MoveRun } from "../advantage/move-run.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";
import { describeMoves } from "./describe-moves.ts";
import { finishDossiers } from "./settle.ts";
import { type DueSum, lockPayments, type Payees, stageDue, sumDue } from "./stage-due.ts";

/** Dossiers moved by one statement. */
const BATCH = 5_000;

export interface MadeRun extends OperatorChange {
  readonly runId: string;
}

/** What a run of the premium year would pay now; changes nothing. */
export async function previewRun(tx: TransactionSql, premiumYear: number): Promise<DueSum[]> {
  await stageDue(tx, premiumYear);
  return await sumDue(tx);
}

/**
 * Makes the next run of a premium year, all of it or nothing: dossiers become `toPay`, amounts, accounts and what is
 * carried forward stand. Made twice it pays nothing twice: what is under way is not due. `only`: a space of validation,
 * whose dossiers the caller has locked. Throws OperatorError.
 */
export async function makeRun(
  tx: TransactionSql,
  actor: Actor,
  { premiumYear, today, only }: { premiumYear: number; today: string; only?: Payees },
): Promise<MadeRun> {
  const moves = await describeMoves(tx, actor, { premiumYear, cause: "paymentRun", today });
  await lockPayments(tx);
  const [open] = await tx<{ premiumYear: number; runNumber: number }[]>`
    select premium_year as "premiumYear", run_number as "runNumber" from payment_run where state = 'prepared'`;
  // What another run has under way is not due, so a space needs not wait for it.
  if (open && !only) {
    const sentence = `Run ${open.runNumber} of premium year ${open.premiumYear} is prepared: order or withdraw it first.`;
    throw new OperatorError("runOpen", sentence);
  }
  if (!only) await lockDossiersOfYear(tx, premiumYear);
  await stageDue(tx, premiumYear, only);
  await moveToPay(tx, moves);
  const finished = await finishDossiers(tx, moves, await listEvenDossiers(tx));
  const { runId, runNumber } = await insertRun(tx, actor, premiumYear);
  const lines = await insertAdvices(tx, runId, today);
  const providers = await insertProviderPayments(tx, runId);
  if (lines + providers + finished === 0) {
    throw new OperatorError("nothingToPay", `Of premium year ${premiumYear} nothing can be paid or taken back now.`);
  }
  return {
    ...{ act: "paymentRunMade", actor, runId },
    details: { runId, premiumYear, runNumber, lines, providers, finished },
  };
}

/** Nobody evaluates or contests while the run is made; in the order in which everybody locks. */
async function lockDossiersOfYear(tx: TransactionSql, premiumYear: number): Promise<void> {
  await tx`
    select count(*) from (select from dossier where premium_year = ${premiumYear} order by person_id for update) locked`;
}

/** What is decided for a contract or an account that can be paid, also where all of it was paid before. */
async function moveToPay(tx: TransactionSql, moves: MoveRun): Promise<void> {
  const rows = await tx<{ personId: string }[]>`
    select person_id as "personId" from payment_due
    where state = 'decided' and owed_cents > 0 and (obstacle is null or amount_cents = 0) order by person_id`;
  for (let begin = 0; begin < rows.length; begin += BATCH) {
    const part = rows.slice(begin, begin + BATCH);
    await moveDossiers(
      tx,
      moves,
      part.map(({ personId }) => ({ personId, to: "toPay" })),
    );
  }
}

/** Dossiers of which nothing is left to pay or to take back. */
async function listEvenDossiers(tx: TransactionSql): Promise<string[]> {
  const rows = await tx<{ personId: string }[]>`
    select person_id as "personId" from payment_due where state in ('decided', 'toPay', 'recovery', 'supplement')
    group by person_id having bool_and(amount_cents = 0) order by person_id`;
  return rows.map(({ personId }) => personId);
}

async function insertRun(tx: TransactionSql, actor: Actor, premiumYear: number) {
  const [run] = await tx<{ runId: string; runNumber: number }[]>`
    insert into payment_run (premium_year, run_number, state, made_at, made_by)
    select ${premiumYear}, coalesce(max(run_number), 0) + 1, 'prepared', clock_timestamp(), ${nameActor(actor)}
    from payment_run where premium_year = ${premiumYear}
    returning run_id as "runId", run_number as "runNumber"`;
  return run!;
}

/** Advices with their lines; answers how many lines. */
async function insertAdvices(tx: TransactionSql, runId: string, today: string): Promise<number> {
  await tx`
    insert into remittance_advice (insurer_id, run_id, premium_year, run_number, reference, iban, line_count, lines_cents,
      carried_in_cents, total_cents, carried_out_cents, state)
    select s.insurer_id, r.run_id, r.premium_year, r.run_number, next_payment_reference(), s.iban, s.lines, s.cents,
      s.carried, greatest(s.cents + s.carried, 0), least(s.cents + s.carried, 0), 'prepared'
    from payment_run r, (
      select d.insurer_id, d.iban, count(*) as lines, sum(d.amount_cents) as cents, coalesce((
        select sum(a.carried_out_cents - a.carried_in_cents) from remittance_advice a
        where a.insurer_id = d.insurer_id and a.state in ('prepared', 'announced', 'executed')), 0) as carried
      from payment_due d where d.insurer_id is not null and d.amount_cents <> 0 and d.obstacle is null
      group by d.insurer_id, d.iban) s
    where r.run_id = ${runId} order by s.insurer_id`;
  const { count } = await tx`
    insert into remittance_line (insurer_id, advice_id, line_number, premium_year, contract_id, contract_number, inami_root,
      kind, amount_cents, reference, person_id, move_number, state)
    select d.insurer_id, a.advice_id,
      row_number() over (partition by d.insurer_id order by c.contract_number, c.inami_root, c.contract_id),
      a.premium_year, d.contract_id, c.contract_number, c.inami_root,
      case when d.amount_cents < 0 then 'recovery' when d.paid_cents > 0 then 'supplement' else 'payment' end, d.amount_cents,
      coalesce(named.payment_reference, next_payment_reference()), d.person_id, o.move_number, 'prepared'
    from payment_due d
    join remittance_advice a on a.insurer_id = d.insurer_id and a.run_id = ${runId}
    join contract c on c.insurer_id = d.insurer_id and c.contract_id = d.contract_id
    join dossier o on o.person_id = d.person_id and o.premium_year = a.premium_year
    left join lateral (
      select v.payment_reference from contract_version v
      where v.insurer_id = d.insurer_id and v.contract_id = d.contract_id and v.superseded_at is null
      order by v.valid_from <= ${today}::date desc, abs(v.valid_from - ${today}::date), v.version desc limit 1) named on true
    where d.amount_cents <> 0 and d.obstacle is null`;
  return count;
}

/** To providers' own accounts, and what they are asked to give back; answers how many. */
async function insertProviderPayments(tx: TransactionSql, runId: string): Promise<number> {
  const { count } = await tx`
    insert into provider_payment (reference, run_id, person_id, premium_year, kind, amount_cents, iban, move_number, state)
    select next_payment_reference(), ${runId}, d.person_id, o.premium_year,
      case when d.amount_cents < 0 then 'recovery' when d.paid_cents > 0 then 'supplement' else 'payment' end,
      d.amount_cents, d.iban, o.move_number, 'prepared'
    from payment_due d
    join payment_run r on r.run_id = ${runId}
    join dossier o on o.person_id = d.person_id and o.premium_year = r.premium_year
    where d.insurer_id is null and d.amount_cents <> 0 and d.obstacle is null order by d.person_id`;
  return count;
}
