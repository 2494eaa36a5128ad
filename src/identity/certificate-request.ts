import "./reflect-metadata.ts";
import { createPrivateKey, createPublicKey, KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { RegistryError } from "./registry-error.ts";

const BLOCK = /-----BEGIN (NEW )?CERTIFICATE REQUEST-----[^-]+-----END (NEW )?CERTIFICATE REQUEST-----/;

/** The public key of a certificate request (PKCS#10, PEM) whose signature proves that its sender holds the key. Throws RegistryError. */
export async function readCertificateRequest(pem: string): Promise<KeyObject> {
  const [block] = BLOCK.exec(pem) ?? [];
  if (block === undefined) throw invalid("This text holds no certificate request in PEM.");
  try {
    const request = new x509.Pkcs10CertificateRequest(block);
    if (await request.verify()) {
      return createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: "der", type: "spki" });
    }
  } catch {
    throw invalid("The certificate request cannot be read, or its key is of no kind that is used here.");
  }
  throw invalid("The certificate request is not signed with the key that it is for.");
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * A request for the certificate of an EC P-256 key, a fresh one unless one is given; both PEM, the key in PKCS#8. Throws
 * RegistryError for a key of another kind.
 */
export async function createCertificateRequest(
  commonName: string,
  givenKeyPem?: string,
): Promise<{ requestPem: string; keyPem: string }> {
  const keys =
    givenKeyPem === undefined
      ? await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])
      : await importKeys(givenKeyPem);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name([{ CN: [commonName] }]),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { requestPem: `${request.toString("pem")}\n`, keyPem };
}

async function importKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  try {
    const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
    const spki = createPublicKey(pem).export({ type: "spki", format: "der" });
    return {
      privateKey: await subtle.importKey("pkcs8", der, ALGORITHM, true, ["sign"]),
      publicKey: await subtle.importKey("spki", spki, ALGORITHM, true, ["verify"]),
    };
  } catch {
    throw invalid("The key cannot be read, or is no EC P-256 key.");
  }
}

function invalid(sentence: string): RegistryError {
  return new RegistryError("invalidCertificate", sentence);
}
