import type { TransactionSql } from "../database/sql.ts";
import { placeFinding, type Trouble } from "../formats/contract-file/trouble.ts";
import { applyRecord, type RecordEffect } from "./contract-history.ts";
import { type Changes, ContractHoldings } from "./contract-holdings.ts";
import { insertChanges, tellRecords } from "./insert-changes.ts";
import type { Merge, RecordChange, StagedContractRecord } from "./merge.ts";
import type { PortfolioContract } from "./portfolio.ts";
import type { StoredContract } from "./stored-contracts.ts";

/** Records read, applied and written at once; the history does not depend on where a file is cut. */
const PIECE_RECORDS = 2_000;

/**
 * Applies the records of the table `staged` to the insurer's contracts, one after the other by record number, whatever
 * number of them touch the same contract: the one way by which deltas and single calls change contracts. Needs the
 * transaction that staged them, after `checkStagedProviders`, and under the insurer's lock (`lockInsurer`). Writes to
 * `staged` what became of each record (`blocked`, `unchanged`, `findings`) and, in `contract_id`, of which contract. A
 * record that is blocked already changes nothing, but is told what else is wrong with it.
 */
export async function applyRecords(tx: TransactionSql, merge: Merge): Promise<void> {
  for (let after = 0; ; ) {
    const piece = await listStaged(tx, after);
    if (piece.length === 0) return;
    await applyPiece(tx, merge, piece);
    if (piece.length < PIECE_RECORDS) return;
    after = piece.at(-1)!.recordNumber;
  }
}

async function applyPiece(tx: TransactionSql, merge: Merge, piece: readonly StagedContractRecord[]): Promise<void> {
  const holdings = await ContractHoldings.load(tx, merge, piece);
  const told = piece.map((record) => applyTo(holdings, record));
  await Promise.all([insertChanges(tx, merge, holdings.written()), tellRecords(tx, told)]);
}

/** What one record by itself makes of the insurer's contracts. */
export interface AppliedRecord {
  readonly told: RecordChange;
  /** To be written by `insertChanges`. */
  readonly changes: Changes;
  /** As it is known once they are written; undefined where the record changes none. */
  readonly contract: PortfolioContract | undefined;
}

/** The same for one record by itself, from the contracts under the keys that it names; writes nothing. */
export function applyAlone(
  merge: Merge,
  record: StagedContractRecord,
  contracts: readonly StoredContract[],
): AppliedRecord {
  const holdings = ContractHoldings.of(contracts);
  const told = applyTo(holdings, record);
  const changes = holdings.written();
  const isChanged = changes.versions.length > 0 && told.contractId !== null;
  return { told, changes, contract: isChanged ? holdings.view(told.contractId, merge.recordedAt) : undefined };
}

function applyTo(holdings: ContractHoldings, record: StagedContractRecord): RecordChange {
  const known = holdings.find(record);
  const effect = applyRecord(known, record);
  const contractId =
    effect.kind === "changed" && !record.isBlocked ? holdings.change(known, record, effect.after) : null;
  return describeChange(record, effect, contractId ?? known?.contractId ?? null);
}

function describeChange(record: StagedContractRecord, effect: RecordEffect, contractId: string | null): RecordChange {
  const { recordNumber, isBlocked } = record;
  const said = tellTrouble(effect, isBlocked);
  return {
    recordNumber,
    blocked: isBlocked || effect.kind === "refused",
    unchanged: effect.kind === "unchanged" && !isBlocked,
    finding: said === undefined ? null : placeFinding(record, said),
    contractId,
  };
}

function tellTrouble(effect: RecordEffect, isBlocked: boolean): Trouble | undefined {
  if (effect.kind === "refused") return effect.trouble;
  return effect.kind === "changed" && !isBlocked ? effect.warning : undefined;
}

async function listStaged(tx: TransactionSql, after: number): Promise<StagedContractRecord[]> {
  return await tx<StagedContractRecord[]>`
    select record_number as "recordNumber", line, byte_offset as "byteOffset", sender_reference as "senderReference",
      action, contract_number as "contractNumber", inami_number as "inamiNumber", inami_root as "inamiRoot",
      alias_roots as "aliasRoots", start_on as "fromOn", end_on as "endOn", reason, contract_kind as "contractKind", ssin,
      solidarity, language, payment_reference as "paymentReference", blocked as "isBlocked", contract_id as "contractId"
    from staged where not malformed and record_number > ${after} order by record_number limit ${PIECE_RECORDS}`;
}
