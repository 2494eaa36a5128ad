import type { Finding } from "../findings/finding.ts";
import type { FindingCode } from "../findings/finding-codes.ts";

const BELGIF = "urn:problem-type:belgif:";
const BELGIF_ISSUE = "urn:problem-type:belgif:input-validation:";
const BELGIF_EXTENSION_ISSUE = "urn:problem-type:belgif-ext:input-validation:";
const OWN = "urn:problem-type:nihdi:digitalContracts:";

/**
 * Every problem an answer can carry: Belgif's where it has one, ours where it has none (exchange.md section 6).
 * Types are stable; titles are for engineers, in English.
 */
export const PROBLEM_TYPES = {
  badRequest: { type: `${BELGIF}badRequest`, status: 400, title: "Bad Request" },
  noClientCertificate: { type: `${OWN}noClientCertificate`, status: 401, title: "No Client Certificate" },
  invalidClientCertificate: {
    type: `${OWN}invalidClientCertificate`,
    status: 401,
    title: "Invalid Client Certificate",
  },
  clientCertificateNotRegistered: {
    type: `${OWN}clientCertificateNotRegistered`,
    status: 403,
    title: "Client Certificate Not Registered",
  },
  noAccessToken: { type: `${BELGIF}noAccessToken`, status: 401, title: "No Access Token" },
  invalidAccessToken: { type: `${BELGIF}invalidAccessToken`, status: 401, title: "Invalid Access Token" },
  expiredAccessToken: { type: `${BELGIF}expiredAccessToken`, status: 401, title: "Expired Access Token" },
  missingScope: { type: `${BELGIF}missingScope`, status: 403, title: "Missing Scope" },
  missingPermission: { type: `${BELGIF}missingPermission`, status: 403, title: "Missing Permission" },
  spaceExpired: { type: `${OWN}spaceExpired`, status: 403, title: "Space Expired" },
  resourceNotFound: { type: `${BELGIF}resourceNotFound`, status: 404, title: "Resource Not Found" },
  reportNotReady: { type: `${OWN}reportNotReady`, status: 404, title: "Report Not Ready" },
  nothingToCorrect: { type: `${OWN}nothingToCorrect`, status: 404, title: "Nothing To Correct" },
  methodNotAllowed: { type: `${OWN}methodNotAllowed`, status: 405, title: "Method Not Allowed" },
  notAcceptable: { type: `${OWN}notAcceptable`, status: 406, title: "Not Acceptable" },
  requestTimeout: { type: `${OWN}requestTimeout`, status: 408, title: "Request Timeout" },
  initialLoadBusy: { type: `${OWN}initialLoadBusy`, status: 409, title: "Initial Load Busy" },
  initialLoadNotOpen: { type: `${OWN}initialLoadNotOpen`, status: 409, title: "Initial Load Not Open" },
  tooLateToCancel: { type: `${OWN}tooLateToCancel`, status: 409, title: "Too Late To Cancel" },
  conflict: { type: `${OWN}conflict`, status: 409, title: "Conflict" },
  idempotencyKeyInUse: { type: `${OWN}idempotencyKeyInUse`, status: 409, title: "Idempotency Key In Use" },
  notLive: { type: `${OWN}notLive`, status: 409, title: "Not Live" },
  otherContract: { type: `${OWN}otherContract`, status: 409, title: "Other Contract" },
  preconditionFailed: { type: `${OWN}preconditionFailed`, status: 412, title: "Precondition Failed" },
  payloadTooLarge: { type: `${BELGIF}payloadTooLarge`, status: 413, title: "Payload Too Large" },
  uriTooLong: { type: `${OWN}uriTooLong`, status: 414, title: "URI Too Long" },
  unsupportedMediaType: { type: `${OWN}unsupportedMediaType`, status: 415, title: "Unsupported Media Type" },
  idempotencyKeyReused: { type: `${OWN}idempotencyKeyReused`, status: 422, title: "Idempotency Key Reused" },
  preconditionRequired: { type: `${OWN}preconditionRequired`, status: 428, title: "Precondition Required" },
  tooManyRequests: { type: `${BELGIF}tooManyRequests`, status: 429, title: "Too Many Requests" },
  tooManyFailedRequests: {
    type: `${BELGIF}tooManyFailedRequests`,
    status: 429,
    title: "Too Many Failed Requests",
  },
  headersTooLarge: { type: `${OWN}headersTooLarge`, status: 431, title: "Request Header Fields Too Large" },
  internalServerError: { type: `${BELGIF}internalServerError`, status: 500, title: "Internal Server Error" },
  serviceUnavailable: { type: `${BELGIF}serviceUnavailable`, status: 503, title: "Service Unavailable" },
} as const;

