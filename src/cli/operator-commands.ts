import { EmbeddedDatabaseError } from "../database/embedded-database-error.ts";
import { RegistryError } from "../identity/registry-error.ts";
import { OperatorError } from "../operator/operator-change.ts";
import { addAdvantageCommands } from "./operator-advantage.ts";
import { addAlarmCommands, addRegisterCommands, addSubmissionCommands } from "./operator-alarms.ts";
import { addAuditCommands } from "./operator-audit.ts";
import { addClientCommands, addGrantCommands, addOperatorCommands } from "./operator-clients.ts";
import { addContractCommands } from "./operator-contracts.ts";
import { addCertificateCommands, addKeyCommands, addSshKeyCommands } from "./operator-credentials.ts";
import {
  addAccountCommands,
  addAnswerCommands,
  addDropCommands,
  addSigningCertificateCommands,
} from "./operator-exchange.ts";
import { addFactCommands } from "./operator-facts.ts";
import { addInsurerCommands } from "./operator-insurers.ts";
import { addPaymentCommands } from "./operator-payments.ts";
import { addPremiumYearCommands } from "./operator-premium-years.ts";
import { addSpacesCommands } from "./operator-spaces.ts";

/** What operators do, a group of commands each. Kept apart, for what insurers run needs nothing of it. */
export const OPERATOR_COMMANDS = [
  addOperatorCommands,
  addInsurerCommands,
  addClientCommands,
  addGrantCommands,
  addCertificateCommands,
  addKeyCommands,
  addSshKeyCommands,
  addAccountCommands,
  addSigningCertificateCommands,
  addDropCommands,
  addAnswerCommands,
  addAlarmCommands,
  addSubmissionCommands,
  addRegisterCommands,
  addPaymentCommands,
  addFactCommands,
  addAdvantageCommands,
  addPremiumYearCommands,
  addContractCommands,
  addSpacesCommands,
  addAuditCommands,
];

/** Errors whose message is a sentence for whoever typed the command. */
export const OPERATOR_ERRORS = [RegistryError, OperatorError, EmbeddedDatabaseError];
