import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import { RegistryError } from "./registry-error.ts";

const MINIMUM_RSA_BITS = 2048;
const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
const KID = /^[\x21-\x7e]{1,100}$/;

/** Checks a public key in JWK form and leaves nothing in it but what makes the key. Throws RegistryError. */
export async function readPublicJwk(jwk: JWK): Promise<{ kid: string; publicJwk: JWK }> {
  if (["d", "p", "q", "dp", "dq", "qi", "k", "oth", "priv"].some((member) => member in jwk)) {
    throw new RegistryError(
      "invalidKey",
      "This JWK holds a private or secret key: keep that, and register its public part.",
    );
  }
  const key = tryRead(() => createPublicKey({ key: { ...jwk }, format: "jwk" }));
  const algorithm = key && algorithmOf(key);
  if (!key || !algorithm) {
    throw new RegistryError("invalidKey", "A key for assertions is EC P-256, RSA of 2048 bits or more, or Ed25519.");
  }
  if (jwk.use !== undefined && jwk.use !== "sig")
    throw new RegistryError("invalidKey", "The key is not for signatures.");
  if (jwk.alg !== undefined && jwk.alg !== algorithm) {
    throw new RegistryError("invalidKey", `A key of this kind signs assertions with ${algorithm}.`);
  }
  const members = key.export({ format: "jwk" }) as JWK;
  const kid = jwk.kid ?? (await calculateJwkThumbprint(members));
  if (!KID.test(kid)) {
    throw new RegistryError("invalidKey", "A kid has 1 to 100 printable ASCII characters without spaces.");
  }
  return { kid, publicJwk: { ...members, kid, alg: algorithm, use: "sig" } };
}

function algorithmOf(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ec" && details?.namedCurve === "prime256v1") return "ES256";
  if (type === "rsa" && (details?.modulusLength ?? 0) >= MINIMUM_RSA_BITS) return "PS256";
  return type === "ed25519" ? "EdDSA" : undefined;
}

/** Checks a client certificate: for client authentication, valid now or later, not an authority's. Throws RegistryError. */
export function readClientCertificate(pem: string): { thumbprint: Buffer; der: Buffer; notAfter: Date } {
  const certificate = readCertificate(pem);
  if (certificate.ca) throw new RegistryError("invalidCertificate", "This is the certificate of an authority.");
  const purposes: readonly string[] | undefined = certificate.keyUsage;
  if (purposes && !purposes.includes(CLIENT_AUTHENTICATION)) {
    throw new RegistryError("invalidCertificate", "This certificate was not issued for client authentication.");
  }
  return describeCertificate(certificate);
}

/**
 * Checks a certificate for signatures: valid now or later, RSA of 2048 bits or more or EC. It may have signed itself, as
 * openssl makes them: it is trusted because it is registered. Throws RegistryError.
 */
export function readSigningCertificate(pem: string): { thumbprint: Buffer; der: Buffer; notAfter: Date } {
  const certificate = readCertificate(pem);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type !== "ec" && !(type?.startsWith("rsa") && (details?.modulusLength ?? 0) >= MINIMUM_RSA_BITS)) {
    throw new RegistryError(
      "invalidCertificate",
      `A certificate for signatures has an EC key, or RSA of ${MINIMUM_RSA_BITS} bits or more.`,
    );
  }
  return describeCertificate(certificate);
}

function readCertificate(pem: string): X509Certificate {
  const [block] = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s.exec(pem) ?? [];
  const certificate = block === undefined ? undefined : tryRead(() => new X509Certificate(block));
  if (!certificate) throw new RegistryError("invalidCertificate", "This text holds no certificate in PEM.");
  if (new Date(certificate.validTo) <= new Date()) {
    throw new RegistryError("invalidCertificate", "This certificate has expired.");
  }
  return certificate;
}

function describeCertificate({ raw, validTo }: X509Certificate) {
  return { thumbprint: createHash("sha256").update(raw).digest(), der: raw, notAfter: new Date(validTo) };
}

const SSH_KEY_TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];
const SSH_LINE = /^([a-z0-9-]{1,40}) ([A-Za-z0-9+/]{40,4000}={0,2})(?: .*)?$/;

/** Checks one line of an OpenSSH public key; its comment is dropped, since it often names a person. Throws RegistryError. */
export function readSshKey(line: string): { fingerprint: string; publicKey: string } {
  const [, type = "", base64 = ""] = SSH_LINE.exec(line.trim()) ?? [];
  const blob = Buffer.from(base64, "base64");
  const fields = readSshFields(blob);
  if (!SSH_KEY_TYPES.includes(type) || fields?.[0]?.toString("latin1") !== type) {
    throw new RegistryError(
      "invalidSshKey",
      `An SSH key is one line of a .pub file, of type ${SSH_KEY_TYPES.join(", ")}.`,
    );
  }
  // The modulus is a positive number: a leading zero byte where its first bit is set.
  if (type === "ssh-rsa" && (fields[2]?.length ?? 0) * 8 < MINIMUM_RSA_BITS) {
    throw new RegistryError("invalidSshKey", `An RSA key for SSH has ${MINIMUM_RSA_BITS} bits or more.`);
  }
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { fingerprint: `SHA256:${digest}`, publicKey: `${type} ${base64}` };
}

/** RFC 4253 section 6.6: fields, each after its length; undefined where the lengths do not add up. */
function readSshFields(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    if (offset + 4 > blob.length) return undefined;
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return fields;
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
