import { createHash, type X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { FastifyRequest } from "fastify";
import type { Tenant } from "../database/tenant-scope.ts";
import type { CertificateHolder } from "../identity/client-certificates.ts";
import type { ProvideDependencies } from "./http-dependencies.ts";
import { Problem } from "./problems.ts";

/** Sent with 401, which requires a challenge (RFC 9110 section 15.5.2); no scheme is registered for certificates. */
const CHALLENGE = { "WWW-Authenticate": 'ClientCertificate realm="digitalContracts"' };

interface PresentedCertificate {
  readonly thumbprint: Buffer;
  readonly validFrom: number;
  readonly validTo: number;
}

const presentedCertificates = new WeakMap<Socket, PresentedCertificate>();

/**
 * The insurer behind the certificate of this connection. Throws a problem when none was presented, when the handshake
 * did not trust it, when it has expired since, and when it is not registered. Registration and validity are looked up
 * on each request: a connection outlives neither.
 */
export async function identifyInsurer(
  socket: Socket,
  findCertificateHolder: (thumbprint: Buffer) => Promise<CertificateHolder | undefined>,
): Promise<CertificateHolder> {
  const { thumbprint, validFrom, validTo } = readCertificate(socket);
  const now = Date.now();
  if (now < validFrom || now > validTo) throw invalidCertificate("The client certificate is not valid today.");
  const holder = await findCertificateHolder(thumbprint);
  if (!holder) {
    throw new Problem(
      "clientCertificateNotRegistered",
      "The client certificate is not registered in this environment.",
    );
  }
  if (holder.phase === "suspended") throw new Problem("missingPermission", "The access of this insurer is suspended.");
  return holder;
}

/** The insurer a route works for. Routes that are not public have one by the time their handler runs. */
export function getInsurer(request: FastifyRequest): CertificateHolder {
  if (!request.insurer) throw new Error("a public route asked for the insurer");
  return request.insurer;
}

/** The insurer's rows, and no others: the only way for a route to data of an insurer. */
export function getTenant(request: FastifyRequest, provide: ProvideDependencies): Tenant {
  return provide().intake.database.asInsurer(getInsurer(request).insurerId);
}

export function noClientCertificate(): Problem {
  return new Problem("noClientCertificate", "This resource requires a client certificate.", { headers: CHALLENGE });
}

function readCertificate(socket: Socket): PresentedCertificate {
  const known = presentedCertificates.get(socket);
  if (known) return known;
  // The certificate first: a resumed TLS 1.3 session counts as authorized even when none was ever presented.
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!(socket instanceof TLSSocket) || !certificate) {
    throw noClientCertificate();
  }
  if (!socket.authorized) throw invalidCertificate(explainRefusal(String(socket.authorizationError)));
  const presented = describeCertificate(certificate);
  presentedCertificates.set(socket, presented);
  return presented;
}

function describeCertificate(certificate: X509Certificate): PresentedCertificate {
  return {
    thumbprint: createHash("sha256").update(certificate.raw).digest(),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

function explainRefusal(code: string): string {
  if (code === "CERT_HAS_EXPIRED") return "The client certificate has expired.";
  if (code === "CERT_NOT_YET_VALID") return "The client certificate is not valid yet.";
  if (code === "INVALID_PURPOSE") return "The certificate was not issued for client authentication.";
  return "The client certificate was not issued by an authority this environment trusts.";
}

function invalidCertificate(detail: string): Problem {
  return new Problem("invalidClientCertificate", detail, { headers: CHALLENGE });
}
