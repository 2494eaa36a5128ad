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
import { keyOf, listContracts, rootsOf, type StoredContract } from "./stored-contracts.ts";

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
  /** All, or as many of the last as records of the piece change (`listContracts`). */
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
