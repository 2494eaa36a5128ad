export const EVENT_KINDS = [
  "submissionHeld",
  "submissionReleased",
  "submissionQuarantined",
  "submissionProcessed",
  "submissionRefused",
  "contractRechecked",
  "contractsTransferred",
  "socialAdvantageChanged",
  "certificateExpires",
  "keyExpires",
  "signingCertificateExpires",
  "answersExpire",
  "webhookDisabled",
  "paymentAnnounced",
  "paymentExecuted",
  "paymentReturned",
  "ibanChanged",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What an event is about; which of them are there follows from its kind. */
export interface EventDetails {
  readonly submissionId?: string;
  /** The sender's own name for the submission. */
  readonly reference?: string | null;
  /** What a held submission waits for. */
  readonly heldReason?: string;
  /** The number that was missing when it was held for a gap. */
  readonly awaitedSequence?: number;
  readonly contractId?: string;
  readonly contractNumber?: string;
  readonly socialAdvantageId?: string;
  /** Codes of findings. */
  readonly findingCodes?: readonly string[];
  readonly clientId?: string;
  readonly subject?: string;
  readonly expiresAt?: string;
  readonly daysBefore?: number;
  readonly transferId?: string;
  /** Enterprise numbers of who handed contracts over, and of who has them from `transferredOn` on. */
  readonly fromInsurer?: string;
  readonly toInsurer?: string;
  readonly transferredOn?: string;
  /** How many. */
  readonly contracts?: number;
  /** Why a webhook was disabled. */
  readonly reason?: string;
  readonly premiumYear?: number;
  /** The remittance advice of a payment; `lineNumber` where a single line came back. */
  readonly adviceId?: string;
  readonly lineNumber?: number;
}

export interface NewEvent {
  readonly insurerId: number;
  readonly kind: EventKind;
  readonly details: EventDetails;
  /** By a simulation of validation; absent: as the transaction is. */
  readonly simulated?: boolean;
}

/** Something that happened, as it stands in its insurer's feed. */
export interface Event {
  readonly eventId: string;
  /** Place in the feed: 1, 2, 3 …, without gap. */
  readonly position: number;
  readonly kind: EventKind;
  readonly details: EventDetails;
  /** By a simulation of validation. */
  readonly simulated?: boolean;
  readonly occurredAt: Date;
}
