import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress, zstdCompressSync } from "node:zlib";

/** Compressed bytes of one stored chunk: large enough to be few rows, small enough to be nothing in memory. */
const CHUNK_BYTES = 256 * 1024;
/** Level 1 costs a third of a second for 90 MB of XML and still leaves a tenth of it. */
const ZSTD_LEVEL = 1;

/** Room for what comes out of a piece that goes in: one turn of the library for each. */
const PIECE_BYTES = 64 * 1024;

const PARAMETERS = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_checksumFlag]: 1 };

/** Compresses a few kilobytes at once; `decompressChunks` reads them as one chunk. */
export function compressWhole(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: PARAMETERS });
}

/** Compresses a stream (zstd with a checksum) into chunks for one row each. Throws what the stream throws. */
export async function* compressChunks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const compress = createZstdCompress({ chunkSize: PIECE_BYTES, params: PARAMETERS });
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

/** The stream that was compressed. The next chunk is fetched while the current one is read. */
export function decompressChunks(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const decompress = createZstdDecompress({ chunkSize: 256 * 1024 });
  const done = pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: 1 }), decompress);
  done.catch(() => {}); // whoever reads gets the same error
  return decompress;
}
