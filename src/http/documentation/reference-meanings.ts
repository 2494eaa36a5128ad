import type { InsurerReason } from "../../advantage/reasons.ts";
import type { EventKind } from "../../events/event.ts";
import type { INSURER_PHASES } from "../../identity/identity-kinds.ts";
import type { HeldReason, RecordOutcome, SubmissionKind, SubmissionState } from "../../intake/submission.ts";
import type { DeliveryFault, DisabledReason, SubscriptionState } from "../../webhooks/webhook.ts";

// What each word means to an insurer. A new word without meaning does not compile.

export const KIND_MEANINGS: Readonly<Record<SubmissionKind, string>> = {
  initialLoad: "all contracts you have when you begin, in any number of files",
  delta: "what changed since, numbered",
  inamiVerification: "numbers of providers to be verified",
};

export const STATE_MEANINGS: Readonly<Record<SubmissionState, string>> = {
  received: "stored, waits for its turn",
  processing: "is being read, checked and merged",
  processed: "the end: every record has its outcome",
  held: "waits for what `heldReason` says",
  refused: "the end: nothing was taken over; yours to mend",
  quarantined: "we could not process it; ours to mend, nothing is lost",
  cancelled: "the end: you took it back",
  tested: "the end of a circuit test or a dry run: nothing was changed",
};

export const HELD_MEANINGS: Readonly<Record<HeldReason, string>> = {
  sequenceGap: "the delta with the number before it, for 24 hours at most",
  massChange: "an operator: it ends many contracts",
  predecessorHeld: "a delta before it that waits for an operator",
  predecessorQuarantined: "a delta before it that we could not process",
  initialLoadOpen: "the end of your initial load",
  simulation: "you: a simulation in validation holds it",
};

export const OUTCOME_MEANINGS: Readonly<Record<RecordOutcome, string>> = {
  accepted: "taken over",
  acceptedWithWarnings: "taken over, and there is something you should know",
  unchanged: "right, and nothing differs from what we had",
  rejected: "not taken over; its findings say why",
};

export const EVENT_MEANINGS: Readonly<Record<EventKind, string>> = {
  submissionHeld: "a file waits; `heldReason` says for what",
  submissionReleased: "it waits no longer",
  submissionQuarantined: "we could not process a file",
  submissionProcessed: "its report is there",
  submissionRefused: "so is its report, which says why",
  contractRechecked:
    "the register has something else to say about a contract; `findingCodes`, empty when all is well again",
  contractsTransferred: "an operator handed contracts over, from or to another insurer",
  socialAdvantageChanged: "the status of a client changed: read it again",
  certificateExpires: "a client certificate expires soon",
  keyExpires: "a key that signs assertions expires soon",
  signingCertificateExpires: "a certificate that verifies signatures of files expires soon",
  answersExpire: "answers in `OUT` were not fetched and will be removed",
  webhookDisabled: "nothing is delivered any more; `reason` says why",
  paymentAnnounced: "a remittance advice is there",
  paymentExecuted: "its transfer was made",
  paymentReturned: "a transfer, or a line of it, came back",
  ibanChanged: "another account is paid to from now on",
};

export const SUBSCRIPTION_MEANINGS: Readonly<Record<SubscriptionState, string>> = {
  active: "messages are delivered",
  paused: "you stopped it; it goes on from where it stood",
  disabled: "we stopped it",
};

export const DISABLED_MEANINGS: Readonly<Record<DisabledReason, string>> = {
  failing: "no message could be delivered for a day",
  gone: "your endpoint answered 410",
  clientNotGranted: "the client that answers for it may no longer act for you",
};

export const FAULT_MEANINGS: Readonly<Record<DeliveryFault, string>> = {
  nameUnknown: "the name of the host has no address",
  addressRefused: "its address is not of the public internet",
  connectionFailed: "no connection",
  tlsFailed: "the certificate does not verify, or not for that name",
  timedOut: "no answer in 15 seconds",
  redirected: "a redirect, which is not followed",
  errorStatus: "a status outside of 200 to 299",
  gone: "410",
};

export const REASON_MEANINGS: Readonly<Record<InsurerReason, string>> = {
  noContract: "stands in the list; on a contract it is never given",
  contractStartedTooLate: "it started after 31 December of the year",
  contractReceivedTooLate: "it was recorded when linking was over",
  notPayableOnThisContract: "nothing is paid on this contract; why is not ours to tell",
  conditionsNotMet: "the client does not meet them",
  amountNotPublished: "payable, as soon as there is an amount",
  underReview: "not decided yet",
};

export const PHASE_MEANINGS: Readonly<Record<(typeof INSURER_PHASES)[number], string>> = {
  access: "circuit tests, dry runs and verification only",
  loading: "the initial load is open",
  live: "it has ended: deltas and single calls",
  suspended: "every call is refused",
};
