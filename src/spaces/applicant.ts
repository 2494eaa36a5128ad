import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { JWK } from "jose";
import { readClientCertificate, readPublicJwk } from "../identity/credentials.ts";
import { type AdmissionRequest, SpaceRefused, type Spaces } from "./spaces.ts";

const DAY_MS = 86_400_000;
/** The certificate outlives the account by so much, so that the gateway and not TLS says what has expired. */
const REMAINING_MS = 60 * DAY_MS;

/** Who asks, known by its key. */
export interface Applicant {
  readonly publicKey: KeyObject;
  /** SHA-256 of the key (SPKI, DER). */
  readonly keyThumbprint: Buffer;
  /** What verifies its assertions. */
  readonly keys: readonly JWK[];
  /** Its own; absent: it asks for one. */
  readonly certificatePem?: string;
}

/** Throws RegistryError and SpaceRefused. */
export async function readApplicant(
  spaces: Spaces,
  {
    certificateRequest,
    certificate,
    presented,
    keys,
  }: Pick<AdmissionRequest, "certificateRequest" | "certificate" | "presented" | "keys">,
): Promise<Applicant> {
  const publicKey =
    certificateRequest === undefined
      ? readTrusted(spaces, certificate ?? "", presented)
      : await readRequested(certificateRequest);
  const own = publicKey.export({ format: "jwk" }) as JWK;
  const used = keys ?? [own];
  // Of a kind that is used here, before anything is made.
  for (const jwk of [own, ...used]) await readPublicJwk(jwk);
  const keyThumbprint = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
  return { publicKey, keyThumbprint, keys: used, ...(certificate !== undefined && { certificatePem: certificate }) };
}

/** What reads and issues certificates is large, and needed by who is admitted only. */
async function readRequested(certificateRequest: string): Promise<KeyObject> {
  const { readCertificateRequest } = await import("../identity/certificate-request.ts");
  return await readCertificateRequest(certificateRequest);
}

/** A certificate is no secret: only a connection made with it proves that its key is the sender's. */
function readTrusted({ clientAuthorities }: Spaces, pem: string, presented: Buffer | undefined): KeyObject {
  // Not the text once more: OpenSSL knows other headings, and might find another certificate than the one registered.
  const { der, thumbprint } = readClientCertificate(pem);
  const certificate = new X509Certificate(der);
  const authorities = clientAuthorities.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const isTrusted = authorities
    .map((text) => new X509Certificate(text))
    .some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  if (isTrusted && presented?.equals(thumbprint)) {
    return createPublicKey(certificate.publicKey.export({ type: "spki", format: "pem" }));
  }
  if (isTrusted) throw new SpaceRefused("certificateNotTrusted", "Connect with the certificate that you send.");
  const sentence = "The certificate was not issued by an authority that is trusted here: send a certificate request.";
  throw new SpaceRefused("certificateNotTrusted", sentence);
}

/** The certificate of an applicant: its own, or one issued for the key of its request. */
export async function certifyApplicant(
  { authority }: Spaces,
  { certificatePem, publicKey }: Applicant,
  { clientId, expiresAt }: { clientId: string; expiresAt: Date },
): Promise<string> {
  if (certificatePem !== undefined) return certificatePem;
  if (!authority) {
    const sentence = "No certificates are issued here: send one of an authority that is trusted by this environment.";
    throw new SpaceRefused("certificateNotTrusted", sentence);
  }
  const validity = {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(expiresAt.getTime() + REMAINING_MS),
  };
  const { issueClientCertificate, readSigningAuthority } = await import("../identity/issue-certificate.ts");
  const signer = await readSigningAuthority(authority.certificatePem, authority.privateKeyPem);
  return await issueClientCertificate(signer, { commonName: clientId, publicKey, validity });
}
