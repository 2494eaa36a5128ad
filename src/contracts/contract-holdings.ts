import type { PendingQuery, Row } from "postgres";
import type { TransactionSql } from "../database/sql.ts";
import {
  type ContractEnd,
  type ContractPeriod,
  isSameEnd,
  isSamePeriod,
  type KnownContract,
} from "./contract-history.ts";
import type { Merge, StagedContractRecord } from "./merge.ts";
import type { PortfolioContract } from "./portfolio.ts";

type Fragment = PendingQuery<Row[]>;

/** A version as it is written. What a later record of the same piece supersedes is written superseded at once. */
export interface NewVersion extends ContractPeriod {
  readonly contractId: string;
  readonly version: number;
  readonly endOn: string | null;
  readonly endReason: string | null;
  readonly action: string;
  readonly recordNumber: number;
  readonly reason: string | null;
  isSuperseded: boolean;
}

export interface NewContract {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly startOn: string;
  isCancelled: boolean;
}

/** What the records of a piece change, in the order in which it must be written. */
export interface Changes {
  /** Stored versions that are no longer what we know. */
  readonly superseded: readonly { readonly contractId: string; readonly version: number }[];
  /** Stored contracts that count as never declared from now on. */
  readonly cancelled: readonly string[];
  readonly contracts: readonly NewContract[];
  readonly versions: readonly NewVersion[];
}

/** A version known now: stored, or about to be. */
interface CurrentVersion extends ContractPeriod {
  readonly version: number;
  readonly pending: NewVersion | undefined;
}

interface HeldContract extends KnownContract {
  readonly contractNumber: string;
  readonly inamiRoot: string;
  readonly periods: readonly CurrentVersion[];
  readonly lastVersion: number;
  readonly pending: NewContract | undefined;
}

/** The contracts that the records of a piece name, as the records before left them. */
export class ContractHoldings {
  readonly #byId = new Map<string, HeldContract>();
  /** Ids under contract number and root, in order of age. */
  readonly #idsByKey = new Map<string, string[]>();
  readonly #superseded: { contractId: string; version: number }[] = [];
  readonly #cancelled: string[] = [];
  readonly #contracts: NewContract[] = [];
  readonly #versions: NewVersion[] = [];

  static async load(
    tx: TransactionSql,
    merge: Merge,
    piece: readonly StagedContractRecord[],
  ): Promise<ContractHoldings> {
    return ContractHoldings.of(await listContracts(tx, merge.insurerId, piece));
  }

  static of(contracts: readonly StoredContract[]): ContractHoldings {
    const holdings = new ContractHoldings();
    for (const { versions, ...contract } of contracts) {
      const [first] = versions ?? [];
      if (!first) throw new Error("there is a contract without a version");
      const end = first.endOn === null ? null : ({ endOn: first.endOn, endReason: first.endReason } as ContractEnd);
      const periods = versions!.map((version) => ({ ...version, pending: undefined }));
      holdings.#hold({ ...contract, end, periods, pending: undefined });
    }
    return holdings;
  }

  /**
   * The contract a record names: one that counts before one that another insurer took over, and that before one that was
   * cancelled; under the number as sent before the number that replaced it, and before others of the same provider.
   */
  find(record: StagedContractRecord): HeldContract | undefined {
    let transferred: HeldContract | undefined;
    let cancelled: HeldContract | undefined;
    for (const root of rootsOf(record)) {
      for (const contractId of this.#idsByKey.get(keyOf(record.contractNumber, root)) ?? []) {
        const contract = this.#byId.get(contractId);
        if (contract?.isCancelled) cancelled ??= contract;
        else if (contract && contract.transferredOn !== null) transferred ??= contract;
        else if (contract) return contract;
      }
    }
    return transferred ?? cancelled;
  }

  /** Takes over what a record made of a contract, or the new contract that it made. Answers the contract's id. */
  change(
    known: HeldContract | undefined,
    record: StagedContractRecord,
    after: Omit<KnownContract, "contractId">,
  ): string {
    const held = known === undefined || record.action === "new" ? this.#begin(record, after.startOn) : known;
    const next = after.isCancelled ? this.#cancel(held, record) : this.#rewrite(held, record, after);
    this.#byId.set(held.contractId, next);
    return held.contractId;
  }

  written(): Changes {
    return {
      superseded: this.#superseded,
      cancelled: this.#cancelled,
      contracts: this.#contracts,
      versions: this.#versions,
    };
  }

  /** A contract that was changed at `changedAt`, as `findContract` answers it once the changes are written. */
  view(contractId: string, changedAt: Date): PortfolioContract {
    const held = this.#byId.get(contractId);
    if (!held) throw new Error("no such contract is held");
    const { contractNumber, inamiRoot, startOn, isCancelled, end } = held;
    return {
      ...{ contractId, contractNumber, inamiRoot, startOn, isCancelled, changedAt },
      endOn: end?.endOn ?? null,
      endReason: end?.endReason ?? null,
      version: Math.max(...held.periods.map(({ version }) => version)),
      periods: held.periods.map(copyPeriod),
    };
  }

