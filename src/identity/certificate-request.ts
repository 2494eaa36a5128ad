import "./reflect-metadata.ts";
import { createPublicKey, KeyObject, webcrypto } from "node:crypto";
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

/** A fresh EC P-256 key with a request for its certificate; both PEM, the key in PKCS#8. */
export async function createCertificateRequest(commonName: string): Promise<{ requestPem: string; keyPem: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name([{ CN: [commonName] }]),
    keys,
    signingAlgorithm: algorithm,
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { requestPem: `${request.toString("pem")}\n`, keyPem };
}

function invalid(sentence: string): RegistryError {
  return new RegistryError("invalidCertificate", sentence);
}
