import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from "jose";

/** `typ` of a receipt's signature (RFC 7515). */
const RECEIPT_TYPE = "infoss-receipt+jws";

export interface VerifiedReceipt {
  readonly submissionId: string;
  readonly sender: string;
  readonly state: string;
  readonly receivedAt: string;
  readonly byteLength: number;
  /** Of the bytes as the gateway has them, in hexadecimal. */
  readonly sha256: string;
}

/** The receipt is not what the gateway signed; the message says why. */
export class ReceiptInvalid extends Error {
  override readonly name = "ReceiptInvalid";
}

/**
 * Verifies the signature of a receipt (compact JWS, ES256) with the key set that the gateway publishes; needs no connection.
 * `receipt` is the JSON or XML answer, or the JWS alone. Throws ReceiptInvalid.
 */
export async function verifyReceipt(receipt: string, keySet: JSONWebKeySet): Promise<VerifiedReceipt> {
  const jws = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(receipt)?.[0];
  if (jws === undefined) throw new ReceiptInvalid("it holds no signature (jws)");
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keySet), { algorithms: ["ES256"] });
    if (protectedHeader.typ !== RECEIPT_TYPE) throw new ReceiptInvalid("what is signed is no receipt");
    return JSON.parse(new TextDecoder().decode(payload));
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) throw new ReceiptInvalid("its signature is not good");
    if (error instanceof errors.JWKSNoMatchingKey) throw new ReceiptInvalid("its key is not in the key set");
    if (error instanceof errors.JOSEError) throw new ReceiptInvalid("its signature cannot be read");
    throw error;
  }
}
