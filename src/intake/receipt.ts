import { sign } from "node:crypto";
import { decodeJwt, type JWK } from "jose";
import type { Tenant } from "../database/tenant-scope.ts";
import type { Receipt } from "../formats/report/receipt.ts";
import { type KeyRing, SIGNING_ALGORITHM } from "../identity/signing-keys.ts";

export interface SignedReceipt {
  readonly receipt: Receipt;
  /** Compact JWS (ES256) over the receipt as JSON; its key is in the published key set. */
  readonly jws: string;
}

export interface ReceiptSigner {
  sign(receipt: Receipt): Promise<SignedReceipt>;
  /** Public keys as published at `/.well-known/jwks.json`. */
  readonly keySet: { readonly keys: readonly JWK[] };
}

export const RECEIPT_TYPE = "infoss-receipt+jws";

/** Signs with the current key of the ring, which `kid` names. */
export function createReceiptSigner(keyRing: KeyRing): ReceiptSigner {
  return {
    get keySet() {
      return keyRing.keySet();
    },
    async sign(receipt) {
      const { kid, privateKey } = keyRing.current();
      const content = `${encode({ alg: SIGNING_ALGORITHM, kid, typ: RECEIPT_TYPE })}.${encode(receipt)}`;
      // At once: handed to another thread, a signature of this kind costs three times as much.
      const signature = sign("sha256", Buffer.from(content), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return { receipt, jws: `${content}.${signature.toString("base64url")}` };
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** The receipt kept with a submission, exactly as it was first given. */
export function readReceipt(jws: string): SignedReceipt {
  return { receipt: decodeJwt(jws) as unknown as Receipt, jws };
}

export async function findReceipt(tenant: Tenant, submissionId: string): Promise<SignedReceipt | undefined> {
  const [row] = await tenant.run(
    (tx) => tx<{ receiptJws: string }[]>`
      select receipt_jws as "receiptJws" from submission
      where insurer_id = ${tenant.insurerId} and submission_id = ${submissionId}`,
  );
  return row && readReceipt(row.receiptJws);
}
