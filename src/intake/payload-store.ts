import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import type { TransactionSql } from "../database/sql.ts";
import type { Tenant } from "../database/tenant-scope.ts";
import { reachStep } from "./steps.ts";

/** Compressed bytes of one stored chunk: large enough to be few rows, small enough to be nothing in memory. */
const CHUNK_BYTES = 256 * 1024;
/** Level 1 costs a third of a second for 90 MB of XML and still leaves a tenth of it. */
const ZSTD_LEVEL = 1;

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
  async function* measured() {
    for await (const bytes of body) {
      byteLength += bytes.length;
      onBytes(bytes, byteLength);
      hash.update(bytes);
      yield bytes;
    }
  }
  return { chunks: compressedChunks(measured()), result: () => ({ byteLength, sha256: hash.digest() }) };
}

async function* compressedChunks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const done = pipeline(Readable.from(body, { objectMode: false }), compress);
  done.catch(() => {}); // reported by the loop below, which sees the same error
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of compress as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= CHUNK_BYTES) {
      yield Buffer.concat(pieces, size);
      pieces = [];
      size = 0;
    }
  }
  await done;
  if (size > 0) yield Buffer.concat(pieces, size);
}

export async function insertPayloadChunk(
  tx: TransactionSql,
  insurerId: number,
  submissionId: string,
  chunkNumber: number,
  bytes: Buffer,
): Promise<void> {
  await tx`
    insert into submission_payload (insurer_id, submission_id, chunk_number, bytes)
    values (${insurerId}, ${submissionId}, ${chunkNumber}, ${bytes})`;
  reachStep("receive.chunkStored");
}

export async function deletePayload(tx: TransactionSql, insurerId: number, submissionId: string): Promise<void> {
  await tx`delete from submission_payload where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
}

/** The bytes as received, piece by piece. The next stored chunk is fetched while the current one is read. */
export function readPayload(tenant: Tenant, submissionId: string): AsyncIterable<Buffer> {
  const decompress = createZstdDecompress({ chunkSize: 256 * 1024 });
  const done = pipeline(
    Readable.from(storedChunks(tenant, submissionId), { objectMode: false, highWaterMark: 1 }),
    decompress,
  );
  done.catch(() => {}); // whoever reads gets the same error
  return decompress;
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
