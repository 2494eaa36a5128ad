import { GatewayProblem } from "./gateway-client.ts";
import { SendRefused } from "./sending.ts";
import { TokenRequestError } from "./token-client.ts";

const CERTIFICATE_UNKNOWN = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What is known of a call that was refused, or of a connection that did not come about or broke, as a sentence; else as it is. */
export function refuseConnection(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  if (error instanceof GatewayProblem) return new SendRefused(error.message);
  if (error instanceof TokenRequestError) return new SendRefused(`${url} gives no token: ${error.message}.`);
  const code = codeOf(error) ?? codeOf(error.cause) ?? "";
  if (CERTIFICATE_UNKNOWN.has(code)) {
    return new SendRefused(`The certificate of ${url} is not of an authority known here: give --ca.`);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return new SendRefused(`The host of ${url} is not known.`);
  if (code === "ECONNREFUSED") return new SendRefused(`${url} cannot be reached: the connection is refused.`);
  return /^(E[A-Z]+|ERR_(TLS|SSL)_\w+|CERT_\w+|UND_ERR_\w+)$/.test(code) && code !== "ENOENT"
    ? new SendRefused(`The connection to ${url} failed (${code}).`)
    : error;
}

/** Fetch says what went wrong in the cause of its error. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