export type ProblemKind = keyof typeof PROBLEM_TYPES;

export const ISSUE_TYPES = {
  schemaViolation: { type: `${BELGIF_ISSUE}schemaViolation`, title: "Input isn't valid with respect to schema" },
  invalidInput: { type: `${BELGIF_ISSUE}invalidInput`, title: "Invalid input" },
  unknownInput: { type: `${BELGIF_ISSUE}unknownInput`, title: "Unknown input" },
  referencedResourceNotFound: {
    type: `${BELGIF_ISSUE}referencedResourceNotFound`,
    title: "Referenced resource not found",
  },
  invalidStructure: { type: `${BELGIF_EXTENSION_ISSUE}invalidStructure`, title: "Invalid structure" },
  invalidPeriod: { type: `${BELGIF_EXTENSION_ISSUE}invalidPeriod`, title: "Invalid period" },
  outOfRange: { type: `${BELGIF_EXTENSION_ISSUE}outOfRange`, title: "Out of range" },
  rejectedInput: { type: `${BELGIF_EXTENSION_ISSUE}rejectedInput`, title: "Rejected input" },
  requiredInput: { type: `${BELGIF_EXTENSION_ISSUE}requiredInput`, title: "Input is required in this context" },
} as const;

export type IssueKind = keyof typeof ISSUE_TYPES;
export type IssueLocation = "body" | "header" | "path" | "query";

/** One fault of the request. `value` is filled by whoever knows it harmless: never a personal number. */
export interface Issue {
  readonly kind: IssueKind;
  readonly in: IssueLocation;
  readonly name?: string;
  readonly detail: string;
  readonly value?: string;
  /** Of the finding that says so, where the contract file knows the same fault. */
  readonly code?: FindingCode;
  /** Of the finding, as far as they are known harmless. */
  readonly details?: Finding["details"];
}

interface ProblemOptions {
  readonly issues?: readonly Issue[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes or requests allowed, where a limit was exceeded. */
  readonly limit?: number;
  readonly retryAfterSec?: number;
  /** Path of the submission in which what was asked stands. */
  readonly submission?: string;
}

/** An answer that is an error: thrown by routes and hooks, rendered in one place. `detail` is shown to the sender. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;
  readonly limit: number | undefined;
  readonly retryAfterSec: number | undefined;
  readonly submission: string | undefined;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.name = "Problem";
    this.kind = kind;
    this.issues = options.issues ?? [];
    this.limit = options.limit;
    this.retryAfterSec = options.retryAfterSec;
    this.submission = options.submission;
    const retryAfter = options.retryAfterSec === undefined ? {} : { "Retry-After": String(options.retryAfterSec) };
    this.headers = { ...retryAfter, ...options.headers };
  }

  get status(): number {
    return PROBLEM_TYPES[this.kind].status;
  }
}

/** A request whose input is at fault, with the faults. */
export function badRequest(detail: string, ...issues: Issue[]): Problem {
  return new Problem("badRequest", detail, { issues });
}

export interface ProblemDocument {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** `urn:uuid:` of the answer's trace id. */
  readonly instance: string;
  readonly issues?: readonly IssueDocument[];
  readonly limit?: number;
  readonly retryAfterSec?: number;
  readonly submission?: { readonly href: string };
}

export interface IssueDocument {
  readonly type: string;
  readonly title: string;
  readonly in: IssueLocation;
  readonly name?: string;
  readonly detail: string;
  readonly value?: string;
  readonly code?: FindingCode;
  readonly details?: Finding["details"];
}

/** The body of `application/problem+json` (RFC 9457, with the Belgif additions). */
export function renderProblem(problem: Problem, traceId: string): ProblemDocument {
  const { type, status, title } = PROBLEM_TYPES[problem.kind];
  return {
    type,
    status,
    title,
    detail: problem.message,
    instance: `urn:uuid:${traceId}`,
    ...(problem.issues.length > 0 && { issues: problem.issues.map(renderIssue) }),
    ...(problem.limit !== undefined && { limit: problem.limit }),
    ...(problem.retryAfterSec !== undefined && { retryAfterSec: problem.retryAfterSec }),
    ...(problem.submission !== undefined && { submission: { href: problem.submission } }),
  };
}

function renderIssue({ kind, ...issue }: Issue): IssueDocument {
  return { ...ISSUE_TYPES[kind], ...issue };
}
