import type { Logger } from "pino";
import type { BusinessClock } from "../clock.ts";
import { renewStatistics } from "../database/fresh-statistics.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql } from "../database/sql.ts";
import { listChangesWithoutPersons, markPersonsMade } from "../register/register-changes.ts";
import { type RepeatedWork, startRepeating } from "../repeated-work.ts";
import { isChangeSince } from "./changed-contracts.ts";
import type { DossierState } from "./dossier-states.ts";
import { type EvaluationCounts, evaluatePersons } from "./evaluate-dossiers.ts";
import { evaluateEverybody } from "./evaluate-everybody.ts";
import { lockDossiers } from "./list-dossiers.ts";
import { moveDossiers } from "./move-dossiers.ts";
import type { MoveRun } from "./move-run.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";
import { syncPersons, type UnmergeablePersons } from "./sync-persons.ts";

export interface EvaluationSource {
  /** Role `infoss_institute`. */
  readonly institute: Sql;
  readonly clock: BusinessClock;
  /** The rules of every premium year that is known today. */
  readonly loadRules: () => Promise<ReadonlyMap<number, PremiumYearRules>>;
  /** Told of two persons who are one and cannot be made one, each time the register is followed. */
  readonly onUnmergeable?: (persons: UnmergeablePersons) => Promise<void>;
}

export interface EvaluationKeeperOptions extends EvaluationSource {
  readonly log: Pick<Logger, "warn" | "info">;
  readonly intervalMs?: number;
  /** Lets go first what somebody waits for. */
  readonly giveWay?: (signal: AbortSignal) => Promise<void>;
}

const INTERVAL_MS = 10_000;
const RETRY_MS = 60_000;
const BATCH_CHANGED = 5_000;
/** Years of which something can still become otherwise by itself. */
const MOVABLE: readonly DossierState[] = ["open", "evaluated", "decided", "toPay", "paid"];

/**
 * Keeps dossiers up to date: everybody when the day of the evaluation has come and when the rules change, whoever facts or
 * contracts changed for soon after. Any number of processes may do so; one does at a time.
 */
export function startKeepingEvaluated(options: EvaluationKeeperOptions): RepeatedWork {
  const { log, intervalMs = INTERVAL_MS } = options;
  return startRepeating({
    ...{ intervalMs, retryMs: RETRY_MS },
    async work(signal) {
      await options.giveWay?.(signal);
      const { evaluated, moved } = await evaluateWhatIsDue(options, signal);
      if (moved > 0) log.info({ evaluated, moved }, "dossiers were evaluated anew");
    },
    onTrouble: (err) =>
      log.warn({ code: "evaluationFailed", err }, "dossiers could not be evaluated; tried again soon"),
  });
}

const NOTHING: EvaluationCounts = { evaluated: 0, moved: 0 };

