import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** An EC P-256 key as it stands in a file; the public part of one alone is published and never signs. */
export interface ParsedSigningKey {
  readonly publicKey: KeyObject;
  readonly privateKey?: KeyObject;
}

/** The files of a folder that hold keys, in their order: names that end in `.pem` and do not begin with a dot. */
export function chooseKeyFiles(names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith(".pem") && !name.startsWith(".")).sort();
}

/** The key of a PEM text: private in PKCS#8, or public; undefined where it is anything else. */
export function parseSigningKey(pem: string): ParsedSigningKey | undefined {
  try {
    const privateKey = pem.includes("-----BEGIN PRIVATE KEY-----") ? createPrivateKey(pem) : undefined;
    if (!privateKey && !pem.includes("-----BEGIN PUBLIC KEY-----")) return undefined;
    const publicKey = createPublicKey(privateKey ?? pem);
    if (publicKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") return undefined;
    return { publicKey, ...(privateKey && { privateKey }) };
  } catch {
    return undefined;
  }
}
