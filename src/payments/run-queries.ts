import type { Sql, TransactionSql } from "../database/sql.ts";
import type { PaymentList, PaymentOrder } from "../formats/payment/payment-order.ts";
import { OperatorError } from "../operator/operator-change.ts";
import type { PaymentState, RunState } from "./payment-states.ts";

// What operators see of payments. `sql` runs as the institute's role.

export interface RunRow {
  readonly runId: string;
  readonly premiumYear: number;
  readonly runNumber: number;
  readonly state: RunState;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly endedAt: Date | null;
  readonly endedBy: string | null;
  /** Advices that are part of it, and what is transferred by them. */
  readonly advices: number;
  readonly totalCents: number;
  readonly providers: number;
  readonly providersCents: number;
}

/** Newest first. */
export async function listRuns(sql: Sql, { limit, before }: { limit: number; before?: string }): Promise<RunRow[]> {
  return await selectRuns(sql, sql`where ${before ?? null}::uuid is null or r.run_id < ${before ?? null}`, limit);
}

/** Throws OperatorError where there is none. */
export async function getRun(sql: Sql | TransactionSql, runId: string): Promise<RunRow> {
  const [run] = await selectRuns(sql, sql`where r.run_id::text = ${runId}`, 1);
  if (!run) throw new OperatorError("runNotFound", "There is no payment run with that id.");
  return run;
}

async function selectRuns(sql: Sql | TransactionSql, where: ReturnType<Sql>, limit: number): Promise<RunRow[]> {
  return await sql<RunRow[]>`
    select r.run_id as "runId", r.premium_year as "premiumYear", r.run_number as "runNumber", r.state, r.made_at as "madeAt",
      r.made_by as "madeBy", r.ended_at as "endedAt", r.ended_by as "endedBy", a.number as advices, a.cents as "totalCents",
      p.number as providers, p.cents as "providersCents"
    from payment_run r
    cross join lateral (select count(*)::int as number, coalesce(sum(total_cents), 0)::bigint as cents
      from remittance_advice where run_id = r.run_id and state <> 'withheld') a
    cross join lateral (select count(*)::int as number, coalesce(sum(amount_cents), 0)::bigint as cents
      from provider_payment where run_id = r.run_id and state <> 'withheld' and amount_cents > 0) p
    ${where} order by r.run_id desc limit ${limit}`;
}

export interface RunAdvice {
  readonly enterpriseNumber: string;
  readonly adviceId: string;
  readonly reference: string;
  readonly iban: string;
  readonly lineCount: number;
  readonly linesCents: number;
  readonly carriedInCents: number;
  readonly totalCents: number;
  readonly carriedOutCents: number;
  readonly state: PaymentState;
  readonly executedOn: string | null;
  readonly returnedOn: string | null;
  readonly returnReason: string | null;
}

/** The advices of a run, by insurer. */
export async function listRunAdvices(sql: Sql, runId: string): Promise<RunAdvice[]> {
  return await sql<RunAdvice[]>`
    select i.enterprise_number as "enterpriseNumber", a.advice_id as "adviceId", a.reference, a.iban,
      a.line_count as "lineCount", a.lines_cents as "linesCents", a.carried_in_cents as "carriedInCents",
      a.total_cents as "totalCents", a.carried_out_cents as "carriedOutCents", a.state, a.executed_on as "executedOn",
      a.returned_on as "returnedOn", a.return_reason as "returnReason"
    from remittance_advice a join insurer i using (insurer_id)
    where a.run_id::text = ${runId} order by i.enterprise_number`;
}

/** The list of a run that was ordered, the same whenever it is asked for. Throws OperatorError. */
export async function getPaymentList(sql: Sql | TransactionSql, runId: string): Promise<PaymentList> {
  const { state, premiumYear, runNumber, endedAt } = await getRun(sql, runId);
  if (state !== "ordered")
    throw new OperatorError(
      "runNotOrdered",
      `Run ${runNumber} of premium year ${premiumYear} is ${state}: it has no list.`,
    );
  const orders = await sql<PaymentOrder[]>`
    select a.reference, 'insurer' as kind, i.name as beneficiary, i.enterprise_number as number, a.iban,
      a.total_cents as "amountCents", 1 as place
    from remittance_advice a join insurer i using (insurer_id)
    where a.run_id::text = ${runId} and a.state <> 'withheld' and a.total_cents > 0
    union all
    select p.reference, case when p.amount_cents < 0 then 'claim' else 'provider' end, 'INAMI ' || n.inami_root,
      n.inami_root, p.iban, p.amount_cents, case when p.amount_cents < 0 then 3 else 2 end
    from provider_payment p
    cross join lateral (select coalesce(min(inami_root), '') as inami_root from person_number n
      where n.person_id = p.person_id) n
    where p.run_id::text = ${runId} and p.state <> 'withheld'
    order by place, number, reference`;
  return { premiumYear, runNumber, orderedAt: endedAt!, orders };
}

/** What each insurer still owes from earlier runs: 0 or less; those that owe nothing are left out. */
export async function listCarried(sql: Sql): Promise<{ enterpriseNumber: string; carriedCents: number }[]> {
  return await sql<{ enterpriseNumber: string; carriedCents: number }[]>`
    select i.enterprise_number as "enterpriseNumber", sum(a.carried_out_cents - a.carried_in_cents)::bigint as "carriedCents"
    from remittance_advice a join insurer i using (insurer_id)
    where a.state in ('prepared', 'announced', 'executed')
    group by i.enterprise_number having sum(a.carried_out_cents - a.carried_in_cents) <> 0 order by 1`;
}
