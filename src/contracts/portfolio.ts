import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { ContractKind, EndReason } from "../formats/contract-file/contract-file-vocabulary.ts";
import type { ContractPeriod } from "./contract-history.ts";

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
  /** 8-digit roots under which contracts are known. */
  readonly inamiRoots?: readonly string[];
  readonly ssins?: readonly string[];
  readonly contractKind?: ContractKind;
  readonly state?: ContractState;
  /** Only contracts with a change recorded later than this. */
  readonly changedSince?: Date;
}

export interface PortfolioPage {
  /** What is known at this instant is asked for: pages of one moment fit together, whatever changes between them. */
  readonly knownAt: Date;
  /** The last contract of the page before. */
  readonly after?: string;
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
  const [row] = await tx<{ recordedAt: Date | null }[]>`
    select contracts_recorded_at as "recordedAt" from insurer where insurer_id = ${insurerId}`;
  const last = row?.recordedAt ?? new Date(0);
  return asked !== undefined && asked < last ? asked : last;
}

/** Undefined where the insurer knew of no such contract then; `knownAt` absent: now. */
export async function findContract(
  tx: TransactionSql,
  insurerId: number,
  contractId: string,
  knownAt?: Date,
): Promise<PortfolioContract | undefined> {
  const [found] = await selectContracts(tx, insurerId, {
    sought: tx`select ${contractId}::uuid as contract_id`,
    knownAt,
    where: tx``,
    limit: 1,
  });
  return found;
}

/** One page of the insurer's contracts in the order of their ids. */
export async function listPortfolio(
  tx: TransactionSql,
  insurerId: number,
  filter: PortfolioFilter,
  today: string,
  { knownAt, after, limit }: PortfolioPage,
): Promise<PortfolioContract[]> {
  const { inamiRoots, ssins, contractKind, state, changedSince } = filter;
  const hasFewChanges = changedSince !== undefined && (await areFewChanges(tx, insurerId, changedSince));
  const sought = seekContracts(tx, insurerId, filter, { knownAt, after, hasFewChanges });
  const where = tx`
    ${inamiRoots === undefined ? tx`` : tx`and c.inami_root = any(${[...inamiRoots]}::text[])`}
    ${ssins === undefined ? tx`` : tx`and ${hasVersion(tx, knownAt, tx`v.ssin = any(${[...ssins]}::text[])`)}`}
    ${contractKind === undefined ? tx`` : tx`and ${hasVersion(tx, knownAt, tx`v.contract_kind = ${contractKind}`)}`}
    ${changedSince === undefined ? tx`` : tx`and known."changedAt" > ${changedSince}`}
    ${state === undefined ? tx`` : tx`and ${hasState(tx, state, today)}`}`;
  return await selectContracts(tx, insurerId, { sought, knownAt, where, limit });
}

/** As many changes are gathered and sorted for a page; where there were more, contracts that changed are met on the way. */
const MOST_CHANGES_GATHERED = 20_000;

interface Seeking {
  readonly knownAt: Date;
  readonly after: string | undefined;
  readonly hasFewChanges: boolean;
}

/**
 * The ids, in their order from `after` on, of all contracts that may fit: by the index of what is rarest among that which is
 * asked for. What is found there is looked at closely by `listPortfolio`: versions may not be known at that instant.
 */
function seekContracts(
  tx: TransactionSql,
  insurerId: number,
  { inamiRoots, ssins, contractKind, state, changedSince }: PortfolioFilter,
  { knownAt, after, hasFewChanges }: Seeking,
): Fragment {
  const behind = after === undefined ? tx`` : tx`and contract_id > ${after}`;
  const contracts = (condition: Fragment) =>
    tx`select contract_id from contract where insurer_id = ${insurerId} ${condition} ${behind} order by contract_id`;
  const versions = (condition: Fragment) => tx`
    select distinct contract_id from contract_version
    where insurer_id = ${insurerId} and ${condition} ${behind} order by contract_id`;
  if (inamiRoots !== undefined) return contracts(tx`and inami_root = any(${[...inamiRoots]}::text[])`);
  if (ssins !== undefined) return versions(tx`ssin = any(${[...ssins]}::text[])`);
  if (state === "cancelled") return contracts(tx`and cancelled_at is not null`);
  if (state === "ended") return versions(tx`end_on is not null`);
  if (changedSince !== undefined && hasFewChanges) {
    return versions(tx`recorded_at > ${changedSince} and recorded_at <= ${knownAt}`);
  }
  return contractKind === undefined ? contracts(tx``) : versions(tx`contract_kind = ${contractKind}`);
}

