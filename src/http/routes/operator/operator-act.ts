import type { FastifyReply, FastifyRequest } from "fastify";
import type { Sql } from "../../../database/sql.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { hashPersons, type NamedPersons } from "../../../operator/hash-persons.ts";
import type { OperatorChange } from "../../../operator/operator-change.ts";
import { type Act, type Acts, type Performer, performActs } from "../../../operator/perform-act.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { API_ROOT } from "../../paths.ts";
import { actProblem, isActError, nothingNamed } from "./operator-problems.ts";

export const OPERATOR_ROOT = `${API_ROOT}/operator`;
export const FOR_OPERATORS = { scope: SCOPES.operate };
export const OPERATOR_TAGS = ["Operators"];

/**
 * Does an operator's act with its audit event in one transaction; throws the problem of an act that cannot be done.
 * `status` is that of the answer, which the event carries.
 */
export async function perform<Change extends OperatorChange>(
  request: FastifyRequest,
  reply: FastifyReply,
  provide: ProvideDependencies,
  { status, act, kind }: { status: number; act: Act<Change>; kind?: Performer["kind"] },
): Promise<Change> {
  const acts: Acts<readonly [Change]> = async (tx, actor) => [await act(tx, actor)];
  const [change] = await performAll(request, reply, provide, { status, acts, ...(kind && { kind }) });
  return change;
}

/** The same for what is several acts, all done or none. */
export async function performAll<Changes extends readonly OperatorChange[]>(
  request: FastifyRequest,
  reply: FastifyReply,
  provide: ProvideDependencies,
  { status, acts, kind }: { status: number; acts: Acts<Changes>; kind?: Performer["kind"] },
): Promise<Changes> {
  const { intake, identity, audit } = provide();
  const { clientId, tokenSha256 } = request.caller!;
  const related = reply.getHeader("BelGov-Related-Trace-Id");
  const performer = {
    actor: { clientId },
    method: request.method,
    route: request.routeOptions.url ?? "none",
    status,
    tokenSha256,
    traceId: request.id,
    persons: () => audit.persons,
    ...(kind && { kind }),
    ...(typeof related === "string" && { relatedTraceId: related }),
  };
  const changes = await blameRequest(request, () => performActs(intake.database.institute, performer, acts));
  // In this process at once; the others learn of it when what they remember is ten seconds old.
  identity.directory.forget();
  reply.code(status);
  return changes;
}

/** Looks something up as the institute; throws the problem of what is not there. */
export async function lookUp<T>(
  request: FastifyRequest,
  provide: ProvideDependencies,
  find: (institute: Sql) => Promise<T>,
): Promise<T> {
  return await blameRequest(request, () => find(provide().intake.database.institute));
}

/** Notes whom an answer names that is no act, for the audit row of the answer. */
export async function noteNamed(
  request: FastifyRequest,
  provide: ProvideDependencies,
  named: NamedPersons,
): Promise<void> {
  const { intake, audit } = provide();
  request.persons = await hashPersons(intake.database.institute, audit.persons, named);
}

async function blameRequest<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const pathNames = Object.keys(request.params ?? {});
    if (isActError(error)) throw actProblem(error, pathNames);
    throw isNoName(error) && pathNames[0] !== undefined ? nothingNamed(pathNames[0]) : error;
  }
}

/** The database takes the text for no identifier of the kind, or for no text at all: then nothing has that name. */
function isNoName(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "22P02" || error.code === "22021");
}
