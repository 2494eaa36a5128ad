import type { Finding } from "../findings/finding.ts";
import type { DryRunCounts } from "./dry-run.ts";

export const SUBMISSION_STATES = [
  "received",
  "processing",
  "processed",
  "held",
  "refused",
  "quarantined",
  "cancelled",
  "tested",
] as const;
export type SubmissionState = (typeof SUBMISSION_STATES)[number];

/** What a held submission waits for. */
export const HELD_REASONS = [
  "sequenceGap",
  "massChange",
  "predecessorHeld",
  "predecessorQuarantined",
  "initialLoadOpen",
  "simulation",
] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

export const SUBMISSION_KINDS = ["initialLoad", "delta", "inamiVerification"] as const;
export type SubmissionKind = (typeof SUBMISSION_KINDS)[number];

export const CHANNELS = ["rest", "sftp"] as const;
export type Channel = (typeof CHANNELS)[number];

export const ENVIRONMENT_LETTERS = ["R", "S", "T"] as const;
export type EnvironmentLetter = (typeof ENVIRONMENT_LETTERS)[number];

export const RECORD_OUTCOMES = ["accepted", "acceptedWithWarnings", "unchanged", "rejected"] as const;
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number];

/** Records by outcome; a processed submission has `received` equal to the sum of the four others. */
export interface RecordCounts {
  readonly received: number;
  readonly accepted: number;
  readonly acceptedWithWarnings: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** What a sender may know of a submission. Header fields are absent while the root could not be read. */
export interface Submission {
  readonly submissionId: string;
  readonly insurerId: number;
  readonly channel: Channel;
  readonly fileName?: string;
  readonly state: SubmissionState;
  readonly reference?: string;
  readonly environment?: EnvironmentLetter;
  readonly kind?: SubmissionKind;
  /** Place among the insurer's deltas, over both doors. */
  readonly sequence?: number;
  /** What it waits for, while it is held. */
  readonly heldReason?: HeldReason;
  /** The number that it waits for, where that is the reason: as of now, for it may come and the next one be missing. */
  readonly awaitedSequence?: number;
  /** When it is refused unless what it waits for comes; absent where there is no limit. */
  readonly heldUntil?: Date;
  /** Only to learn what it would do. */
  readonly isDryRun?: boolean;
  /** Of a dry run that has ended: its rows by effect. */
  readonly dryRunCounts?: DryRunCounts;
  readonly complete?: boolean;
  readonly byteLength: number;
  /** SHA-256 of the bytes as received, lower-case hex. */
  readonly sha256: string;
  readonly declaredRecordCount?: number;
  /** Bytes and records read so far by the worker; they reach the totals before the merge. */
  readonly bytesRead: number;
  readonly recordsRead: number;
  readonly counts?: RecordCounts;
  /** Findings about the file as a whole: why it was refused, or warnings. */
  readonly findings: readonly Finding[];
  readonly receivedAt: Date;
  readonly endedAt?: Date;
}

/** The outcome of one record. `contractId` is set where the record made or met a contract. */
export interface RecordResult {
  readonly recordNumber: number;
  readonly senderReference?: string;
  readonly outcome: RecordOutcome;
  readonly findings: readonly Finding[];
}
