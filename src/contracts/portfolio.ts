import { LRUCache } from "lru-cache";
import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import type { ContractKind, EndReason } from "../formats/contract-file/contract-file-vocabulary.ts";
import { relatedNumbers } from "../register/related-numbers.ts";
import type { ContractPeriod } from "./contract-history.ts";
import { type Composer, packPeriods, readPeriods, tellPeriods } from "./period-columns.ts";

type Fragment = PendingQuery<Row[]>;

export const CONTRACT_STATES = ["active", "ended", "cancelled"] as const;
export type ContractState = (typeof CONTRACT_STATES)[number];

/** A contract as known at one moment, with all its periods. */
export interface PortfolioContract {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly startOn: string;
  readonly endOn: string | null;
  readonly endReason: EndReason | null;
  readonly isCancelled: boolean;
  /** Grows with every change: the highest number among the versions known then. */
  readonly version: number;
  readonly changedAt: Date;
  readonly periods: readonly ContractPeriod[];
}

export interface PortfolioFilter {
  /** 8-digit roots; numbers that they replaced, or that replaced them, find a contract as well. */
  readonly inamiRoots?: readonly string[];
  readonly ssins?: readonly string[];
  readonly contractKind?: ContractKind;
  readonly state?: ContractState;
  /** Only contracts with a change recorded later than this. */
  readonly changedSince?: Date;
}

/** A contract of a page, whose periods are written as they are told. */
export interface ListedContract extends Omit<PortfolioContract, "periods"> {
  /** JSON objects by the names of the contract file, the last day inclusive, in no order: `\n` between them. */
  readonly periodLines: string;
}

