import { createHash, type X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

export type CertificateFault = "absent" | "untrusted" | "notValidNow";

/** The client certificate of a connection. */
export interface PresentedCertificate {
  readonly certificate: X509Certificate;
  /** SHA-256 of its DER form, 32 bytes. */
  readonly thumbprint: Buffer;
}

export type CertificateReading =
  | PresentedCertificate
  /** `cause`: what OpenSSL found, where it was the one that refused. */
  | { readonly fault: CertificateFault; readonly cause?: string };

interface Remembered extends PresentedCertificate {
  readonly validFrom: number;
  readonly validTo: number;
}

const remembered = new WeakMap<Socket, Remembered>();

/** Reads what the other side presented at the handshake. Its validity is judged on each call: connections live long. */
export function readPresentedCertificate(socket: Socket): CertificateReading {
  const known = remembered.get(socket) ?? readHandshake(socket);
  if ("fault" in known) return known;
  remembered.set(socket, known);
  const now = Date.now();
  return now < known.validFrom || now > known.validTo ? { fault: "notValidNow" } : known;
}

function readHandshake(socket: Socket): Remembered | { fault: CertificateFault; cause?: string } {
  if (!(socket instanceof TLSSocket)) return { fault: "absent" };
  // The certificate first: a resumed TLS 1.3 session counts as authorized even when none was ever presented.
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return { fault: "absent" };
  if (!socket.authorized) return { fault: "untrusted", cause: String(socket.authorizationError) };
  return {
    certificate,
    thumbprint: createHash("sha256").update(certificate.raw).digest(),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}
