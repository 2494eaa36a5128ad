import type { PendingQuery, Row } from "postgres";
import { type AppliedRecord, applyAlone } from "../contracts/apply-records.ts";
import type { Merge, StagedContractRecord } from "../contracts/merge.ts";
import { type StoredContract, selectStored } from "../contracts/stored-contracts.ts";
import type { TransactionSql } from "../database/sql.ts";
import { type Finding, isBlocking } from "../findings/finding.ts";
import type { CheckedRecord } from "../formats/contract-file/check-record.ts";
import { findProviderTrouble, selectAliases } from "../register/check-staged-providers.ts";
import type { Asker } from "../register/withheld-numbers.ts";
import type { RecordOutcome } from "./submission.ts";

type Fragment = PendingQuery<Row[]>;

/** What the register and the store say of one record. */
interface LookedUp {
  /** Of the register. */
  readonly findings: readonly Finding[];
  readonly isBlocking: boolean;
  /** The root under which the contract is known, and others of the same provider. */
  readonly knownRoot: string;
  readonly aliasRoots: readonly string[] | null;
  /** Of the contract that the record makes, if it makes one. */
  readonly newContractId: string;
  /** In which the contract that the call names is known; null where it names none. */
  readonly version: number | null;
  /** Under the keys that the record names. */
  readonly contracts: readonly StoredContract[];
}

interface Question extends Asker {
  readonly today: string;
  /** The contract that the call names. */
  readonly contractId: string | undefined;
}

/**
 * Asks of one record what `checkStagedProviders` and `ContractHoldings.load` ask of those of files, by one statement that
 * writes nothing. To be sent behind the insurer's lock: what it answers then holds until the commit.
 */
export async function lookUpAlone(tx: TransactionSql, record: CheckedRecord, question: Question): Promise<LookedUp> {
  const { insurerId, today, contractId = null } = question;
  const { contractNumber = null, action } = record;
  const keys = tx`
    select distinct ${contractNumber}::text as contract_number, inami_root, null::int as newest
    from unnest(array[looked."sentRoot", looked."knownRoot"] || looked."aliasRoots") as named (inami_root)`;
  const rows = await tx<(Omit<LookedUp, "contracts"> & (StoredContract | { contractId: null }))[]>`
    with staged as materialized (${composeRow(tx, record)}),
    ${findProviderTrouble(tx, today, question, tx`s.record_number`)}
    select looked.*, held.* from (
      select coalesce(found.findings, '[]') as findings, coalesce(found.is_blocking, false) as "isBlocking",
        s.inami_root as "sentRoot", root.known as "knownRoot", alias.roots as "aliasRoots", uuidv7() as "newContractId", (
          select max(version) from contract_version
          where insurer_id = ${insurerId} and contract_id = ${contractId}::uuid and superseded_at is null) as version
      from staged s left join found on found.row_id = s.record_number
      cross join lateral (select coalesce(found.replaced_by_root, s.inami_root) as known) root
      cross join lateral (${selectAliases(tx, tx`root.known`)}) alias) looked
    left join lateral (${selectStored(tx, insurerId, keys, action === "cancel")}) held on true
    order by held."contractId"`.execute();
  return { ...rows[0]!, contracts: rows.filter((row) => row.contractId !== null) };
}

/** A record as the table `staged` has it, as far as the register asks: without a place, since it comes from no file. */
function composeRow(tx: TransactionSql, record: CheckedRecord): Fragment {
  const { recordNumber, senderReference = null, action = null, inamiNumber = null, ssin = null } = record;
  return tx`
    select ${recordNumber}::int as record_number, null::int as line, null::bigint as byte_offset,
      ${senderReference}::text as sender_reference, ${action}::text as action,
      ${inamiNumber}::text collate "C" as inami_number, left(${inamiNumber}::text, 8) collate "C" as inami_root,
      ${ssin}::text collate "C" as ssin, ${record.startOn ?? record.effectiveOn ?? null}::date as start_on`;
}

export interface MergedRecord extends Pick<AppliedRecord, "changes" | "contract"> {
  readonly outcome: RecordOutcome;
  readonly findings: readonly Finding[];
  /** Of the contract that the record makes or names; null where there is none. */
  readonly contractId: string | null;
}

/**
 * What `mergeStaged` does for the records of files, for one by itself: what became of it is answered, not written. It
 * repeats no other's reference. Under the insurer's lock; writing the changes is left to the caller.
 */
export function mergeAlone(merge: Merge, record: CheckedRecord, looked: LookedUp): MergedRecord {
  const found = [...record.findings, ...looked.findings];
  if (record.findings.some(isBlocking)) {
    return { outcome: "rejected", findings: found, contractId: null, changes: NO_CHANGES, contract: undefined };
  }
  const { told, changes, contract } = applyAlone(merge, toStaged(record, looked), looked.contracts);
  const findings = told.finding === null ? found : [...found, told.finding];
  return { outcome: outcomeOf(told, findings), findings, contractId: told.contractId, changes, contract };
}

const NO_CHANGES: AppliedRecord["changes"] = { superseded: [], cancelled: [], contracts: [], versions: [] };

/** Of a record whose form is sound. */
function toStaged(record: CheckedRecord, looked: LookedUp): StagedContractRecord {
  const { recordNumber, line, byteOffset, senderReference, action, contractNumber, inamiNumber } = record;
  const { endOn = null, reason = null, contractKind = null, ssin = null, solidarity = null } = record;
  const { startOn, effectiveOn, language = null, paymentReference = null } = record;
  const content = { contractKind, ssin, solidarity, language, paymentReference };
  return {
    ...{ recordNumber, line, byteOffset, senderReference, action, contractNumber, inamiNumber, ...content },
    ...{ fromOn: startOn ?? effectiveOn ?? null, endOn, reason },
    inamiRoot: looked.knownRoot,
    aliasRoots: looked.aliasRoots,
    isBlocked: looked.isBlocking,
    contractId: looked.newContractId,
  } as StagedContractRecord;
}

function outcomeOf({ blocked, unchanged }: AppliedRecord["told"], findings: readonly Finding[]): RecordOutcome {
  if (blocked) return "rejected";
  if (unchanged) return "unchanged";
  return findings.length > 0 ? "acceptedWithWarnings" : "accepted";
}