export interface PortfolioPage {
  /**
   * What was known at this instant is asked for: pages of one moment fit together, whatever changes between them. Absent,
   * or later than the last change of the insurer's contracts: that change.
   */
  readonly asked?: Date | undefined;
  /** The last contract of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A contract that ends is active until that day has passed (exchange.md section 3). */
export function readState(contract: Pick<PortfolioContract, "isCancelled" | "endOn">, today: string): ContractState {
  if (contract.isCancelled) return "cancelled";
  return contract.endOn !== null && contract.endOn < today ? "ended" : "active";
}

/**
 * The instant of the last change of the insurer's contracts, or the one asked for where that is earlier: what is known
 * then never changes, for whatever is recorded later gets a later instant.
 */
export async function readKnownAt(tx: TransactionSql, insurerId: number, asked?: Date): Promise<Date> {
  const [row] = await tx<{ knownAt: Date }[]>`${readMoment(tx, insurerId, asked)}`;
  return row!.knownAt;
}

/** In milliseconds, as instants are told and asked for. */
function readMoment(sql: Composer, insurerId: number, asked: Date | undefined): Fragment {
  return sql`
    select least(${asked ?? null}::timestamptz, coalesce(date_trunc('milliseconds', (
      select contracts_recorded_at from insurer where insurer_id = ${insurerId})), 'epoch')) as "knownAt"`;
}

/** Undefined where the insurer knew of no such contract then; `knownAt` absent: now. */
export async function findContract(
  tx: TransactionSql,
  insurerId: number,
  contractId: string,
  knownAt?: Date,
): Promise<PortfolioContract | undefined> {
  const known = knownAt && tx`${knownAt}::timestamptz`;
  const sought = tx`
    select contract_id, contract_number, inami_root, start_on from contract
    where insurer_id = ${insurerId} and contract_id = ${contractId}`;
  const query = selectContracts(tx, insurerId, {
    sought,
    knownAt: known,
    periods: packPeriods(tx),
    having: tx``,
    limit: 1,
  });
  const [found] = await tx<PackedContract[]>`${query}`;
  if (!found) return undefined;
  const { packedPeriods, ...contract } = found;
  return { ...contract, periods: readPeriods(packedPeriods) };
}

/**
 * One page of the insurer's contracts in the order of their ids, by one statement: `take` gets each as soon as it is
 * there, while the server looks for the next. Answers the moment of the page: what is known then never changes, for
 * whatever is recorded later gets a later instant.
 */
export async function listPortfolio(
  tenant: Tenant,
  filter: PortfolioFilter,
  today: string,
  { asked, after, limit }: PortfolioPage,
  take: (contract: ListedContract) => void,
): Promise<Date> {
  const { insurerId } = tenant;
  const { changedSince } = filter;
  const hasFewChanges = changedSince !== undefined && (await areFewChanges(tenant, changedSince));
  let moment: Date | undefined;
  const takeRow = ({ knownAt, ...found }: { knownAt: Date } & (ListedContract | { contractId: null })) => {
    moment = knownAt;
    if (found.contractId !== null) take(found);
  };
  await tenant.each(takeRow, (sql) => {
    const knownAt = sql`moment."knownAt"`;
    const sought = seekContracts(sql, insurerId, filter, { knownAt, after, hasFewChanges });
    const having = composeConditions(sql, filter, today);
    const selected = { sought, knownAt, periods: tellPeriods(sql), having, limit };
    // A page without contracts has its moment too.
    return sql`
      select moment."knownAt", page.* from (${readMoment(sql, insurerId, asked)} offset 0) moment
      left join lateral (${selectContracts(sql, insurerId, selected)}) page on true`;
  });
  return moment!;
}

/** Of what is sought already by INAMI numbers: the others, of the versions known. */
function composeConditions(
  sql: Composer,
  { ssins, contractKind, state, changedSince }: PortfolioFilter,
  today: string,
): Fragment {
  return sql`
    ${ssins === undefined ? sql`` : sql`and bool_or(v.ssin = any(${[...ssins]}::text[]))`}
    ${contractKind === undefined ? sql`` : sql`and bool_or(v.contract_kind = ${contractKind})`}
    ${changedSince === undefined ? sql`` : sql`and max(v.recorded_at) > ${changedSince}`}
    ${state === undefined ? sql`` : sql`and ${hasState(sql, state, today)}`}`;
}

/** As many changes are gathered and sorted for a page; where there were more, contracts that changed are met on the way. */
const MOST_CHANGES_GATHERED = 20_000;

interface Seeking {
  readonly knownAt: Fragment;
  readonly after: string | undefined;
  readonly hasFewChanges: boolean;
}

/**
 * In the order of their ids from `after` on, all contracts that may fit: by the index of what is rarest among that which is
 * asked for. What is found there is looked at closely by `selectContracts`: versions may not be known at that instant.
 */
function seekContracts(
  sql: Composer,
  insurerId: number,
  { inamiRoots, ssins, contractKind, state, changedSince }: PortfolioFilter,
  { knownAt, after, hasFewChanges }: Seeking,
): Fragment {
  const behind = after === undefined ? sql`` : sql`and contract_id > ${after}`;
  const contracts = (condition: Fragment) => sql`
    select contract_id, contract_number, inami_root, start_on from contract
    where insurer_id = ${insurerId} ${condition} ${behind} order by contract_id`;
  const versions = (condition: Fragment) => sql`
    select met.contract_id, contract_number, inami_root, start_on from (
      select distinct contract_id from contract_version
      where insurer_id = ${insurerId} and ${condition} ${behind} order by contract_id offset 0) met
    cross join lateral (
      select * from contract where insurer_id = ${insurerId} and contract_id = met.contract_id offset 0) c
    order by met.contract_id`;
  if (inamiRoots !== undefined) {
    return contracts(sql`and inami_root = any(array(${relatedNumbers(sql, sql`${[...inamiRoots]}::text[]`)}))`);
  }
  if (ssins !== undefined) return versions(sql`ssin = any(${[...ssins]}::text[])`);
  if (state === "cancelled") return contracts(sql`and cancelled_at is not null`);
  if (state === "ended") return versions(sql`end_on is not null`);
  if (changedSince !== undefined && hasFewChanges) {
    return versions(sql`recorded_at > ${changedSince} and recorded_at <= ${knownAt}`);
  }
  return contractKind === undefined ? contracts(sql``) : versions(sql`contract_kind = ${contractKind}`);
}

/** Of whom there were too many changes since when: they only become more, and each page of a question asks. */
const manyChanges = new LRUCache<string, true>({ max: 10_000 });

async function areFewChanges({ insurerId, list }: Tenant, since: Date): Promise<boolean> {
  const key = `${insurerId} ${since.toISOString()}`;
  if (manyChanges.has(key)) return false;
  const [row] = await list<{ count: number }>(
    (sql) => sql`
      select count(*) as count from (
        select from contract_version where insurer_id = ${insurerId} and recorded_at > ${since}
        limit ${MOST_CHANGES_GATHERED + 1}) changes`,
  );
  const areFew = row!.count <= MOST_CHANGES_GATHERED;
  if (!areFew) manyChanges.set(key, true);
  return areFew;
}

/**
 * How many contracts the insurer knew of at an instant, those that ended or were cancelled too. `offset 0` looks each up by key:
 * of an insurer that the statistics have not heard of, the planner compares every contract with every version.
 */
export async function countPortfolio(tx: TransactionSql, insurerId: number, knownAt: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from contract c where c.insurer_id = ${insurerId} and exists (
      select from contract_version v
      where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id and v.recorded_at <= ${knownAt} offset 0)`;
  return row!.count;
}

function hasState(sql: Composer, state: ContractState, today: string) {
  const isCancelled = sql`bool_or(v.action = 'cancel')`;
  if (state === "cancelled") return isCancelled;
  const isOver = sql`coalesce(max(v.end_on) < ${today}, false)`;
  return state === "ended" ? sql`not ${isCancelled} and ${isOver}` : sql`not ${isCancelled} and not ${isOver}`;
}

function isKnown(sql: Composer, knownAt: Fragment | undefined) {
  if (knownAt === undefined) return sql`v.superseded_at is null`;
  return sql`v.recorded_at <= ${knownAt} and (v.superseded_at is null or v.superseded_at > ${knownAt})`;
}

interface Selection {
  /** A query of `contract_id`, `contract_number`, `inami_root` and `start_on`, in the order of the ids. */
  readonly sought: Fragment;
  readonly knownAt: Fragment | undefined;
  /** A column made of the versions `v` that are known. */
  readonly periods: Fragment;
  /** More conditions on the versions known of a contract. */
  readonly having: Fragment;
  readonly limit: number;
}

/** `offset 0`: contract by contract in the order of what is sought, as far as the page reaches. */
function selectContracts(
  sql: Composer,
  insurerId: number,
  { sought, knownAt, periods, having, limit }: Selection,
): Fragment {
  return sql`
    select c.contract_id as "contractId", c.contract_number as "contractNumber", c.inami_root as "inamiRoot",
      c.start_on as "startOn", known.*
    from (${sought} offset 0) c
    cross join lateral (
      select max(v.version) as version, max(v.recorded_at) as "changedAt", max(v.end_on) as "endOn",
        max(v.end_reason) as "endReason", bool_or(v.action = 'cancel') as "isCancelled", ${periods}
      from contract_version v
      where v.insurer_id = ${insurerId} and v.contract_id = c.contract_id and ${isKnown(sql, knownAt)}
      having count(*) > 0 ${having} offset 0) known
    order by c.contract_id limit ${limit}`;
}

interface PackedContract extends Omit<PortfolioContract, "periods"> {
  readonly packedPeriods: string;
}
