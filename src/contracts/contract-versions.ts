import type { TransactionSql } from "../database/sql.ts";
import type { ContractEnd, ContractPeriod } from "./contract-history.ts";
import type { VersionAction } from "./version-action.ts";

/** A version as it is stored: what held, since when we knew, where it came from and why. */
export interface ContractVersion extends ContractPeriod {
  readonly version: number;
  readonly endOn: ContractEnd["endOn"] | null;
  readonly endReason: ContractEnd["endReason"] | null;
  readonly recordedAt: Date;
  /** Absent (null) while it is what we know. */
  readonly supersededAt: Date | null;
  readonly action: VersionAction;
  /** Of `transfer`: the id of the transfer. */
  readonly submissionId: string;
  readonly recordNumber: number;
  readonly reason: string | null;
  readonly actor: string | null;
}

export interface VersionQuestion {
  /** Only what covered this day (`yyyy-mm-dd`); every period of the contract where absent. */
  readonly validOn?: string;
  /** As known at this instant; every version ever recorded where absent. */
  readonly knownAt?: Date;
}

export interface VersionAnswer {
  /** The instant the answer is about: that of the last change, where the question went beyond it. An answer is final. */
  readonly knownAt: Date | null;
  /** In the order of their periods, then of their recording. */
  readonly versions: readonly ContractVersion[];
}

/** The history of one contract, or a point of it (docs/contracts.md). Runs as the insurer (`Tenant.run`). */
export async function listContractVersions(
  tx: TransactionSql,
  insurerId: number,
  contractId: string,
  { validOn, knownAt }: VersionQuestion,
): Promise<VersionAnswer> {
  const [last] = await tx<{ recordedAt: Date | null }[]>`
    select contracts_recorded_at as "recordedAt" from insurer where insurer_id = ${insurerId}`;
  const lastAt = last?.recordedAt ?? null;
  const asOf = knownAt === undefined || lastAt === null || knownAt < lastAt ? (knownAt ?? null) : lastAt;
  const versions = await tx<ContractVersion[]>`
    select version, valid_from as "validFrom", valid_before as "validBefore", inami_number as "inamiNumber",
      contract_kind as "contractKind", ssin, solidarity, language, payment_reference as "paymentReference",
      end_on as "endOn", end_reason as "endReason", recorded_at as "recordedAt", superseded_at as "supersededAt", action,
      submission_id as "submissionId", record_number as "recordNumber", reason, actor
    from contract_version
    where insurer_id = ${insurerId} and contract_id = ${contractId}
      ${asOf === null ? tx`` : tx`and recorded_at <= ${asOf} and (superseded_at is null or superseded_at > ${asOf})`}
      ${validOn === undefined ? tx`` : tx`and valid_from <= ${validOn} and (valid_before is null or valid_before > ${validOn}) and (end_on is null or end_on >= ${validOn})`}
    order by valid_from, version`;
  return { knownAt: asOf, versions };
}
