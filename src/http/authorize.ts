import type { FastifyRequest } from "fastify";
import type { Tenant } from "../database/tenant-scope.ts";
import { parseEnterpriseNumber } from "../identifiers/enterprise-number.ts";
import type { TokenFailure } from "../identity/access-token.ts";
import type { Grant } from "../identity/client-directory.ts";
import { SCOPES, type Scope } from "../identity/scopes.ts";
import { getThumbprint } from "./client-certificate.ts";
import type { HttpDependencies, ProvideDependencies } from "./http-dependencies.ts";
import { badRequest, Problem } from "./problems.ts";

/** Who calls, proved by certificate and token, and for which insurers it may act today. */
export interface Caller {
  readonly clientId: string;
  readonly tokenSha256: Buffer;
  /** Empty for operators. */
  readonly grants: readonly Grant[];
}

/** Names the insurer where a client may act for several. */
export const INSURER_HEADER = "infoss-insurer";

const OPERATOR_SCOPES: readonly Scope[] = [SCOPES.operate, SCOPES.audit];

/**
 * Proves the caller on each request: certificate, token bound to it, registration of both, scope, grants
 * (exchange.md section 7). Throws the problem of the first proof that fails.
 */
export async function authorize(
  request: FastifyRequest,
  scope: Scope,
  dependencies: HttpDependencies,
): Promise<Caller> {
  const { verifyToken, directory } = dependencies.identity;
  const thumbprint = getThumbprint(request.raw.socket);
  // Node keeps the first of several; a proxy in front may have gone by another.
  if ((request.raw.headersDistinct.authorization?.length ?? 0) > 1) {
    throw severalAuthorizations();
  }
  const token = await verifyToken(request.headers.authorization, thumbprint);
  if ("failure" in token) throw tokenProblem(token);
  const { clientId, tokenSha256 } = token;
  // Who it is stands now; what it may is checked below, and a refusal names it on the audit trail.
  request.caller = { clientId, tokenSha256, grants: [] };
  const found = directory.findCaller(clientId, thumbprint, dependencies.intake.clock.today());
  const client = found instanceof Promise ? await found : found;
  if (!client?.hasCertificate) {
    throw certificateNotRegistered();
  }
  if (client.spaceEndedAt) throw spaceExpired(client.spaceEndedAt);
  if (!token.scopes.has(scope) || !client.scopes.includes(scope)) throw missingScope(scope);
  return { clientId, tokenSha256, grants: OPERATOR_SCOPES.includes(scope) ? [] : client.grants };
}

/**
 * The insurer the request is about: the one in `Infoss-Insurer`, else the only one granted. Undefined where several are
 * granted and none is named: then only the file itself can say.
 */
export function chooseInsurer(request: FastifyRequest, grants: readonly Grant[]): Grant | undefined {
  if (grants.length === 0) throw noGrant();
  const named = request.headers[INSURER_HEADER];
  if (named === undefined) return grants.length === 1 ? checkPhase(grants[0]!) : undefined;
  const enterpriseNumber = typeof named === "string" ? parseEnterpriseNumber(named) : undefined;
  const grant = grants.find((candidate) => candidate.enterpriseNumber === enterpriseNumber);
  if (!grant) throw insurerNotGranted();
  return checkPhase(grant);
}

/**
 * The insurers that a file may be for: the one of the request, else all that are granted, of which the file names one.
 * Those whose access is suspended come last: what is theirs is refused once the file has named them.
 */
export function listCandidateInsurers(request: FastifyRequest): readonly Grant[] {
  if (request.insurer) return [request.insurer];
  const grants = request.caller?.grants ?? [];
  if (grants.length === 0) throw noGrant();
  const isSuspended = ({ phase }: Grant) => phase === "suspended";
  return [...grants.filter((grant) => !isSuspended(grant)), ...grants.filter(isSuspended)];
}

/** Settles whose request it is, where only its body could say. Throws where its access is suspended. */
export function settleInsurer(request: FastifyRequest, grant: Grant): void {
  request.insurer = checkPhase(grant);
}

function checkPhase(grant: Grant): Grant {
  if (grant.phase === "suspended") {
    throw insurerSuspended();
  }
  return grant;
}

/** The insurer a route works for. */
export function getInsurer(request: FastifyRequest): Grant {
  if (request.insurer) return request.insurer;
  if (request.caller?.grants.length === 0) throw noGrant();
  throw insurerNotNamed();
}

export function severalAuthorizations(): Problem {
  return badRequest("The request has more than one Authorization header. Send one.");
}

export function certificateNotRegistered(): Problem {
  return new Problem("clientCertificateNotRegistered", "The client certificate is not registered for this client.");
}

export function insurerNotNamed(): Problem {
  const detail = "This client may act for several insurers: name one in the header Infoss-Insurer.";
  return badRequest(detail, { kind: "requiredInput", in: "header", name: "Infoss-Insurer", detail });
}

export function insurerNotGranted(): Problem {
  return new Problem("missingPermission", "This client is not granted the insurer named in Infoss-Insurer.");
}

export function insurerSuspended(): Problem {
  return new Problem("missingPermission", "The access of this insurer is suspended. Ask the institute's operators.");
}

export function noGrant(): Problem {
  return new Problem("missingPermission", "This client is granted no insurer today.");
}

/** The insurer's rows, and no others: the only way for a route to data of an insurer. */
export function getTenant(request: FastifyRequest, provide: ProvideDependencies): Tenant {
  return provide().intake.database.asInsurer(getInsurer(request).insurerId);
}

export function tokenProblem({ failure, detail }: TokenFailure): Problem {
  // RFC 6750 section 3: no error code where no token was sent at all.
  const error = failure === "noAccessToken" ? "" : `, error="invalid_token", error_description="${detail}"`;
  return new Problem(failure, detail, { headers: { "WWW-Authenticate": `Bearer realm="digitalContracts"${error}` } });
}

/** Of a client of validation whose space is over. */
export function spaceExpired(endedAt: Date): Problem {
  const detail = `The space of this client ended on ${endedAt.toISOString()}. Ask for admission again: POST /admissions.`;
  return new Problem("spaceExpired", detail);
}

export function missingScope(scope: Scope): Problem {
  return new Problem("missingScope", "The access token does not carry the scope this resource requires.", {
    headers: { "WWW-Authenticate": `Bearer realm="digitalContracts", error="insufficient_scope", scope="${scope}"` },
  });
}
