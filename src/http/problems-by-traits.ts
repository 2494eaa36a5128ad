import { SCOPES } from "../identity/scopes.ts";
import { notOnRecord } from "./audit-answers.ts";
import {
  certificateNotRegistered,
  insurerNotGranted,
  insurerNotNamed,
  insurerSuspended,
  missingScope,
  noGrant,
  severalAuthorizations,
  spaceExpired,
  tokenProblem,
} from "./authorize.ts";
import { invalidClientCertificate, noClientCertificate } from "./client-certificate.ts";
import { digestMismatch } from "./content-digest.ts";
import { type SchemaFault, unavailable, unexpected, validationProblem } from "./error-to-problem.ts";
import { bodyTooLarge, jsonExpected, noBodyExpected, notJson } from "./json-body.ts";
import { tooManyFailures } from "./limits/failed-requests.ts";
import { DEFAULT_HTTP_LIMITS } from "./limits/http-limits.ts";
import { overloaded, restarting } from "./limits/overload.ts";
import { tooManyRequests } from "./limits/rate-limits.ts";
import { requestTimeout } from "./limits/slow-body.ts";
import type { Problem } from "./problems.ts";
import { severalHosts, uriTooLong } from "./request-line.ts";

/** What decides which problems an operation can answer beside those that its route declares. */
export interface OperationTraits {
  readonly audience: "Public" | "Insurer" | "Operator";
  readonly takes: "Nothing" | "Json" | "File";
  readonly hasQuery: boolean;
  /** The body says for which insurer it is. */
  readonly insurerInBody: boolean;
}

/** An answer that is the same for all operations with the same traits. */
export interface CommonAnswer {
  readonly status: number;
  /** Of its component; operations with other problems have others. */
  readonly name: string;
  readonly description: string;
  readonly problems: Readonly<Record<string, Problem>>;
}

const found = (context: string, fault: SchemaFault) => validationProblem([fault], context);
const missing = (name: string, context: string): Problem =>
  found(context, { keyword: "required", instancePath: "", params: { missingProperty: name } });
const unknown = (name: string, context: string): Problem =>
  found(context, { keyword: "additionalProperties", instancePath: "", params: { additionalProperty: name } });
const LIMIT = DEFAULT_HTTP_LIMITS;

/** Answers before and around every handler: from certificate to overload. One function for each status, in their order. */
const COMMON_ANSWERS: readonly ((traits: OperationTraits) => CommonAnswer | undefined)[] = [
  badRequests,
  ({ audience }) =>
    audience === "Public"
      ? undefined
      : {
          status: 401,
          name: "NotAuthenticated",
          description: "Certificate or token do not prove who calls.",
          problems: {
            noClientCertificate: noClientCertificate(),
            invalidClientCertificate: invalidClientCertificate("untrusted", "CERT_HAS_EXPIRED"),
            noAccessToken: tokenProblem({
              failure: "noAccessToken",
              detail: "This resource requires an access token.",
            }),
            invalidAccessToken: tokenProblem({
              failure: "invalidAccessToken",
              detail: "The access token is bound to another client certificate.",
            }),
            expiredAccessToken: tokenProblem({
              failure: "expiredAccessToken",
              detail: "The access token has expired.",
            }),
          },
        },
  ({ audience }) =>
    audience === "Public"
      ? undefined
      : {
          status: 403,
          name: `NotAllowed${audience}`,
          description: "Who calls is known, and may not do that.",
          problems: {
            clientCertificateNotRegistered: certificateNotRegistered(),
            ...(audience !== "Operator" && { spaceExpired: spaceExpired(new Date("2027-02-20T09:00:00.000Z")) }),
            missingScope: missingScope(audience === "Operator" ? SCOPES.operate : SCOPES.consult),
            ...(audience === "Insurer" && {
              noGrant: noGrant(),
              insurerNotGranted: insurerNotGranted(),
              insurerSuspended: insurerSuspended(),
            }),
          },
        },
  ({ takes }) =>
    takes === "Json"
      ? {
          status: 408,
          name: "RequestTimeout",
          description: "The body arrived too slowly. Nothing was done; the connection is closed.",
          problems: { requestTimeout: requestTimeout() },
        }
      : undefined,
  ({ takes }) =>
    takes === "Json"
      ? {
          status: 413,
          name: "PayloadTooLarge",
          description: "The body is too large. Nothing was done.",
          problems: { bodyTooLarge: bodyTooLarge() },
        }
      : undefined,
  () => ({
    status: 414,
    name: "UriTooLong",
    description: "The URL is too long.",
    problems: { uriTooLong: uriTooLong() },
  }),
  ({ takes }) => ({
    status: 415,
    name: `UnsupportedMediaType${takes}`,
    description: takes === "Nothing" ? "There is a body, and none is taken." : "The body is of another media type.",
    problems:
      takes === "Nothing"
        ? { noBodyExpected: noBodyExpected() }
        : takes === "Json"
          ? { jsonExpected: jsonExpected() }
          : {},
  }),
  ({ audience }) => ({
    status: 429,
    name: audience === "Public" ? "TooManyRequestsPublic" : "TooManyRequests",
    description: "Too many requests, or too many that failed to prove who calls. Wait as long as `Retry-After` says.",
    problems:
      audience === "Public"
        ? { tooManyOfAddress: tooManyRequests("address", LIMIT.requestsPerMinutePerAddress, 30) }
        : {
            tooManyOfClient: tooManyRequests("client", LIMIT.requestsPerMinutePerClient, 30),
            tooManyFailures: tooManyFailures(60),
          },
  }),
  () => ({
    status: 500,
    name: "InternalServerError",
    description: "A fault of ours; it has been logged.",
    problems: { unexpected: unexpected() },
  }),
  ({ audience }) => ({
    status: 503,
    name: audience === "Public" ? "ServiceUnavailablePublic" : "ServiceUnavailable",
    description: "Not now. Wait as long as `Retry-After` says, and send the same again.",
    problems: {
      overloaded: overloaded(),
      restarting: restarting(),
      unavailable: unavailable(),
      ...(audience !== "Public" && { notOnRecord: notOnRecord() }),
    },
  }),
];

function badRequests(traits: OperationTraits): CommonAnswer {
  const { audience, takes, hasQuery, insurerInBody } = traits;
  const suffixes = [audience, takes === "Nothing" ? "" : takes, hasQuery ? "Query" : "", insurerInBody ? "Own" : ""];
  return {
    status: 400,
    name: `BadRequest${suffixes.join("")}`,
    description: "The request is not as the API describes it. Nothing was done.",
    problems: {
      unknownQueryField: unknown("pagesize", "querystring"),
      ...(hasQuery && {
        invalidQueryField: found("querystring", {
          keyword: "type",
          instancePath: "/pageSize",
          params: {},
          message: "must be integer",
        }),
      }),
      ...(takes === "Json" && {
        notJson: notJson(),
        fieldMissing: missing("reason", "body"),
        unknownField: unknown("resaon", "body"),
        bodyDigestMismatch: digestMismatch("sha-256"),
      }),
      severalHosts: severalHosts(),
      ...(audience !== "Public" && { severalAuthorizations: severalAuthorizations() }),
      ...(audience === "Insurer" && !insurerInBody && { insurerNotNamed: insurerNotNamed() }),
    },
  };
}

/** The problems that an operation can answer whatever its handler does, by status. */
export function listCommonAnswers(traits: OperationTraits): readonly CommonAnswer[] {
  return COMMON_ANSWERS.flatMap((answer) => answer(traits) ?? []).filter(
    ({ problems }) => Object.keys(problems).length > 0,
  );
}
