import { createPrivateKey, createPublicKey } from "node:crypto";
import { CompactSign, calculateJwkThumbprint, decodeJwt, exportJWK, importPKCS8, type JWK } from "jose";
import type { Tenant } from "../database/tenant-scope.ts";
import type { Receipt } from "../formats/report/receipt.ts";

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

const ALGORITHM = "ES256";
export const RECEIPT_TYPE = "infoss-receipt+jws";

/** Signs with an EC P-256 private key in PEM (PKCS#8); `kid` is the RFC 7638 thumbprint of its public part. */
export async function createReceiptSigner(privateKeyPem: string): Promise<ReceiptSigner> {
  const key = await importPKCS8(privateKeyPem, ALGORITHM);
  const publicJwk = await exportJWK(createPublicKey(createPrivateKey(privateKeyPem)));
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    keySet: { keys: [{ ...publicJwk, kid, alg: ALGORITHM, use: "sig" }] },
    async sign(receipt) {
      const payload = new TextEncoder().encode(JSON.stringify(receipt));
      const jws = await new CompactSign(payload)
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: RECEIPT_TYPE })
        .sign(key);
      return { receipt, jws };
    },
  };
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