/** Evaluates what is due, once; nothing while another process does. */
export async function evaluateWhatIsDue(source: EvaluationSource, signal?: AbortSignal): Promise<EvaluationCounts> {
  const { institute, clock, loadRules } = source;
  return await runTransaction(institute, async (tx) => {
    const [lock] = await tx<{ isMine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended('dossier evaluation', 0)) as "isMine"`;
    if (!lock!.isMine) return NOTHING;
    const years = await loadRules();
    const businessDate = clock.today();
    const describe = (rules: PremiumYearRules, cause: string): MoveRun => ({
      ...{ rules, businessDate, movedAt: new Date().toISOString(), movedBy: "system", cause },
    });
    await followRegister(source);
    await noteChangedContracts(institute);
    await withdrawReplaced(institute, years, describe);
    const all = await evaluateYears(institute, years, describe, signal);
    const some = await evaluateChanged(institute, years, describe, signal);
    return { evaluated: all.evaluated + some.evaluated, moved: all.moved + some.moved };
  });
}

/** Each change of the register is followed once, by whichever process is first. */
async function followRegister({ institute, onUnmergeable }: EvaluationSource): Promise<void> {
  if ((await listChangesWithoutPersons(institute)).length === 0) return;
  await runTransaction(institute, async (tx) => {
    const changes = await listChangesWithoutPersons(tx);
    const { unmergeable } = await syncPersons(tx);
    // Before the commit: who dies in between tells it again.
    for (const persons of unmergeable) await onUnmergeable?.(persons);
    await markPersonsMade(tx, changes);
  });
}

type Describe = (rules: PremiumYearRules, cause: string) => MoveRun;
type Years = ReadonlyMap<number, PremiumYearRules>;

/** Contracts change under the insurer's lock: what is recorded up to the instant that is read here, is committed. */
async function noteChangedContracts(institute: Sql): Promise<void> {
  const due = await institute<{ insurerId: number; until: Date; after: Date | null }[]>`
    select i.insurer_id as "insurerId", i.contracts_recorded_at as until, p.contracts_recorded_at as after
    from insurer i left join evaluated_portfolio p using (insurer_id)
    where i.contracts_recorded_at > coalesce(p.contracts_recorded_at, '-infinity') order by insurer_id`;
  if (due.length > 0) await renewStatistics(institute);
  for (const { insurerId, until, after } of due)
    await runTransaction(institute, async (tx) => {
      await tx`
        insert into person_change (person_id, changed_at)
        select person_id, clock_timestamp() from (
          select distinct holder.person_id from contract_version v cross join lateral (
            select n.person_id from contract c join person_number n on n.inami_root = c.inami_root
            where c.insurer_id = v.insurer_id and c.contract_id = v.contract_id offset 0) holder
          where ${isChangeSince(tx, insurerId, after)}) changed order by person_id
        on conflict (person_id) do update set changed_at = excluded.changed_at`;
      await tx`
        insert into evaluated_portfolio values (${insurerId}, ${until})
        on conflict (insurer_id) do update set contracts_recorded_at = excluded.contracts_recorded_at`;
    });
}

/** Two persons turned out to be one: what the one that went had is the other one's case now. */
async function withdrawReplaced(institute: Sql, years: Years, describe: Describe): Promise<void> {
  const rows = await institute<{ personId: string; premiumYear: number }[]>`
    select person_id as "personId", premium_year as "premiumYear" from dossier join person using (person_id)
    where replaced_by is not null and state in ('open', 'evaluated') order by premium_year, person_id`;
  for (const [premiumYear, ofYear] of Map.groupBy(rows, (row) => row.premiumYear)) {
    const rules = years.get(premiumYear);
    if (!rules) continue;
    await runTransaction(institute, async (tx) => {
      const dossiers = await lockDossiers(
        tx,
        premiumYear,
        ofYear.map(({ personId }) => personId),
      );
      const moves = dossiers.flatMap(({ personId, state }) =>
        state === "open" || state === "evaluated" ? [{ personId, to: "withdrawn" as const }] : [],
      );
      await moveDossiers(tx, describe(rules, "personReplaced"), moves);
    });
  }
}

interface LastRun {
  readonly premiumYear: number;
  readonly rulesVersion: number;
}

/** The evaluations of everybody that count: an operator's before its day does not. */
async function listLastRuns(institute: Sql): Promise<Map<number, LastRun>> {
  const rows = await institute<LastRun[]>`
    select premium_year as "premiumYear", max(rules_version) as "rulesVersion" from evaluation_run
    where finished_at is not null and cause in ('julyEvaluation', 'rulesChanged') group by premium_year`;
  return new Map(rows.map((row) => [row.premiumYear, row]));
}

/** A year is evaluated between the first day of evaluation and the last of payment, and again with each version of its rules. */
async function evaluateYears(
  institute: Sql,
  years: Years,
  describe: Describe,
  signal: AbortSignal | undefined,
): Promise<EvaluationCounts> {
  const lastRuns = await listLastRuns(institute);
  const counts = { evaluated: 0, moved: 0 };
  for (const rules of years.values()) {
    const last = lastRuns.get(rules.premiumYear);
    const run = describe(rules, last ? "rulesChanged" : "julyEvaluation");
    const isDue = last ? rules.version > last.rulesVersion : isHandled(rules, run.businessDate);
    if (!isDue || signal?.aborted) continue;
    const { evaluated, moved } = await evaluateEverybody(institute, run);
    counts.evaluated += evaluated;
    counts.moved += moved;
  }
  return counts;
}

/** Between the first day of evaluation and the last of payment of any profession. */
export function isHandled({ calendars }: PremiumYearRules, businessDate: string): boolean {
  return [...calendars.values()].some(
    ({ evaluationOn, paymentUntil }) => evaluationOn <= businessDate && businessDate <= paymentUntil,
  );
}

/** Whoever changed, in the years that were evaluated and in those of which they have a dossier. */
async function evaluateChanged(
  institute: Sql,
  years: Years,
  describe: Describe,
  signal: AbortSignal | undefined,
): Promise<EvaluationCounts> {
  const counts = { evaluated: 0, moved: 0 };
  const evaluatedYears = await listLastRuns(institute);
  while (!signal?.aborted) {
    const changed = await institute<{ personId: string; changedAt: string }[]>`
      select person_id as "personId", changed_at::text as "changedAt" from person_change order by person_id limit ${BATCH_CHANGED}`;
    if (changed.length === 0) break;
    await renewStatistics(institute);
    const personIds = changed.map(({ personId }) => personId);
    for (const rules of years.values()) {
      const run = describe(rules, "factsOrContractsChanged");
      const isOpenToAll = evaluatedYears.has(rules.premiumYear) && isHandled(rules, run.businessDate);
      const concerned = await listConcerned(institute, rules.premiumYear, personIds, isOpenToAll);
      const { evaluated, moved } = await evaluatePersons(institute, run, concerned);
      counts.evaluated += evaluated;
      counts.moved += moved;
    }
    // Who changed once more meanwhile stays.
    await institute`
      delete from person_change c using jsonb_to_recordset(${institute.json(changed as never)}) as seen ("personId" uuid, "changedAt" timestamptz)
      where c.person_id = seen."personId" and c.changed_at = seen."changedAt"`;
  }
  return counts;
}

async function listConcerned(
  institute: Sql,
  premiumYear: number,
  personIds: readonly string[],
  isOpenToAll: boolean,
): Promise<string[]> {
  const rows = await institute<{ personId: string }[]>`
    select p.person_id as "personId" from person p left join lateral (
      select state from dossier where person_id = p.person_id and premium_year = ${premiumYear} offset 0) d on true
    where p.person_id = any(${personIds as string[]}::uuid[]) and p.replaced_by is null
      and (d.state = any(${MOVABLE as string[]}) or (d.state is null and ${isOpenToAll}
        and exists (select 1 from person_profession f where f.person_id = p.person_id)))
    order by p.person_id`;
  return rows.map(({ personId }) => personId);
}
