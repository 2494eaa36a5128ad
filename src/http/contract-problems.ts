import { type Finding, isBlocking } from "../findings/finding.ts";
import type { FindingCode } from "../findings/finding-codes.ts";
import type { Language } from "../findings/language.ts";
import { renderFindingText } from "../findings/render-finding.ts";
import { type CallRefusal, CallRefused } from "../intake/record-call.ts";
import { badRequest, type Issue, type IssueKind, Problem } from "./problems.ts";

const RETRY_SECONDS = 1;

const CALL_PROBLEMS: Readonly<Record<CallRefusal, () => Problem>> = {
  keyInUse: () =>
    new Problem("idempotencyKeyInUse", "A call with this key is being answered at this moment.", {
      retryAfterSec: RETRY_SECONDS,
    }),
  keyReused: () =>
    new Problem("idempotencyKeyReused", "Another call or file has used this key as its reference: choose a new one."),
  notLive: () =>
    new Problem("notLive", "Single contracts can be declared once the initial load has ended and the insurer is live."),
  contractNotFound,
  versionChanged: () =>
    new Problem("preconditionFailed", "The contract changed since: read it again and decide on what it says now."),
  otherContract: () =>
    new Problem("otherContract", "The key belongs to another contract now: this one was cancelled and declared again."),
};

/** The problem of a call that was not taken; whatever else was thrown, as it was. */
export function callProblem(error: unknown): unknown {
  return error instanceof CallRefused ? CALL_PROBLEMS[error.code]() : error;
}

export function exampleOf(code: CallRefusal): Problem {
  return CALL_PROBLEMS[code]();
}

export function contractNotFound(): Problem {
  const detail = "There is no such contract.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "contractId", detail }],
  });
}

export function keyMissing(isThere: boolean): Problem {
  const detail = isThere
    ? "Idempotency-Key has 1 to 255 visible characters, no quotation marks among them."
    : "The header Idempotency-Key is missing.";
  return badRequest(detail, {
    kind: isThere ? "invalidInput" : "requiredInput",
    in: "header",
    name: "Idempotency-Key",
    detail,
  });
}

export function preconditionMissing(): Problem {
  return new Problem("preconditionRequired", "Send If-Match with the ETag of the contract that you have seen, or *.");
}

/** Findings that say more than `rejectedInput` does. */
const ISSUE_KINDS: Partial<Readonly<Record<FindingCode, IssueKind>>> = {
  requiredFieldMissing: "requiredInput",
  fieldNotKnown: "unknownInput",
  valueTooLong: "schemaViolation",
  valueNotInList: "schemaViolation",
  dateInvalid: "schemaViolation",
  inamiNumberInvalid: "invalidStructure",
  ssinInvalid: "invalidStructure",
  paymentReferenceInvalid: "invalidStructure",
  startOnOutOfRange: "outOfRange",
  endBeforeStart: "invalidPeriod",
  effectiveBeforeStart: "invalidPeriod",
  contractEndedBefore: "invalidPeriod",
  inamiNumberNotValidOn: "invalidPeriod",
  inamiNumberUnknown: "referencedResourceNotFound",
};

/** A rejected record: what blocks it, with the codes that a file gets. Never with values: they may be personal numbers. */
export function rejectedProblem(findings: readonly Finding[], language: Language): Problem {
  const issues = findings.filter(isBlocking).map(({ value: _value, details: _details, ...finding }): Issue => {
    const { code, field } = finding;
    const kind = ISSUE_KINDS[code] ?? "rejectedInput";
    return { kind, in: "body", ...(field && { name: field }), detail: renderFindingText(finding, language), code };
  });
  return badRequest(
    "The record was rejected; its outcome stands under its reference among your submissions.",
    ...issues,
  );
}
