import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import { DOSSIER_STATES, type DossierState } from "./dossier-states.ts";
import { INSURER_OUTCOMES, type InsurerOutcome, type NextStep } from "./insurer-view.ts";
import type { InsurerReason } from "./reasons.ts";

/** A premium year on a contract, as its insurer knew it at one moment. Nothing else is ever read for an insurer. */
export interface SocialAdvantage {
  readonly socialAdvantageId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly premiumYear: number;
  /** Grows with every change that the insurer sees. */
  readonly version: number;
  readonly changedAt: Date;
  readonly state: DossierState;
  readonly outcome: InsurerOutcome;
  readonly amountCents: number | null;
  readonly paidCents: number | null;
  readonly paidOn: string | null;
  readonly nextStep: NextStep | null;
  readonly nextStepOn: string | null;
  readonly reasons: readonly InsurerReason[];
  /** By a simulation of validation. */
  readonly simulated?: boolean;
}

/** By what clients' status is looked for: an outcome, or a state. */
export const ADVANTAGE_STATUSES = [...INSURER_OUTCOMES, ...DOSSIER_STATES] as const;
export type AdvantageStatus = (typeof ADVANTAGE_STATUSES)[number];

export interface AdvantageFilter {
  readonly premiumYear?: number;
  readonly status?: AdvantageStatus;
  readonly contractNumbers?: readonly string[];
  /** 8-digit roots under which contracts are known. */
  readonly inamiRoots?: readonly string[];
  readonly ssins?: readonly string[];
  /** Only what changed later than this. */
  readonly changedSince?: Date;
}

export interface AdvantagePage {
  /** What was known at this instant is asked for. */
  readonly knownAt: Date;
  /** The last one of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * The instant of the last change that the insurer can see, or the one asked for where that is earlier: what was known
 * then never changes, and it says nothing of what happened to others.
 */
export async function readAdvantagesKnownAt(tx: TransactionSql, insurerId: number, asked?: Date): Promise<Date> {
  const [row] = await tx<{ last: Date | null }[]>`
    select max(recorded_at) as last from social_advantage where insurer_id = ${insurerId}`;
  const last = row?.last ?? new Date(0);
  return asked !== undefined && asked < last ? asked : last;
}

/** Undefined where nothing of that id was shown to the insurer then; `knownAt` absent: now. */
export async function findSocialAdvantage(
  tx: TransactionSql,
  insurerId: number,
  socialAdvantageId: string,
  knownAt?: Date,
): Promise<SocialAdvantage | undefined> {
  const where = tx`and ${isKnown(tx, knownAt)} and s.state is not null and s.social_advantage_id = ${socialAdvantageId}`;
  const [found] = await select<SocialAdvantage>(tx, insurerId, where, 1);
  return found;
}

/** One page in the order of the ids. */
export async function listSocialAdvantages(
  tx: TransactionSql,
  insurerId: number,
  filter: AdvantageFilter,
  { knownAt, after, limit }: AdvantagePage,
): Promise<SocialAdvantage[]> {
  const { premiumYear, status, contractNumbers, inamiRoots, ssins, changedSince } = filter;
  const when = <Value>(value: Value | undefined, condition: (value: Value) => PendingQuery<Row[]>) =>
    value === undefined ? tx`` : condition(value);
  const where = tx`
    and ${isKnown(tx, knownAt)} and s.state is not null
    ${when(after, (id) => tx`and s.social_advantage_id > ${id}`)}
    ${when(premiumYear, (year) => tx`and s.premium_year = ${year}`)}
    ${when(status, (wanted) => (isOutcome(wanted) ? tx`and s.outcome = ${wanted}` : tx`and s.state = ${wanted}`))}
    ${when(contractNumbers, (numbers) => tx`and ${isOfContract(tx, insurerId, tx`contract_number = any(${[...numbers]}::text[])`)}`)}
    ${when(inamiRoots, (roots) => tx`and ${isOfContract(tx, insurerId, tx`inami_root = any(${[...roots]}::text[])`)}`)}
    ${when(
      ssins,
      (numbers) => tx`and s.contract_id in (select v.contract_id from contract_version v
        where v.insurer_id = ${insurerId} and v.ssin = any(${[...numbers]}::text[]) and v.superseded_at is null)`,
    )}
    ${when(changedSince, (since) => tx`and s.recorded_at > ${since}`)}`;
  return await select<SocialAdvantage>(tx, insurerId, where, limit);
}

/** As it was last shown; without state: it is no longer. */
export type ShownAdvantage = Omit<SocialAdvantage, "state" | "outcome"> & {
  readonly state: DossierState | null;
  readonly outcome: InsurerOutcome | null;
};

/**
 * One page, in the order of the ids, of what changed later than `changedAfter`, also of what is no longer shown; without
 * it, of everything that is shown.
 */
export async function listShownAdvantages(
  tx: TransactionSql,
  insurerId: number,
  changedAfter: Date | undefined,
  { knownAt, after, limit }: AdvantagePage,
): Promise<ShownAdvantage[]> {
  const which = changedAfter === undefined ? tx`and s.state is not null` : tx`and s.recorded_at > ${changedAfter}`;
  const page = after === undefined ? tx`` : tx`and s.social_advantage_id > ${after}`;
  return await select<ShownAdvantage>(tx, insurerId, tx`and ${isKnown(tx, knownAt)} ${which} ${page}`, limit);
}

function isKnown(tx: TransactionSql, knownAt: Date | undefined) {
  if (knownAt === undefined) return tx`s.superseded_at is null`;
  return tx`s.recorded_at <= ${knownAt} and (s.superseded_at is null or s.superseded_at > ${knownAt})`;
}

function isOutcome(status: AdvantageStatus): status is InsurerOutcome {
  return (INSURER_OUTCOMES as readonly string[]).includes(status);
}

const isOfContract = (tx: TransactionSql, insurerId: number, which: PendingQuery<Row[]>) =>
  tx`s.contract_id in (select contract_id from contract where insurer_id = ${insurerId} and ${which})`;

/** Each contract is looked up by its key (`offset 0`): of an insurer that the statistics have not heard of, all would be compared. */
async function select<Shown extends ShownAdvantage>(
  tx: TransactionSql,
  insurerId: number,
  where: PendingQuery<Row[]>,
  limit: number,
) {
  return await tx<Shown[]>`
    select s.social_advantage_id as "socialAdvantageId", s.contract_id as "contractId",
      c.contract_number as "contractNumber", c.inami_root as "inamiRoot", s.premium_year as "premiumYear", s.version,
      s.recorded_at as "changedAt", s.state, s.outcome, s.amount_cents as "amountCents", s.paid_cents as "paidCents",
      s.paid_on as "paidOn", s.next_step as "nextStep", s.next_step_on as "nextStepOn", s.reasons, s.simulated
    from social_advantage s cross join lateral (
      select contract_number, inami_root from contract
      where insurer_id = s.insurer_id and contract_id = s.contract_id offset 0) c
    where s.insurer_id = ${insurerId} ${where}
    order by s.social_advantage_id limit ${limit}`;
}
