import type { Logger } from "pino";
import type { BusinessClock } from "../clock.ts";
import { renewStatistics } from "../database/fresh-statistics.ts";
import { runTransaction } from "../database/run-transaction.ts";
import type { Sql, TransactionSql } from "../database/sql.ts";
import { type RepeatedWork, startRepeating } from "../repeated-work.ts";
import { listChangedContracts } from "./changed-contracts.ts";
import { describeMoment } from "./insurer-view.ts";
import type { PremiumYearRules } from "./premium-year-rules.ts";
import { lockProjections, projectAllAdvantages, projectContractsOf } from "./project-advantages.ts";
import { loadRulesInForce, type RulesByYear } from "./rules-in-force.ts";

export interface ProjectionSource {
  /** Role `infoss_institute`. */
  readonly institute: Sql;
  readonly clock: BusinessClock;
  /** The rules of every premium year that is known today: those in force, unless told otherwise. */
  readonly loadRules?: () => Promise<RulesByYear>;
}

export interface ProjectionKeeperOptions extends ProjectionSource {
  readonly log: Pick<Logger, "warn">;
  readonly intervalMs?: number;
  /** Lets go first what somebody waits for. */
  readonly giveWay?: (signal: AbortSignal) => Promise<void>;
}

const INTERVAL_MS = 2_000;
const RETRY_MS = 30_000;
/** How long what one process announced stands against processes that are behind. */
const STEADY_MS = 600_000;

/**
 * Keeps what insurers see up to date with what moves without a dossier: the calendar, rules, contracts. Any number of
 * processes may do so; two queries find that nothing is due.
 */
export function startKeepingProjected(options: ProjectionKeeperOptions): RepeatedWork {
  const { log, intervalMs = INTERVAL_MS } = options;
  return startRepeating({
    ...{ intervalMs, retryMs: RETRY_MS },
    async work(signal) {
      await options.giveWay?.(signal);
      await projectWhatIsDue(options, signal);
    },
    onTrouble: (err) =>
      log.warn(
        { code: "projectionFailed", err },
        "what insurers see could not be brought up to date; tried again soon",
      ),
  });
}

/**
 * Projects, each in one transaction, the years of which rules or calendar say something else than when they were last
 * looked at, then the portfolios in which contracts changed. Answers how many views changed.
 */
export async function projectWhatIsDue(source: ProjectionSource, signal?: AbortSignal): Promise<number> {
  const { institute, clock, loadRules = async () => (await loadRulesInForce(institute)).years } = source;
  const years = [...(await loadRules()).values()];
  const dueYears = await listDueYears(institute, years, clock.today());
  const duePortfolios = await listDuePortfolios(institute);
  if (dueYears.length + duePortfolios.length > 0) await renewStatistics(institute);
  let changed = 0;
  for (const rules of dueYears) {
    if (signal?.aborted) return changed;
    changed += await runTransaction(institute, (tx) => projectYear(tx, rules, clock));
  }
  for (const { insurerId } of duePortfolios) {
    if (signal?.aborted) return changed;
    changed += await runTransaction(institute, (tx) => projectPortfolio(tx, years, clock, insurerId));
  }
  return changed;
}

interface ProjectedYear {
  readonly premiumYear: number;
  readonly fingerprint: string;
  readonly rulesVersion: number;
  readonly moment: string;
  readonly businessDate: string;
  readonly isRecent: boolean;
}

async function listDueYears(sql: Sql | TransactionSql, years: readonly PremiumYearRules[], businessDate: string) {
  const projected = await sql<ProjectedYear[]>`
    select premium_year as "premiumYear", fingerprint, rules_version as "rulesVersion", moment,
      business_date as "businessDate", projected_at > clock_timestamp() - ${STEADY_MS} * interval '1 ms' as "isRecent"
    from advantage_projection where projected_at is not null`;
  const known = new Map(projected.map((year) => [year.premiumYear, year]));
  return years.filter((rules) => isDue(known.get(rules.premiumYear), rules, businessDate));
}

/** Processes may differ for a while in their day or in their release: none takes back what another just announced. */
function isDue(projected: ProjectedYear | undefined, rules: PremiumYearRules, businessDate: string): boolean {
  if (!projected || rules.version > projected.rulesVersion) return true;
  const isSameRules = rules.fingerprint === projected.fingerprint;
  if (isSameRules && describeMoment(rules, businessDate) === projected.moment) return false;
  if (rules.version < projected.rulesVersion) return false;
  return (isSameRules && businessDate > projected.businessDate) || !projected.isRecent;
}

