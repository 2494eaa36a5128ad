import { RegistryError, type RegistryErrorCode } from "../../../identity/registry-error.ts";
import { OperatorError, type OperatorErrorCode } from "../../../operator/operator-change.ts";
import { badRequest, type IssueKind, type IssueLocation, Problem } from "../../problems.ts";

type Code = RegistryErrorCode | OperatorErrorCode;

/** Fields of bodies that each of these is about. */
const FIELDS: Partial<Record<Code, string>> = {
  invalidAccountName: "accountName",
  invalidCertificate: "pem",
  invalidClientId: "clientId",
  invalidContact: "email",
  invalidDay: "on",
  invalidEnterpriseNumber: "enterpriseNumber",
  invalidIban: "iban",
  invalidKey: "jwk",
  invalidName: "name",
  invalidPeriod: "validFrom",
  invalidPremiumYears: "files",
  invalidReceiver: "to",
  invalidReason: "reason",
  invalidScope: "scopes",
  invalidSender: "from",
  invalidSshKey: "publicKey",
  premiumYearUnknown: "premiumYear",
  premiumYearsDoubtful: "reason",
  providerNotOfSpace: "inamiNumber",
  successorMissing: "replacedBy",
  clockTooFar: "today",
  readinessNotAsked: "readinessStatement",
  readinessRefused: "readinessStatement",
};

const NOT_FOUND: Partial<Record<Code, string>> = {
  accountNotFound: "clientId",
  alarmNotFound: "alarmId",
  answerNotFound: "answerId",
  certificateNotFound: "thumbprint",
  clientNotFound: "clientId",
  contactNotFound: "contactId",
  dossierNotFound: "personId",
  dropNotFound: "dropId",
  factFileNotFound: "fileId",
  grantNotFound: "enterpriseNumber",
  ibanNotFound: "proposalId",
  insurerNotFound: "enterpriseNumber",
  keyNotFound: "kid",
  receiverNotFound: "to",
  runNotFound: "runId",
  runNotOrdered: "runId",
  personNotFound: "number",
  senderNotFound: "from",
  sshKeyNotFound: "fingerprint",
  premiumYearUnknown: "premiumYear",
  submissionNotFound: "submissionId",
  subscriptionNotFound: "subscriptionId",
};

export type ActError = RegistryError | OperatorError;

export function isActError(error: unknown): error is ActError {
  return error instanceof RegistryError || error instanceof OperatorError;
}

/** `pathNames`: the parameters of the route's path; what else was not found was named in the body. */
export function actProblem(error: ActError, pathNames: readonly string[] = []): Problem {
  const { code, message } = error;
  if (code === "operatorOnCommandLine") return new Problem("missingPermission", message);
  if (error instanceof OperatorError && error.faults.length > 0) {
    const issues = error.faults.map(({ name, detail }) => issue("invalidInput", "body", name, detail));
    return badRequest(message, ...issues);
  }
  const missing = NOT_FOUND[code];
  if (missing !== undefined && pathNames.includes(missing)) {
    return new Problem("resourceNotFound", message, { issues: [issue("invalidInput", "path", missing, message)] });
  }
  if (missing !== undefined) return badRequest(message, issue("referencedResourceNotFound", "body", missing, message));
  const field = FIELDS[code];
  if (field === undefined) return new Problem("conflict", message);
  // An enterprise number in a path that cannot be one is answered like one that nobody has.
  return pathNames.includes(field)
    ? new Problem("resourceNotFound", message, { issues: [issue("invalidInput", "path", field, message)] })
    : badRequest(message, issue("invalidInput", "body", field, message));
}

function issue(kind: IssueKind, location: IssueLocation, name: string | undefined, detail: string) {
  return { kind, in: location, ...(name !== undefined && { name }), detail };
}

/** The problem that an error of the registry becomes: an example cannot differ from it. */
export function registryProblem(code: RegistryErrorCode, sentence: string, ...pathNames: string[]): Problem {
  return actProblem(new RegistryError(code, sentence), pathNames);
}

/** What the path names cannot be the name of anything. */
export function nothingNamed(pathName: string): Problem {
  const message = `There is nothing with that ${pathName}.`;
  return new Problem("resourceNotFound", message, { issues: [issue("invalidInput", "path", pathName, message)] });
}
