import type { FastifyRequest } from "fastify";
import { type FailedAuthentications, readParty } from "../../identity/failed-authentications.ts";
import { Problem, type ProblemKind } from "../problems.ts";

/**
 * Problems of callers who tried to be somebody they could not prove to be. Who shows nothing at all, or a token that has
 * run out in the meantime, did not try; who lacks a right has proved who he is.
 */
const FAILED_PROOFS: ReadonlySet<ProblemKind> = new Set([
  "invalidClientCertificate",
  "clientCertificateNotRegistered",
  "invalidAccessToken",
]);

/** Throws for a caller who failed too often, before anything of the request is looked at. */
export async function refuseBanned(request: FastifyRequest, failed: FailedAuthentications): Promise<void> {
  const seconds = await failed.secondsBanned(readParty(request.raw.socket));
  if (seconds > 0) throw tooManyFailures(seconds);
}

export function tooManyFailures(retryAfterSec: number): Problem {
  const detail = "Too many attempts to authenticate have failed. Wait, and mend the cause.";
  return new Problem("tooManyFailedRequests", detail, { retryAfterSec });
}

/** Counts what `authorize` threw where it was a failed proof. */
export async function recordFailedProof(
  request: FastifyRequest,
  error: unknown,
  failed: FailedAuthentications,
): Promise<void> {
  if (error instanceof Problem && FAILED_PROOFS.has(error.kind)) {
    await failed.record(readParty(request.raw.socket), error.kind);
  }
}
