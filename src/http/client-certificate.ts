import type { Socket } from "node:net";
import { type CertificateFault, readPresentedCertificate } from "../identity/presented-certificate.ts";
import { Problem } from "./problems.ts";

/** Sent with 401, which requires a challenge (RFC 9110 section 15.5.2); no scheme is registered for certificates. */
const CHALLENGE = { "WWW-Authenticate": 'ClientCertificate realm="digitalContracts"' };

/** The SHA-256 of the client certificate of a connection. Throws the problem of one that is absent or invalid. */
export function getThumbprint(socket: Socket): Buffer {
  const reading = readPresentedCertificate(socket);
  if (!("fault" in reading)) return reading.thumbprint;
  if (reading.fault === "absent") throw noClientCertificate();
  throw invalidClientCertificate(reading.fault, reading.cause);
}

export function invalidClientCertificate(fault: CertificateFault, cause?: string): Problem {
  return new Problem("invalidClientCertificate", explainFault(fault, cause), { headers: CHALLENGE });
}

export function noClientCertificate(): Problem {
  return new Problem("noClientCertificate", "This resource requires a client certificate.", { headers: CHALLENGE });
}

function explainFault(fault: CertificateFault, cause: string | undefined): string {
  if (fault === "notValidNow") return "The client certificate is not valid today.";
  if (cause === "CERT_HAS_EXPIRED") return "The client certificate has expired.";
  if (cause === "CERT_NOT_YET_VALID") return "The client certificate is not valid yet.";
  if (cause === "INVALID_PURPOSE") return "The certificate was not issued for client authentication.";
  return "The client certificate was not issued by an authority this environment trusts.";
}
