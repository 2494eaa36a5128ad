import type { Sql } from "../database/sql.ts";
import { HASH_BYTES, type SealedHead } from "./chain-encoding.ts";
import { findHead, listChains, readSnapshot } from "./stored-chain.ts";

export interface SignedHead extends SealedHead {
  /** Compact JWS over chain, number and hash. */
  readonly signature: string;
}

export interface HeadExport {
  readonly exportedAt: string;
  readonly heads: readonly SignedHead[];
}

const TYPE = "infoss-audit-heads";

/** The signed end of every chain: kept elsewhere, it shows later that history up to it was not rewritten. */
export async function exportHeads(sql: Sql): Promise<HeadExport> {
  const heads = await readSnapshot(sql, async (tx) => {
    const found: SignedHead[] = [];
    for (const chainId of await listChains(tx, "audit_seal")) {
      const { sealNumber, hash, signature } = (await findHead(tx, chainId))!;
      found.push({ chainId, sealNumber, hash, signature });
    }
    return found;
  });
  return { exportedAt: new Date().toISOString(), heads };
}

/** As JSON, one line a head. */
export function renderHeadExport({ exportedAt, heads }: HeadExport): string {
  const lines = heads.map(({ chainId, sealNumber, hash, signature }) =>
    JSON.stringify({ chain: chainId, sealNumber, hash: hash.toString("hex"), signature }),
  );
  return `{"type":"${TYPE}","exportedAt":"${exportedAt}","heads":[\n${lines.join(",\n")}\n]}\n`;
}

/** Throws SyntaxError when the text is no export of heads; whether they are genuine is told by `isSigned`. */
export function parseHeadExport(text: string): HeadExport {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document) || document.type !== TYPE || !Array.isArray(document.heads)) {
    throw new SyntaxError("this is no export of the heads of the audit trail");
  }
  return { exportedAt: String(document.exportedAt), heads: document.heads.map(parseHead) };
}

function parseHead(head: unknown): SignedHead {
  if (isRecord(head)) {
    const { chain: chainId, sealNumber, hash, signature } = head;
    if (isCount(chainId) && isCount(sealNumber) && typeof hash === "string" && typeof signature === "string") {
      const bytes = Buffer.from(hash, "hex");
      if (bytes.length === HASH_BYTES) return { chainId, sealNumber, hash: bytes, signature };
    }
  }
  throw new SyntaxError("a head of this export cannot be read");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
