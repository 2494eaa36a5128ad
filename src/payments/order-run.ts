import type { TransactionSql } from "../database/sql.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Actor } from "../identity/registry-error.ts";
import { type OperatorChange, OperatorError } from "../operator/operator-change.ts";
import { nameActor } from "../operator/perform-act.ts";
import { describeMoves } from "./describe-moves.ts";
import type { RunState } from "./payment-states.ts";
import { settleDossiers } from "./settle.ts";
import { lockPayments } from "./stage-due.ts";

interface LockedRun {
  readonly runId: string;
  readonly premiumYear: number;
  readonly runNumber: number;
}

/**
 * Orders a prepared run: from here on its list is for whoever pays and its advices are the insurers'. What moved since it
 * was made (contested, evaluated anew) is withheld. What is netted whole needs no bank and is executed at once.
 */
export async function orderRun(
  tx: TransactionSql,
  actor: Actor,
  { runId, today }: { runId: string; today: string },
): Promise<OperatorChange> {
  const run = await lockRun(tx, runId);
  const moves = await describeMoves(tx, actor, { premiumYear: run.premiumYear, cause: "paymentExecuted", today });
  await endRun(tx, actor, runId, "ordered");
  await tx`
    select count(*) from (select from dossier d where d.premium_year = ${run.premiumYear} and d.person_id in (
      ${selectPersons(tx, runId)}) order by d.person_id for update) locked`;
  const withheld = await withholdMoved(tx, runId);
  const { advices, netted } = await announce(tx, runId, today);
  await insertEvents(
    tx,
    advices.map(({ insurerId, adviceId }) => ({
      ...{ insurerId, kind: "paymentAnnounced" },
      details: { adviceId, premiumYear: run.premiumYear },
    })),
  );
  await executeNetted(tx, netted, today);
  await settleDossiers(tx, moves, await listPersons(tx, netted));
  const details = { ...run, advices: advices.length, withheld, netted: netted.length };
  return { act: "paymentRunOrdered", actor, details };
}

/** Gives a prepared run up; what it would have paid is due again. */
export async function withdrawRun(
  tx: TransactionSql,
  actor: Actor,
  { runId }: { runId: string },
): Promise<OperatorChange> {
  const run = await lockRun(tx, runId);
  await endRun(tx, actor, runId, "withdrawn");
  await tx`update remittance_line set state = 'withheld' where state = 'prepared'
    and (insurer_id, advice_id) in (select insurer_id, advice_id from remittance_advice where run_id = ${runId})`;
  await tx`update remittance_advice set state = 'withheld' where run_id = ${runId}`;
  await tx`update provider_payment set state = 'withheld' where run_id = ${runId}`;
  return { act: "paymentRunWithdrawn", actor, details: { ...run } };
}

async function lockRun(tx: TransactionSql, runId: string): Promise<LockedRun> {
  await lockPayments(tx);
  const [run] = await tx<(LockedRun & { state: RunState })[]>`
    select run_id as "runId", premium_year as "premiumYear", run_number as "runNumber", state from payment_run
    where run_id::text = ${runId} for update`;
  if (!run) throw new OperatorError("runNotFound", "There is no payment run with that id.");
  const { state, ...locked } = run;
  if (state === "prepared") return locked;
  const sentence = `Run ${run.runNumber} of premium year ${run.premiumYear} is ${state}: only a prepared one can be changed.`;
  throw new OperatorError("runNotPrepared", sentence);
}

async function endRun(tx: TransactionSql, actor: Actor, runId: string, state: RunState): Promise<void> {
  await tx`
    update payment_run set state = ${state}, ended_at = clock_timestamp(), ended_by = ${nameActor(actor)}
    where run_id = ${runId}`;
}

function selectPersons(tx: TransactionSql, runId: string) {
  return tx`
    select l.person_id from remittance_line l join remittance_advice a using (insurer_id, advice_id) where a.run_id = ${runId}
    union select p.person_id from provider_payment p where p.run_id = ${runId}`;
}

async function withholdMoved(tx: TransactionSql, runId: string): Promise<number> {
  const lines = await tx`
    update remittance_line l set state = 'withheld'
    from remittance_advice a, dossier d
    where a.run_id = ${runId} and l.insurer_id = a.insurer_id and l.advice_id = a.advice_id
      and d.person_id = l.person_id and d.premium_year = l.premium_year and d.move_number <> l.move_number`;
  const providers = await tx`
    update provider_payment p set state = 'withheld'
    from dossier d
    where p.run_id = ${runId} and d.person_id = p.person_id and d.premium_year = p.premium_year
      and d.move_number <> p.move_number`;
  return lines.count + providers.count;
}

interface AdviceKey {
  readonly insurerId: number;
  readonly adviceId: string;
}

/** The sums follow what was withheld; an advice of which nothing is left goes with it. */
async function announce(tx: TransactionSql, runId: string, today: string) {
  await tx`
    update remittance_line l set state = 'announced' from remittance_advice a
    where a.run_id = ${runId} and l.insurer_id = a.insurer_id and l.advice_id = a.advice_id and l.state = 'prepared'`;
  await tx`update provider_payment set state = 'announced' where run_id = ${runId} and state = 'prepared'`;
  await tx`
    update remittance_advice a set state = 'withheld'
    where a.run_id = ${runId} and not exists (select from remittance_line l
      where l.insurer_id = a.insurer_id and l.advice_id = a.advice_id and l.state = 'announced')`;
  const advices = await tx<(AdviceKey & { totalCents: number })[]>`
    update remittance_advice a set state = 'announced', announced_on = ${today}, line_count = s.lines, lines_cents = s.cents,
      total_cents = greatest(s.cents + a.carried_in_cents, 0), carried_out_cents = least(s.cents + a.carried_in_cents, 0)
    from (select l.insurer_id, l.advice_id, count(*) as lines, sum(l.amount_cents) as cents
      from remittance_line l join remittance_advice o using (insurer_id, advice_id)
      where o.run_id = ${runId} and l.state = 'announced' group by 1, 2) s
    where a.insurer_id = s.insurer_id and a.advice_id = s.advice_id
    returning a.insurer_id as "insurerId", a.advice_id as "adviceId", a.total_cents as "totalCents"`;
  advices.sort((a, b) => a.insurerId - b.insurerId);
  return { advices, netted: advices.filter(({ totalCents }) => totalCents === 0) };
}

async function executeNetted(tx: TransactionSql, netted: readonly AdviceKey[], today: string): Promise<void> {
  if (netted.length === 0) return;
  const ids = netted.map(({ adviceId }) => adviceId);
  await tx`
    update remittance_line set state = 'executed', executed_on = ${today}
    where advice_id = any(${ids}::uuid[]) and state = 'announced'`;
  await tx`update remittance_advice set state = 'executed', executed_on = ${today} where advice_id = any(${ids}::uuid[])`;
  await insertEvents(
    tx,
    await tx<{ insurerId: number; kind: "paymentExecuted"; details: object }[]>`
      select insurer_id as "insurerId", 'paymentExecuted' as kind,
        jsonb_build_object('adviceId', advice_id, 'premiumYear', premium_year) as details
      from remittance_advice where advice_id = any(${ids}::uuid[]) order by insurer_id`,
  );
}

async function listPersons(tx: TransactionSql, advices: readonly AdviceKey[]): Promise<string[]> {
  const rows = await tx<{ personId: string }[]>`
    select distinct person_id as "personId" from remittance_line
    where advice_id = any(${advices.map(({ adviceId }) => adviceId)}::uuid[]) order by 1`;
  return rows.map(({ personId }) => personId);
}