  #hold(contract: HeldContract): void {
    this.#byId.set(contract.contractId, contract);
    const key = keyOf(contract.contractNumber, contract.inamiRoot);
    const ids = this.#idsByKey.get(key);
    if (ids) ids.push(contract.contractId);
    else this.#idsByKey.set(key, [contract.contractId]);
  }

  #begin(record: StagedContractRecord, startOn: string): HeldContract {
    const { contractId, contractNumber, inamiRoot } = record;
    const pending = { contractId, contractNumber, inamiRoot, startOn, isCancelled: false };
    this.#contracts.push(pending);
    const empty = { isCancelled: false, transferredOn: null, isPaid: false, end: null, periods: [], lastVersion: 0 };
    const contract: HeldContract = { contractId, contractNumber, inamiRoot, startOn, ...empty, pending };
    this.#hold(contract);
    return contract;
  }

  /** Only what differs is written: periods that stay as they were keep their version. */
  #rewrite(held: HeldContract, record: StagedContractRecord, after: Omit<KnownContract, "contractId">): HeldContract {
    const kept = isSameEnd(held.end, after.end)
      ? held.periods.filter((period) => after.periods.some((other) => isSamePeriod(period, other)))
      : [];
    for (const period of held.periods) if (!kept.includes(period)) this.#supersede(held, period);
    let { lastVersion } = held;
    const periods = after.periods.map((period) => {
      const same = kept.find((other) => isSamePeriod(other, period));
      if (same) return same;
      lastVersion += 1;
      return this.#write(held, record, period, lastVersion, after.end);
    });
    return { ...held, end: after.end, periods, lastVersion };
  }

  #cancel(held: HeldContract, record: StagedContractRecord): HeldContract {
    for (const period of held.periods) this.#supersede(held, period);
    if (held.pending) held.pending.isCancelled = true;
    else this.#cancelled.push(held.contractId);
    const last = held.periods.at(-1);
    if (!last) throw new Error("there is a contract without a version");
    const nothing = { ...last, validFrom: held.startOn, validBefore: held.startOn };
    const lastVersion = held.lastVersion + 1;
    const periods = [this.#write(held, record, nothing, lastVersion, held.end)];
    return { ...held, isCancelled: true, periods, lastVersion };
  }

  #supersede({ contractId }: HeldContract, { version, pending }: CurrentVersion): void {
    if (pending) pending.isSuperseded = true;
    else this.#superseded.push({ contractId, version });
  }

  #write(
    { contractId }: HeldContract,
    { action, recordNumber, reason }: StagedContractRecord,
    period: ContractPeriod,
    version: number,
    end: ContractEnd | null,
  ): CurrentVersion {
    const ending = { endOn: end?.endOn ?? null, endReason: end?.endReason ?? null };
    const declared = { contractId, version, ...copyPeriod(period) };
    const pending = { ...declared, ...ending, action, recordNumber, reason, isSuperseded: false };
    this.#versions.push(pending);
    return { ...declared, pending };
  }
}

/** The period alone, whatever else stands beside it. */
function copyPeriod(period: ContractPeriod): ContractPeriod {
  const { validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference } = period;
  return { validFrom, validBefore, inamiNumber, contractKind, ssin, solidarity, language, paymentReference };
}

const keyOf = (contractNumber: string, inamiRoot: string) => `${inamiRoot} ${contractNumber}`;

const ROOT_DIGITS = 8;

function rootsOf({ inamiNumber, inamiRoot, aliasRoots }: StagedContractRecord): Set<string> {
  return new Set([inamiNumber.slice(0, ROOT_DIGITS), inamiRoot, ...(aliasRoots ?? [])]);
}

interface StoredVersion extends ContractPeriod {
  readonly version: number;
  readonly endOn: string | null;
  readonly endReason: string | null;
}

export interface StoredContract
  extends Pick<
    HeldContract,
    | "contractId"
    | "contractNumber"
    | "inamiRoot"
    | "startOn"
    | "isCancelled"
    | "transferredOn"
    | "isPaid"
    | "lastVersion"
  > {
  /** Those known now, in the order of their days. */
  readonly versions: readonly StoredVersion[] | null;
}

/** The contracts of all keys that the records name: those that count, and of those that are gone the last that did. */
async function listContracts(
  tx: TransactionSql,
  insurerId: number,
  piece: readonly StagedContractRecord[],
): Promise<StoredContract[]> {
  const keys = new Map<string, readonly [string, string]>();
  for (const record of piece) {
    for (const root of rootsOf(record)) keys.set(keyOf(record.contractNumber, root), [record.contractNumber, root]);
  }
  const numbers = [...keys.values()].map(([number]) => number);
  const roots = [...keys.values()].map(([, root]) => root);
  const sought = tx`select unnest(${numbers}::text[]) as contract_number, unnest(${roots}::text[]) as inami_root`;
  const asksPaid = piece.some(({ action }) => action === "cancel");
  return await tx<StoredContract[]>`${selectStored(tx, insurerId, sought, asksPaid)} order by "contractId"`;
}

/**
 * A query of the contracts under the keys of another: `sought`, of `contract_number` and `inami_root`. `asksPaid`: whether
 * money was received on them is asked for too.
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
      from contract_version where insurer_id = ${insurerId} and contract_id = found.contract_id offset 0) own`;
}
