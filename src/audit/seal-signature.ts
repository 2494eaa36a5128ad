import { CompactSign, type CompactVerifyGetKey, compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";
import { type KeyRing, SIGNING_ALGORITHM } from "../identity/signing-keys.ts";

/** Signs with the key in use, as compact JWS. */
export interface SealSigner {
  sign(payload: Uint8Array): Promise<string>;
}

/** Signs with whatever key signs at the time. */
export function createSealSigner(keyRing: KeyRing): SealSigner {
  return {
    async sign(payload) {
      const { kid, privateKey } = keyRing.current();
      return await new CompactSign(payload).setProtectedHeader({ alg: SIGNING_ALGORITHM, kid }).sign(privateKey);
    },
  };
}

/** The payload of a compact JWS; rejects when its signature or its key is none of ours. */
export type SignatureCheck = (jws: string) => Promise<Uint8Array>;

const ALGORITHMS = ["PS256", "ES256", "EdDSA", "Ed25519"];

/** `keySet` must hold every key that ever signed a seal, the retired ones too. */
export function createSignatureCheck(keySet: JSONWebKeySet): SignatureCheck {
  const findKey: CompactVerifyGetKey = createLocalJWKSet(keySet);
  return async (jws) => {
    // The decoder lets unused bits of a last character pass, and a signature that can be changed unseen is none.
    for (const part of jws.split(".")) {
      if (Buffer.from(part, "base64url").toString("base64url") !== part) throw new TypeError("not a canonical JWS");
    }
    const { payload } = await compactVerify(jws, findKey, { algorithms: ALGORITHMS });
    return payload;
  };
}
