import type { Finding } from "../findings/finding.ts";
import type { RecordPlace } from "../formats/contract-file/trouble.ts";
import type { ContractRecord } from "./contract-history.ts";

/** Whose contracts change, by what, and when: the version rows say so. */
export interface Merge {
  readonly insurerId: number;
  readonly submissionId: string;
  /** Later than any change of the insurer's contracts before (`lockInsurer`). */
  readonly recordedAt: Date;
  /** Who handed the records over: a client's id, or how the audit trail names an operator. */
  readonly actor: string | null;
}

/** A staged record whose form is sound, blocked or not. */
export interface StagedContractRecord extends ContractRecord, RecordPlace {
  /** The root under which the contract is known, the replacing one where the register replaced the number. */
  readonly inamiRoot: string;
  /** Roots that the same provider had or has besides. */
  readonly aliasRoots: readonly string[] | null;
  readonly isBlocked: boolean;
  /** Of the contract that the record makes, if it makes one. */
  readonly contractId: string;
}

/** What became of a staged record. */
export interface RecordChange {
  readonly recordNumber: number;
  readonly blocked: boolean;
  readonly unchanged: boolean;
  readonly finding: Finding | null;
  readonly contractId: string | null;
}
