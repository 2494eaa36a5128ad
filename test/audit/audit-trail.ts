import { createHash, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { CompactSign, exportJWK, generateKeyPair, type JSONWebKeySet } from "jose";
import type { Test } from "tap";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { createAuditLog } from "../../src/audit/audit-log.ts";
import type { ChainFault } from "../../src/audit/chain-fault.ts";
import type { SealingOptions } from "../../src/audit/seal-chains.ts";
import { sealChains } from "../../src/audit/seal-chains.ts";
import { createSignatureCheck, type SealSigner } from "../../src/audit/seal-signature.ts";
import { type VerifyOptions, verifyChains } from "../../src/audit/verify-chain.ts";
import { createTestDatabase } from "../database.ts";

export const READ: AuditEvent = {
  kind: "read",
  insurerId: 7,
  clientId: "insurer-0403019261",
  tokenSha256: createHash("sha256").update("token").digest(),
  method: "GET",
  route: "/submissions/:submissionId",
  status: 200,
  requestSha256: createHash("sha256").update("").digest(),
  responseSha256: createHash("sha256").update("answer").digest(),
  traceId: "trace-1",
  relatedTraceId: "trace-of-the-caller",
  persons: [createHash("sha256").update("a person").digest()],
};

export interface KeyRing {
  readonly signer: SealSigner;
  readonly keySet: JSONWebKeySet;
}

export async function createKeyRing(algorithm = "ES256", kid = randomBytes(8).toString("hex")): Promise<KeyRing> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  return {
    signer: {
      sign: (payload) => new CompactSign(payload).setProtectedHeader({ alg: algorithm, kid }).sign(privateKey),
    },
    keySet: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: algorithm }] },
  };
}

/** An empty trail in a database of its own, with all that seals and verifies it. */
export async function createTrail(t: Test) {
  const { url, database, owner } = await createTestDatabase(t);
  const { signer, keySet } = await createKeyRing();
  const checkSignature = createSignatureCheck(keySet);
  const log = createAuditLog(database.plain);
  return {
    url,
    database,
    owner,
    signer,
    checkSignature,
    empty: () => owner`truncate audit_event, audit_seal, audit_sealed_event`,
    append: (...events: Partial<AuditEvent>[]) => Promise.all(events.map((event) => log.append({ ...READ, ...event }))),
    /** Until no transaction of the server, those of other tests included, is older than a row: the sealer passes none before. */
    async outliveOthers() {
      const find = () => owner`
        select from audit_event where transaction_id >= pg_snapshot_xmin(pg_current_snapshot()) limit 1`;
      while ((await find()).length > 0) await delay(20);
    },
    seal: (options?: SealingOptions) => sealChains(database.auditor, signer, options),
    async verify(options: Partial<VerifyOptions> = {}) {
      const found: ChainFault[] = [];
      const result = await verifyChains(database.auditor, {
        checkSignature,
        onFault: (fault) => found.push(fault),
        ...options,
      });
      return { ...result, found };
    },
  };
}

export type Trail = Awaited<ReturnType<typeof createTrail>>;
