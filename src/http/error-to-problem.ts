import { isDatabaseTrouble } from "../database/database-trouble.ts";
import { TransferRefused } from "../intake/receive-submission.ts";
import { digestMismatch } from "./content-digest.ts";
import { badRequest, type Issue, type IssueLocation, Problem } from "./problems.ts";
import { DAY_PATTERN } from "./schema-parts.ts";
import { tooLarge } from "./transfer-headers.ts";

const RETRY_SECONDS = 30;
/** A caller who sends more faults than this learns of the first ones. */
const MAXIMUM_ISSUES = 50;

/** What says "not now" rather than "never", besides trouble of the database; conflicts of transactions were tried again already. */
const UNAVAILABLE_CODES = ["issuerUnavailable", "40001", "40P01"];

/** Turns whatever was thrown while answering a request into the problem to answer with. Says nothing of what is inside. */
export function errorToProblem(error: unknown, maximumBytes: number): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TransferRefused) return transferProblem(error, maximumBytes);
  if (isDatabaseTrouble(error)) return unavailable();
  if (!isFastifyError(error)) return unexpected();
  if (error.validation) return validationProblem(error.validation, error.validationContext ?? "body");
  if (UNAVAILABLE_CODES.includes(error.code)) return unavailable();
  return frameworkProblem(error.code);
}

export function unexpected(): Problem {
  return new Problem("internalServerError", "An unexpected error occurred. It has been logged.");
}

export function unavailable(): Problem {
  return new Problem("serviceUnavailable", "The service cannot answer now.", { retryAfterSec: RETRY_SECONDS });
}

function transferProblem({ code }: TransferRefused, maximumBytes: number): Problem {
  if (code === "payloadTooLarge") return tooLarge(maximumBytes);
  if (code === "digestMismatch") return digestMismatch("sha-256");
  const detail = "Too many files are being received at this moment. Send the same file again a little later.";
  return new Problem("tooManyRequests", detail, { retryAfterSec: RETRY_SECONDS });
}

function frameworkProblem(code: string): Problem {
  switch (code) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_EMPTY_TYPE":
      return new Problem("unsupportedMediaType", "The media type of the request is not supported here.");
    case "FST_ERR_BAD_URL":
      return badRequest("The path of the URL is not validly percent-encoded.");
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new Problem("uriTooLong", "A segment of the path is too long.");
    default:
      return unexpected();
  }
}

export interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
  readonly message?: string;
}

interface FastifyFault extends Error {
  readonly code: string;
  readonly validation?: readonly SchemaFault[];
  readonly validationContext?: string;
}

function isFastifyError(error: unknown): error is FastifyFault {
  return error instanceof Error && ("validation" in error || ("code" in error && typeof error.code === "string"));
}

/** What a schema of a request finds; `context` is what Fastify calls that part of it. */
export function validationProblem(faults: readonly SchemaFault[], context: string): Problem {
  const location: IssueLocation = context === "querystring" ? "query" : context === "headers" ? "header" : "body";
  const issues = faults.slice(0, MAXIMUM_ISSUES).map((fault) => toIssue(fault, location));
  return badRequest("The request is not as the API describes it.", ...issues);
}

function toIssue(fault: SchemaFault, location: IssueLocation): Issue {
  const parent = fault.instancePath
    .slice(1)
    .replaceAll(/\/(\d+)/g, "[$1]")
    .replaceAll("/", ".");
  if (fault.keyword === "additionalProperties") {
    const name = harmless(fault.params.additionalProperty);
    return {
      kind: "unknownInput",
      in: location,
      ...(name && { name: join(parent, name) }),
      detail: "This input is not known here.",
    };
  }
  if (fault.keyword === "required") {
    const name = join(parent, String(fault.params.missingProperty));
    return { kind: "schemaViolation", in: location, name, detail: `${name} is missing.` };
  }
  const subject = parent || "The input";
  if (fault.keyword === "pattern" && fault.params.pattern === DAY_PATTERN) {
    return {
      kind: "schemaViolation",
      in: location,
      name: parent,
      detail: `${subject} is no day in the form yyyy-mm-dd.`,
    };
  }
  const allowed = fault.keyword === "enum" ? `: ${String(fault.params.allowedValues).replaceAll(",", ", ")}` : "";
  return {
    kind: "schemaViolation",
    in: location,
    name: parent,
    detail: `${subject} ${fault.message}${allowed}.`,
  };
}

function join(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

/** A name the caller made up is repeated only when it cannot be a personal number typed in the wrong place. */
function harmless(name: unknown): string | undefined {
  return typeof name === "string" && /^[A-Za-z][\w.-]{0,49}$/.test(name) && !/\d{4}/.test(name) ? name : undefined;
}
