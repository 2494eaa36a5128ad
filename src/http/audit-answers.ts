import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type AuditKind, insertAuditEvent } from "../audit/audit-event.ts";
import { AuditUnavailable } from "../audit/audit-log.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Finding } from "../findings/finding.ts";
import { inamiRoot } from "../identifiers/inami-number.ts";
import { SCOPES } from "../identity/scopes.ts";
import { listNamedInResults } from "../intake/named-persons.ts";
import type { Api } from "./fastify-types.ts";
import type { HttpDependencies, ProvideDependencies } from "./http-dependencies.ts";
import { Problem } from "./problems.ts";

/**
 * Puts every answer of a route that is not public on record before it leaves; without its row no answer is given. What
 * changes something is on record before, by `recordWrite` or the operator's act, with the change itself.
 */
export function auditAnswers(app: Api, provide: ProvideDependencies): void {
  app.decorateRequest("persons", null);
  app.decorateRequest("isAudited", false);
  app.addHook("onSend", async (request, reply, payload) => {
    const kind = kindOf(request, reply.statusCode);
    if (kind === undefined || request.isAudited) return payload;
    // Once: the problem that a failure here becomes passes by again.
    request.isAudited = true;
    await record(request, provide(), kind, reply, payload);
    return payload;
  });
}

function kindOf(request: FastifyRequest, status: number): AuditKind | undefined {
  const { scope, public: isPublic, reads } = request.routeOptions.config;
  if (isPublic === true || scope === undefined) return undefined;
  if (status === 401 || status === 403) return "denial";
  if (status >= 400) return undefined;
  if (reads === true || request.method === "GET" || request.method === "HEAD") return "read";
  // What operators change is on record by the act itself.
  return scope === SCOPES.operate ? undefined : "write";
}

async function record(
  request: FastifyRequest,
  { audit }: HttpDependencies,
  kind: AuditKind,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  try {
    await audit.log.append({
      ...describeRequest(request),
      kind,
      status: reply.statusCode,
      ...((typeof payload === "string" || Buffer.isBuffer(payload)) && {
        responseSha256: hash("sha256", payload, "buffer"),
      }),
      ...(request.persons && { persons: request.persons }),
    });
  } catch (error) {
    throw asProblem(error);
  }
}

function describeRequest(request: FastifyRequest) {
  const related = request.headers["belgov-trace-id"];
  return {
    insurerId: request.insurer?.insurerId,
    clientId: request.caller?.clientId,
    tokenSha256: request.caller?.tokenSha256,
    method: request.method,
    route: request.routeOptions.url ?? "none",
    traceId: String(request.id),
    relatedTraceId: typeof related === "string" ? related : undefined,
  };
}

function asProblem(error: unknown): unknown {
  if (!(error instanceof AuditUnavailable)) return error;
  return notOnRecord();
}

export function notOnRecord(): Problem {
  return new Problem("serviceUnavailable", "The request cannot be put on record at this moment.", {
    retryAfterSec: 10,
  });
}

/**
 * Puts what an insurer changes on record in the transaction of the change itself: both are committed, or neither.
 * `status` is that of the answer; `requestSha256` the digest of the body, where there was one; `persons` whom the answer
 * names.
 */
export async function recordWrite(
  request: FastifyRequest,
  tx: TransactionSql,
  written: { readonly status: number; readonly requestSha256?: Buffer; readonly persons?: readonly Buffer[] },
): Promise<void> {
  try {
    await insertAuditEvent(tx, { ...describeRequest(request), kind: "write", ...written });
  } catch (error) {
    throw asProblem(new AuditUnavailable("insertFailed", error));
  }
  request.isAudited = true;
}

/** The persons that an answer about records names, for the audit row of the answer. */
export function notePersons(
  request: FastifyRequest,
  provide: ProvideDependencies,
  records: readonly { readonly findings: readonly Finding[] }[],
): void {
  request.persons = listNamedInResults(provide().audit.persons, records);
}

/** Puts on record, page by page, whom a streamed answer names; a page leaves after its row is committed. */
export async function* auditPages<Page extends readonly { readonly findings: readonly Finding[] }[]>(
  request: FastifyRequest,
  provide: ProvideDependencies,
  pages: AsyncIterable<Page>,
): AsyncGenerator<Page> {
  const { audit } = provide();
  yield* auditNamed(request, provide, pages, (page) => listNamedInResults(audit.persons, page));
}

/** The same for whatever else names persons. */
export async function* auditNamed<Page>(
  request: FastifyRequest,
  provide: ProvideDependencies,
  pages: AsyncIterable<Page>,
  hash: (page: Page) => readonly Buffer[],
): AsyncGenerator<Page> {
  const { audit } = provide();
  for await (const page of pages) {
    const persons = hash(page);
    if (persons.length > 0) await audit.log.append({ ...describeRequest(request), kind: "read", status: 200, persons });
    yield page;
  }
}

/** What of a contract names a person. */
interface NamingContract {
  readonly periods: readonly { readonly inamiNumber: string; readonly ssin: string | null }[];
}

/** The persons whom contracts name, for the audit row of an answer that shows them. */
export function hashContractPersons(
  { persons }: HttpDependencies["audit"],
  contracts: readonly NamingContract[],
): Buffer[] {
  const periods = contracts.flatMap((contract) => contract.periods);
  const roots = new Set(periods.map(({ inamiNumber }) => inamiRoot(inamiNumber)));
  const ssins = new Set(periods.flatMap(({ ssin }) => ssin ?? []));
  return persons.hashPerson({ inamiNumbers: [...roots], ssins: [...ssins] });
}

/** The same, where contracts are there one after the other, their periods as JSON. */
export interface NamedPersons {
  add(periods: string): void;
  hash(): Buffer[];
}

const ROOT_DIGITS = 8;
const SSIN_DIGITS = 11;
// `inamiNumber` and `ssin`, by the ends of their names: for more than six characters each search begins with a table of them.
const INAMI_FIELD = 'ber":"';
const SSIN_FIELD = 'sin":"';

export function createNamedPersons({ persons }: HttpDependencies["audit"]): NamedPersons {
  const roots = new Set<string>();
  const ssins = new Set<string>();
  return {
    add(periods) {
      addNumbers(roots, periods, INAMI_FIELD, ROOT_DIGITS);
      addNumbers(ssins, periods, SSIN_FIELD, SSIN_DIGITS);
    },
    hash: () => [
      ...Array.from(roots, (root) => persons.hashInamiNumber(root)),
      ...Array.from(ssins, (ssin) => persons.hashSsin(ssin)),
    ],
  };
}

/** Adds the first digits of each field of that name. Most periods of a contract name the same person. */
function addNumbers(numbers: Set<string>, json: string, field: string, digits: number): void {
  let last = field;
  for (let at = json.indexOf(field); at >= 0; at = json.indexOf(field, at)) {
    at += field.length;
    if (json.startsWith(last, at)) continue;
    last = json.slice(at, at + digits);
    numbers.add(last);
  }
}

/** The persons under whose numbers contracts are kept. */
export function hashInamiRoots(
  { persons }: HttpDependencies["audit"],
  contracts: readonly { readonly inamiRoot: string }[],
): Buffer[] {
  return [...new Set(contracts.map(({ inamiRoot }) => inamiRoot))].map((root) => persons.hashInamiNumber(root));
}
