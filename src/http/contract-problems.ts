import { type Finding, isBlocking } from "../findings/finding.ts";
import type { FindingCode } from "../findings/finding-codes.ts";
import type { Language } from "../findings/language.ts";
import { renderFindingText } from "../findings/render-finding.ts";
import { type CallRefusal, CallRefused } from "../intake/record-call.ts";
import { submissionPath } from "./paths.ts";
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
    new Problem(
      "preconditionFailed",
      "The contract is in no version that If-Match names: read it again and decide on what it says now.",
    ),
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

/** If-Match is no list of ETags. */
export function preconditionMalformed(): Problem {
  return badPrecondition(
    'If-Match has the ETag as it was given, in its quotation marks: "1", several with commas between, or *.',
  );
}

/** If-Match names weak tags alone. */
export function preconditionWeak(): Problem {
  return badPrecondition(
    'A weak ETag (W/"1") never matches in If-Match: send the strong one as it was given, "1", or *.',
  );
}

function badPrecondition(detail: string): Problem {
  return badRequest(detail, { kind: "invalidInput", in: "header", name: "If-Match", detail });
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

/** Details of blocking findings that can neither be nor hold a personal number: days, ids of contracts, words and limits of ours. */
const HARMLESS_DETAILS: ReadonlySet<string> = new Set([
  "allowed",
  "contractId",
  "earliest",
  "endOn",
  "latest",
  "maximum",
  "on",
  "reason",
  "startOn",
  "transferredOn",
]);

interface RejectedCall {
  readonly submissionId: string;
  readonly findings: readonly Finding[];
}

/** A rejected record: what blocks it, with the codes that a file gets. Never with values: they may be personal numbers. */
export function rejectedProblem({ submissionId, findings }: RejectedCall, language: Language): Problem {
  const detail =
    "The record was rejected. What became of it stands among your submissions: follow the link `submission`.";
  const issues = findings.filter(isBlocking).map((finding) => toIssue(finding, language));
  return new Problem("badRequest", detail, { issues, submission: submissionPath(submissionId) });
}

function toIssue({ code, field, details = {} }: Finding, language: Language): Issue {
  const harmless = Object.fromEntries(Object.entries(details).filter(([name]) => HARMLESS_DETAILS.has(name)));
  return {
    kind: ISSUE_KINDS[code] ?? "rejectedInput",
    in: field === "contractId" ? "path" : "body",
    ...(field && { name: field }),
    detail: renderFindingText({ code, ...(field && { field }), details: harmless }, language),
    code,
    ...(Object.keys(harmless).length > 0 && { details: harmless }),
  };
}
