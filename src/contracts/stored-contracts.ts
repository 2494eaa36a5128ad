import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import type { ContractPeriod, KnownContract } from "./contract-history.ts";
import type { StagedContractRecord } from "./merge.ts";

type Fragment = PendingQuery<Row[]>;

interface StoredVersion extends ContractPeriod {
  readonly version: number;
  readonly endOn: string | null;
  readonly endReason: string | null;
}

export interface StoredContract extends Omit<KnownContract, "end" | "periods"> {
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly lastVersion: number;
  /** Those known now, in the order of their days: all, or as many of the last as the records need. */
  readonly versions: readonly StoredVersion[] | null;
}

/** A key that records of a piece name. */
interface SoughtKey {
  readonly contractNumber: string;
  readonly inamiRoot: string;
  /** The first day from which they modify the contract; undefined where one does something else, which may need all days. */
  readonly modifiedFrom: string | undefined;
}

const ROOT_DIGITS = 8;
/** A modification leaves two: the version that it cut short and its own. Older ones lie on other pages, each on one of its own. */
const NEWEST_VERSIONS = 2;

export const keyOf = (contractNumber: string, inamiRoot: string) => `${inamiRoot} ${contractNumber}`;

/** Of the keys under which a record finds its contract. */
export function rootsOf({ inamiNumber, inamiRoot, aliasRoots }: StagedContractRecord): Set<string> {
  return new Set([inamiNumber.slice(0, ROOT_DIGITS), inamiRoot, ...(aliasRoots ?? [])]);
}

/**
 * The contracts of all keys that the records name: those that count, and of those that are gone the last that did. Of one
 * that is only modified the newest versions are read first, and the others where these begin too late.
 */
export async function listContracts(
  tx: TransactionSql,
  insurerId: number,
  piece: readonly StagedContractRecord[],
): Promise<StoredContract[]> {
  const asksPaid = piece.some(({ action }) => action === "cancel");
  const list = (keys: readonly SoughtKey[]) =>
    tx<StoredContract[]>`
      ${selectStored(tx, insurerId, composeKeys(tx, keys), asksPaid)} order by "contractId"`.execute();
  const keys = collectKeys(piece);
  const found = await list([...keys.values()]);
  const keyOfFound = ({ contractNumber, inamiRoot }: StoredContract) => keys.get(keyOf(contractNumber, inamiRoot))!;
  const short = new Set(
    found.filter((contract) => !reachesBefore(contract, keyOfFound(contract).modifiedFrom)).map(keyOfFound),
  );
  if (short.size === 0) return found;
  const whole = await list([...short].map((key) => ({ ...key, modifiedFrom: undefined })));
  return [...found.filter((contract) => !short.has(keyOfFound(contract))), ...whole];
}

function collectKeys(piece: readonly StagedContractRecord[]): Map<string, SoughtKey> {
  const keys = new Map<string, SoughtKey>();
  for (const record of piece) {
    const { action, fromOn, contractNumber } = record;
    const from = action === "modify" && fromOn !== null ? fromOn : undefined;
    for (const inamiRoot of rootsOf(record)) {
      const key = keyOf(contractNumber, inamiRoot);
      const other = keys.get(key);
      const modifiedFrom = other === undefined ? from : earlierOf(other.modifiedFrom, from);
      keys.set(key, { contractNumber, inamiRoot, modifiedFrom });
    }
  }
  return keys;
}

/** Undefined is before all days. */
function earlierOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return undefined;
  return one < other ? one : other;
}

/**
 * Whether the versions tell what held before that day and from it on. What is written with a record replaces all from its day
 * on, so the newest versions known now are the last periods.
 */
function reachesBefore({ startOn, isCancelled, versions }: StoredContract, day: string | undefined): boolean {
  if (day === undefined || isCancelled) return true;
  const [first] = versions ?? [];
  return first !== undefined && (first.validFrom < day || first.validFrom === startOn);
}

function composeKeys(tx: TransactionSql, keys: readonly SoughtKey[]): Fragment {
  const numbers = keys.map(({ contractNumber }) => contractNumber);
  const roots = keys.map(({ inamiRoot }) => inamiRoot);
  const newest = keys.map(({ modifiedFrom }) => (modifiedFrom === undefined ? null : NEWEST_VERSIONS));
  return tx`
    select unnest(${numbers}::text[]) as contract_number, unnest(${roots}::text[]) as inami_root,
      unnest(${newest}::int[]) as newest`;
}

/**
 * A query of the contracts under the keys of another: `sought`, of `contract_number`, `inami_root` and `newest`, the number of
 * versions that are looked at (null: all). `asksPaid`: whether money was received on them is asked for too.
 */
export function selectStored(tx: TransactionSql, insurerId: number, sought: Fragment, asksPaid: boolean): Fragment {
  // `offset 0` makes each key look itself up by its index: the planner knows neither the keys nor what was just merged,
  // and for the youngest of a key it would go through all contracts from the youngest on. The root as an expression
  // keeps it from going through all contracts of a root: only the index that begins with the number can serve.
  return tx`
    select found.contract_id as "contractId", sought.contract_number as "contractNumber", sought.inami_root as "inamiRoot",
      found.start_on as "startOn", found.cancelled_at is not null as "isCancelled",
      found.transferred_on as "transferredOn", ${asksPaid} and exists (
        select from contract_payment p where p.insurer_id = ${insurerId} and p.contract_id = found.contract_id
          and p.amount_cents > 0) as "isPaid", own.*
    from (${sought}) sought
    cross join lateral (
      (select contract_id, start_on, cancelled_at, transferred_on from contract
       where insurer_id = ${insurerId} and contract_number = sought.contract_number and inami_root || '' = sought.inami_root
         and cancelled_at is null and transferred_on is null offset 0)
      union all
      (select * from (
         select contract_id, start_on, cancelled_at, transferred_on from contract
         where insurer_id = ${insurerId} and contract_number = sought.contract_number and inami_root || '' = sought.inami_root
           and (cancelled_at is not null or transferred_on is not null) offset 0) gone
       order by cancelled_at is not null, contract_id desc limit 1)) found
    cross join lateral (
      select max(version) as "lastVersion",
        json_agg(json_build_object('version', version, 'validFrom', valid_from, 'validBefore', valid_before,
          'inamiNumber', inami_number, 'contractKind', contract_kind, 'ssin', ssin, 'solidarity', solidarity,
          'language', language, 'paymentReference', payment_reference, 'endOn', end_on, 'endReason', end_reason)
          order by valid_from) filter (where superseded_at is null) as versions
      from (
        select * from contract_version where insurer_id = ${insurerId} and contract_id = found.contract_id
        order by version desc limit sought.newest) seen) own`;
}
