import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { type DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { FastifyRequest } from "fastify";
import { decodeJwt } from "jose";
import type { SeenCall, SeenCertificate } from "../connection-tests/connection-test.ts";
import { readPresentedCertificate } from "../identity/presented-certificate.ts";
import { CLOCK_CLAIM } from "../identity/token-endpoint.ts";
import { INSURER_HEADER } from "./authorize.ts";
import { parseContentDigest } from "./content-digest.ts";

/** What came with a request that was proved: of its connection, its certificate, its token and its body. */
export function seeCall(request: FastifyRequest, body: SeenCall["body"], now: Date): SeenCall {
  const { socket } = request.raw;
  const reading = readPresentedCertificate(socket);
  if (!(socket instanceof TLSSocket) || "fault" in reading) throw new Error("only proved calls are looked at");
  const { standardName } = socket.getCipher();
  const claims = readClaims(request);
  return {
    channel: "rest",
    sourceAddress: (socket.remoteAddress ?? "unknown").replace(/^::ffff:(?=\d+\.)/, ""),
    httpVersion: request.raw.httpVersion,
    tls: { version: socket.getProtocol() ?? "unknown", cipherSuite: standardName },
    certificate: { ...describeCertificate(reading.certificate), chain: listIssuers(socket) },
    token: claims.token,
    clock: { ...readDate(request, now), ...claims.clock },
    insurer: {
      granted: request.caller?.grants.length ?? 0,
      isNamed: request.headers[INSURER_HEADER] !== undefined,
    },
    body,
  };
}

/** What Content-Digest says of a body, true or not: a test tells, and refuses nothing. */
export function seeBody(bytes: Buffer, request: FastifyRequest): SeenCall["body"] {
  const byteLength = bytes.length;
  const field = request.headers["content-digest"];
  try {
    const { sha256, sha512 } = parseContentDigest(Array.isArray(field) ? field.join(", ") : field);
    const isDigest = (name: string, digest: Buffer) => createHash(name).update(bytes).digest().equals(digest);
    return {
      byteLength,
      digests: ["sha-256", ...(sha512 ? ["sha-512"] : [])],
      isMatch: isDigest("sha256", sha256) && (!sha512 || isDigest("sha512", sha512)),
    };
  } catch {
    return { byteLength, digests: [], isMatch: false };
  }
}

function readClaims({ headers }: FastifyRequest): Pick<SeenCall, "token" | "clock"> {
  const { iss, aud, iat, exp, client_id, scope, cnf, ...others } = decodeJwt(
    (headers.authorization ?? "").replace(/^Bearer +/i, "").trimEnd(),
  );
  const { "x5t#S256": boundTo = "" } = (cnf ?? {}) as { "x5t#S256"?: string };
  const ahead = others[CLOCK_CLAIM];
  return {
    token: {
      issuer: iss ?? "",
      audience: String(aud),
      clientId: String(client_id),
      scopes: String(scope ?? "")
        .split(" ")
        .filter(Boolean),
      issuedAt: toInstant(iat),
      expiresAt: toInstant(exp),
      boundTo: Buffer.from(boundTo, "base64url").toString("hex"),
    },
    clock: typeof ahead === "number" ? { byAssertion: ahead } : {},
  };
}

function toInstant(seconds = 0): string {
  return new Date(seconds * 1000).toISOString();
}

/** In whole seconds, as the header has them. */
function readDate({ headers }: FastifyRequest, now: Date): SeenCall["clock"] {
  const told = Date.parse(headers.date ?? "");
  return Number.isNaN(told) ? {} : { byDateHeader: Math.round((told - now.getTime()) / 1000) };
}

/** The certificates above the caller's own, as it sent them or as we know them. */
function listIssuers(socket: TLSSocket): SeenCertificate[] {
  const issuers: SeenCertificate[] = [];
  const known = new Set<string>();
  let current: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A root is its own issuer.
  while (current?.raw && !known.has(current.fingerprint256)) {
    if (known.size > 0) issuers.push(describeCertificate(new X509Certificate(current.raw)));
    known.add(current.fingerprint256);
    current = current.issuerCertificate;
  }
  return issuers;
}

function describeCertificate(certificate: X509Certificate): SeenCertificate {
  const oneLine = (name: string) => name.split("\n").join(", ");
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    thumbprint: createHash("sha256").update(certificate.raw).digest("hex"),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    ...describeKey(certificate.publicKey),
  };
}

function describeKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  const keyBits = asymmetricKeyDetails?.modulusLength;
  return { keyKind: asymmetricKeyType ?? "unknown", ...(keyBits !== undefined && { keyBits }) };
}