async function projectYear(tx: TransactionSql, rules: PremiumYearRules, clock: BusinessClock): Promise<number> {
  await lockProjections(tx);
  const businessDate = clock.today();
  // Another process may have done it while this one waited.
  if ((await listDueYears(tx, [rules], businessDate)).length === 0) return 0;
  const changed = await projectAllAdvantages(tx, { rules, businessDate });
  const { premiumYear, fingerprint, version } = rules;
  await tx`
    insert into advantage_projection (premium_year, fingerprint, rules_version, moment, business_date, projected_at, recorded_at)
    values (${premiumYear}, ${fingerprint}, ${version}, ${describeMoment(rules, businessDate)}, ${businessDate},
      clock_timestamp(), date_trunc('milliseconds', clock_timestamp()))
    on conflict (premium_year) do update set fingerprint = excluded.fingerprint, rules_version = excluded.rules_version,
      moment = excluded.moment, business_date = excluded.business_date, projected_at = excluded.projected_at`;
  return changed;
}

interface DuePortfolio {
  readonly insurerId: number;
  readonly contractsRecordedAt: Date;
  readonly projectedUntil: Date | null;
}

const DUE = `
  select i.insurer_id as "insurerId", i.contracts_recorded_at as "contractsRecordedAt", p.contracts_recorded_at as "projectedUntil"
  from insurer i left join projected_portfolio p using (insurer_id)
  where i.contracts_recorded_at > coalesce(p.contracts_recorded_at, '-infinity') and ($1::int is null or insurer_id = $1)
  order by insurer_id`;

async function listDuePortfolios(institute: Sql): Promise<DuePortfolio[]> {
  return await institute.unsafe<DuePortfolio[]>(DUE, [null]);
}

/** Contracts change under the insurer's lock: what is recorded up to the instant that is read here, is committed. */
async function projectPortfolio(
  tx: TransactionSql,
  years: readonly PremiumYearRules[],
  clock: BusinessClock,
  insurerId: number,
): Promise<number> {
  await lockProjections(tx);
  const businessDate = clock.today();
  const [due] = await tx.unsafe<DuePortfolio[]>(DUE, [insurerId]);
  if (!due) return 0;
  const contractIds = await listChangedContracts(tx, insurerId, due.projectedUntil);
  let changed = 0;
  for (const rules of contractIds.length > 0 ? await chooseShown(tx, years, insurerId) : []) {
    changed += await projectContractsOf(tx, { rules, businessDate }, insurerId, contractIds);
  }
  await tx`
    insert into projected_portfolio values (${insurerId}, ${due.contractsRecordedAt})
    on conflict (insurer_id) do update set contracts_recorded_at = excluded.contracts_recorded_at`;
  return changed;
}

/** The years that a contract of the insurer may show: not those that were over when its first contract was recorded. */
async function chooseShown(
  tx: TransactionSql,
  years: readonly PremiumYearRules[],
  insurerId: number,
): Promise<PremiumYearRules[]> {
  const firstDay = await findFirstRecording(tx, insurerId);
  return years.filter((rules) => !isOverBefore(rules, firstDay));
}

/** The day, in Brussels, on which the first contract of the insurer, or the first that was handed to it, was recorded. */
async function findFirstRecording(tx: TransactionSql, insurerId: number): Promise<string> {
  const [row] = await tx<{ recordedOn: string }[]>`
    select (least(
      (select min(recorded_at) from contract_version where insurer_id = ${insurerId}),
      (select min(v.recorded_at) from transferred_contract t join contract_version v
        on v.insurer_id = t.origin_insurer_id and v.contract_id = t.origin_contract_id
        where t.to_insurer_id = ${insurerId})) at time zone 'Europe/Brussels')::date as "recordedOn"`;
  return row!.recordedOn;
}

/** No contract recorded from that day on shows the year: see `showsYear`. */
function isOverBefore({ calendars }: PremiumYearRules, day: string): boolean {
  return [...calendars.values()].every(({ paymentUntil }) => paymentUntil < day);
}