async function areFewChanges(tx: TransactionSql, insurerId: number, since: Date): Promise<boolean> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from (
      select from contract_version where insurer_id = ${insurerId} and recorded_at > ${since}
      limit ${MOST_CHANGES_GATHERED + 1}) changes`;
  return row!.count <= MOST_CHANGES_GATHERED;
}

function hasVersion(tx: TransactionSql, knownAt: Date, condition: Fragment): Fragment {
  return tx`exists (select from contract_version v
    where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id and ${isKnown(tx, knownAt)} and ${condition})`;
}

/** How many contracts the insurer knew of at an instant, those that ended or were cancelled too. */
export async function countPortfolio(tx: TransactionSql, insurerId: number, knownAt: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from contract c where c.insurer_id = ${insurerId} and exists (
      select from contract_version v
      where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id and v.recorded_at <= ${knownAt})`;
  return row!.count;
}

function hasState(tx: TransactionSql, state: ContractState, today: string) {
  if (state === "cancelled") return tx`known."isCancelled"`;
  const isOver = tx`coalesce(known."endOn" < ${today}, false)`;
  return state === "ended" ? tx`not known."isCancelled" and ${isOver}` : tx`not known."isCancelled" and not ${isOver}`;
}

function isKnown(tx: TransactionSql, knownAt: Date | undefined) {
  if (knownAt === undefined) return tx`v.superseded_at is null`;
  return tx`v.recorded_at <= ${knownAt} and (v.superseded_at is null or v.superseded_at > ${knownAt})`;
}

interface Selection {
  /** A query of `contract_id`, in order. */
  readonly sought: Fragment;
  readonly knownAt: Date | undefined;
  /** More conditions on `contract c` and its `known` state. */
  readonly where: Fragment;
  readonly limit: number;
}

async function selectContracts(
  tx: TransactionSql,
  insurerId: number,
  { sought, knownAt, where, limit }: Selection,
): Promise<PortfolioContract[]> {
  // `offset 0`: contract by contract in the order of what is sought, as far as the page reaches. Periods come as arrays of
  // JSON text: objects of `jsonb` took the server three times as long as finding them.
  const rows = await tx<ContractRow[]>`
    select c.contract_id as "contractId", c.contract_number as "contractNumber", c.inami_root as "inamiRoot",
      c.start_on as "startOn", known.*
    from (${sought} offset 0) sought
    cross join lateral (
      select * from contract where insurer_id = ${insurerId} and contract_id = sought.contract_id offset 0) c
    cross join lateral (
      select max(v.version) as version, max(v.recorded_at) as "changedAt", max(v.end_on) as "endOn",
        max(v.end_reason) as "endReason", bool_or(v.action = 'cancel') as "isCancelled",
        json_agg(json_build_array(v.valid_from, v.valid_before, v.inami_number, v.contract_kind, v.ssin, v.solidarity,
          v.language, v.payment_reference) order by v.valid_from) as periods
      from contract_version v
      where v.insurer_id = c.insurer_id and v.contract_id = c.contract_id and ${isKnown(tx, knownAt)} offset 0) known
    where known.version is not null ${where}
    order by sought.contract_id limit ${limit}`;
  return rows.map((row) => ({ ...row, periods: row.periods.map(readPeriod) }));
}

type ContractRow = Omit<PortfolioContract, "periods"> & { readonly periods: readonly PeriodValues[] };
/** In the order in which the query builds them. */
type PeriodValues = readonly [
  validFrom: string,
  validBefore: string | null,
  inamiNumber: string,
  contractKind: ContractKind,
  ssin: string | null,
  solidarity: boolean,
  language: ContractPeriod["language"],
  paymentReference: string | null,
];

function readPeriod(values: PeriodValues): ContractPeriod {
  const [validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference] = values;
  return { validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference };
}
