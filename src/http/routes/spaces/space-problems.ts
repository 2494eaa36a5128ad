import { RegistryError, type RegistryErrorCode } from "../../../identity/registry-error.ts";
import { SpaceRefused } from "../../../spaces/spaces.ts";
import { badRequest, Problem } from "../../problems.ts";

const HOUR_SECONDS = 3_600;

const FIELDS: Partial<Record<RegistryErrorCode, string>> = {
  invalidKey: "jwks",
  keyExists: "jwks",
  tooManyActive: "jwks",
  invalidSshKey: "sshPublicKey",
  invalidName: "name",
};

/** What was asked of a space as the problem that it is; any other error as it came. `certificateField` as it was sent. */
export function spaceProblem(error: unknown, certificateField = "certificate"): unknown {
  if (error instanceof RegistryError) {
    const name = FIELDS[error.code] ?? certificateField;
    return badRequest(error.message, { kind: "invalidInput", in: "body", name, detail: error.message });
  }
  if (!(error instanceof SpaceRefused)) return error;
  const { code, message } = error;
  if (code === "certificateNotTrusted") {
    return badRequest(message, { kind: "rejectedInput", in: "body", name: certificateField, detail: message });
  }
  if (code === "spaceEnded") return new Problem("spaceExpired", message);
  if (code === "spaceNotFound") return new Problem("resourceNotFound", message);
  if (code === "tooManyResets") return new Problem("tooManyRequests", message, { retryAfterSec: HOUR_SECONDS });
  if (code === "admissionsClosed") {
    return new Problem("serviceUnavailable", message, { retryAfterSec: HOUR_SECONDS });
  }
  return new Problem("conflict", message);
}

/** The problem that a refusal becomes: an example cannot differ from it. */
export function refusedProblem(...refusal: ConstructorParameters<typeof SpaceRefused>): Problem {
  return spaceProblem(new SpaceRefused(...refusal)) as Problem;
}
