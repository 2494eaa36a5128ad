import { REGISTRY_ACTS, type RegistryChange } from "../identity/registry-error.ts";
import type { NamedPersons } from "./hash-persons.ts";

export const OPERATOR_ACTS = [
  ...REGISTRY_ACTS,
  "alarmAcknowledged",
  "submissionReplayed",
  "submissionReleased",
  "submissionRefused",
  "registerLoaded",
  "portfolioTransferred",
  "portfolioReceived",
  "personAsked",
  "paymentListRead",
  "transferPreviewed",
  "premiumYearsPreviewed",
  "dropReplayed",
  "answerPublished",
  "paymentRunMade",
  "paymentRunOrdered",
  "paymentRunWithdrawn",
  "paymentsImported",
  "ibanProposed",
  "ibanConfirmed",
  "ibanRejected",
  "providerIbansProposed",
  "providerIbansConfirmed",
  "providerIbansRejected",
  "factsLoaded",
  "evaluationOrdered",
  "decisionOrdered",
  "dossiersEvaluated",
  "dossiersDecided",
  "dossiersSought",
  "dossierExplained",
  "dossierContested",
  "dossierRevised",
  "dossierWithdrawn",
  "premiumYearsLoaded",
  "statusSnapshotRequested",
  "clockSimulated",
  "evaluationSimulated",
  "decisionSimulated",
  "paymentSimulated",
  "registerSimulated",
  "answerSimulated",
  "holdSimulated",
  "releaseSimulated",
  "webhookSimulated",
  "readinessImported",
  "readinessWaived",
  "spaceEnded",
] as const;
export type OperatorAct = (typeof OPERATOR_ACTS)[number];

/** What an operator's act changed; see RegistryChange. */
export interface OperatorChange extends Omit<RegistryChange, "act"> {
  readonly act: OperatorAct;
  /** The persons that the act was about: they stand in the audit trail as keyed hashes, and nowhere else. */
  readonly about?: NamedPersons;
}

export type OperatorErrorCode =
  | "accountNotFound"
  | "alarmNotFound"
  | "answerNotFound"
  | "dropNotFound"
  | "submissionNotFound"
  | "notQuarantined"
  | "notHeld"
  | "invalidDay"
  | "invalidReason"
  | "transferEmpty"
  | "transferInConflict"
  | "transferNotPossible"
  | "transferTooEarly"
  | "invalidReceiver"
  | "invalidSender"
  | "receiverNotFound"
  | "senderNotFound"
  | "invalidKeySet"
  | "invalidPremiumYears"
  | "premiumYearsDoubtful"
  | "operatorOnCommandLine"
  | "ibanNotFound"
  | "ibanProposed"
  | "invalidIban"
  | "invalidPaymentFile"
  | "nothingToPay"
  | "premiumYearUnknown"
  | "runNotFound"
  | "runNotOrdered"
  | "runNotPrepared"
  | "registerFileRefused"
  | "runOpen"
  | "sameOperator"
  | "factFileRefused"
  | "factFileNotFound"
  | "personNotFound"
  | "dossierNotFound"
  | "dossierNotMoved"
  | "noSpace"
  | "clockBackwards"
  | "clockTooFar"
  | "providerNotOfSpace"
  | "tooManyOrders"
  | "successorMissing"
  | "subscriptionNotFound"
  | "readinessMissing"
  | "readinessRefused"
  | "readinessNotAsked";

/** One of several things that are wrong with what was handed over. */
export interface OperatorFault {
  /** The field or column; absent: it is about more than one. */
  readonly name?: string | undefined;
  /** A sentence; quotes nothing of what was handed over. */
  readonly detail: string;
}

/** An act outside the registry that cannot be done; nothing was changed. The message is a sentence for the operator. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
  readonly code: OperatorErrorCode;
  readonly faults: readonly OperatorFault[];

  constructor(code: OperatorErrorCode, sentence: string, faults: readonly OperatorFault[] = []) {
    super(sentence);
    this.code = code;
    this.faults = faults;
  }
}
