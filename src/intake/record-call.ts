import type { Finding } from "../findings/finding.ts";
import type { RecordAction, RecordField } from "../formats/contract-file/contract-file-vocabulary.ts";
import type { RecordOutcome } from "./submission.ts";

/** One record handed over by itself: a submission without sequence, whose reference is its idempotency key. */
export interface RecordCall {
  /** 1 to 35 characters, unique among the insurer's submissions. */
  readonly reference: string;
  readonly action: RecordAction;
  /** Of the contract it is about; absent: `new`, or whichever the key names. */
  readonly contractId?: string;
  /** The version of the contract that the caller has seen, or several of which one will do. Absent: whichever it is. */
  readonly expectedVersions?: readonly number[];
  /** Texts as in a file. Contract number and INAMI number may be left out where `contractId` is there. */
  readonly values: { readonly [field in RecordField]?: string };
}

/** What became of a single call, as it was first answered and is answered again. */
export interface RecordCallResult {
  readonly outcome: RecordOutcome;
  readonly findings: readonly Finding[];
  /** The contract that was made or met; absent where the record was rejected and names none. */
  readonly contractId: string | null;
  /** The business day of the call. */
  readonly today: string;
}

export const CALL_REFUSALS = [
  "keyInUse",
  "keyReused",
  "notLive",
  "contractNotFound",
  "versionChanged",
  "otherContract",
] as const;
export type CallRefusal = (typeof CALL_REFUSALS)[number];

/** The call was not taken: nothing was kept, and its key may be used again. */
export class CallRefused extends Error {
  readonly code: CallRefusal;
  constructor(code: CallRefusal) {
    super(`call refused: ${code}`);
    this.name = "CallRefused";
    this.code = code;
  }
}
