import { createHash } from "node:crypto";
import type { PendingQuery, Row } from "postgres";
import { compressChunks, decompressChunks } from "../database/compressed-chunks.ts";
import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import { createBufferCollector } from "./collect-buffers.ts";
import { reachStep } from "./steps.ts";

export interface MeasuredPayload {
  readonly chunks: AsyncGenerator<Buffer>;
  /** Valid once the chunks have ended. */
  result(): { byteLength: number; sha256: Buffer };
}

/**
 * Hashes and compresses a body as it streams by; `onBytes` sees every piece as it arrived (at most as large as the
 * sender's transport cuts it). Throws what the body throws, and what `onBytes` throws.
 */
export function measurePayload(
  body: AsyncIterable<Buffer>,
  onBytes: (bytes: Buffer, total: number) => void,
): MeasuredPayload {
  const hash = createHash("sha256");
  let byteLength = 0;
  const collectBuffers = createBufferCollector();
  async function* measured() {
    for await (const bytes of body) {
      byteLength += bytes.length;
      onBytes(bytes, byteLength);
      hash.update(bytes);
      yield bytes;
      collectBuffers(byteLength);
    }
  }
  return { chunks: compressChunks(measured()), result: () => ({ byteLength, sha256: hash.digest() }) };
}

/** Gives the submission its id, with its first bytes where it has any. */
export async function insertFirstChunk(tx: TransactionSql, insurerId: number, bytes?: Buffer): Promise<string> {
  const [row] = await (bytes === undefined
    ? tx<{ submissionId: string }[]>`select uuidv7() as "submissionId"`
    : tx<{ submissionId: string }[]>`
        insert into submission_payload (insurer_id, submission_id, chunk_number, bytes)
        values (${insurerId}, uuidv7(), 0, ${bytes}) returning submission_id as "submissionId"`);
  if (bytes !== undefined) reachStep("receive.chunkStored");
  return row!.submissionId;
}

export async function insertPayloadChunk(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
  chunkNumber: number,
  bytes: Buffer,
): Promise<void> {
  await composePayloadChunk(tx, insurerId, submissionId, chunkNumber, bytes);
  reachStep("receive.chunkStored");
}

/** The same as a query, to be sent with others. */
export function composePayloadChunk(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
  chunkNumber: number,
  bytes: Buffer,
): PendingQuery<Row[]> {
  return tx`
    insert into submission_payload (insurer_id, submission_id, chunk_number, bytes)
    values (${insurerId}, ${submissionId}, ${chunkNumber}, ${bytes})`;
}

export async function deletePayload(tx: TransactionSql, insurerId: number, submissionId: string): Promise<void> {
  await tx`delete from submission_payload where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
}

/** The bytes as received, piece by piece. The next stored chunk is fetched while the current one is read. */
export function readPayload(tenant: Tenant, submissionId: string): AsyncIterable<Buffer> {
  return decompressChunks(storedChunks(tenant, submissionId));
}

async function* storedChunks(tenant: Tenant, submissionId: string): AsyncGenerator<Buffer> {
  const fetchChunk = (chunkNumber: number) =>
    tenant.run(
      (tx) => tx<{ bytes: Buffer }[]>`
        select bytes from submission_payload
        where insurer_id = ${tenant.insurerId} and submission_id = ${submissionId} and chunk_number = ${chunkNumber}`,
    );
  for (let chunkNumber = 0; ; chunkNumber += 1) {
    const [row] = await fetchChunk(chunkNumber);
    if (!row) return;
    yield row.bytes;
  }
}
