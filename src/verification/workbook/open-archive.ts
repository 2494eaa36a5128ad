import { type Entry, fromBufferPromise } from "yauzl";
import { beyond, encrypted, unreadable, unsafe, WorkbookFault } from "./workbook-fault.ts";

/** Unpacked bytes of all parts together: a hundred thousand rows have some twenty million. */
export const MAXIMUM_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Unpacked to packed: sheets have ten, of one value in each row some forty. */
export const MAXIMUM_RATIO = 100;
/** Of a part below this size no ratio is asked for: it does no harm. */
const HARMLESS_BYTES = 1024 * 1024;
const MAXIMUM_ENTRIES = 1_000;

export interface Archive {
  has(path: string): boolean;
  /** The unpacked bytes of a part, never more than its directory announced. Throws `WorkbookFault`. */
  read(path: string): AsyncGenerator<Buffer>;
}

/**
 * Opens a ZIP file in memory. Nothing of it ever becomes a file, so no name in it can lead anywhere; names that try, and
 * whatever would unpack to more than makes sense, are refused before a byte is unpacked. Throws `WorkbookFault`.
 */
export async function openArchive(bytes: Buffer): Promise<Archive> {
  const zip = await fromBufferPromise(bytes, { strictFileNames: true }).catch((error: unknown) => {
    throw unreadable(error);
  });
  const entries = new Map<string, Entry>();
  const names = new Set<string>();
  const total = { packed: 0, unpacked: 0 };
  try {
    for await (const entry of zip.eachEntry()) {
      checkEntry(entry, total, bytes.length);
      // Two readers might take two different ones.
      const name = entry.fileName.toLowerCase();
      if (names.has(name) || names.size >= MAXIMUM_ENTRIES) throw unsafe();
      names.add(name);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    if (error instanceof WorkbookFault) throw error;
    throw /path|file ?name/i.test(String(error)) ? unsafe(error) : unreadable(error);
  }
  return {
    has: (path) => entries.has(path),
    async *read(path) {
      const entry = entries.get(path);
      if (!entry) throw unreadable();
      try {
        const stream: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
        yield* stream;
      } catch (error) {
        throw error instanceof WorkbookFault ? error : unreadable(error);
      }
    },
  };
}

/** `total` counts on. Parts that overlap have more packed bytes than the file. */
function checkEntry(entry: Entry, total: { packed: number; unpacked: number }, fileBytes: number): void {
  const { compressedSize, uncompressedSize } = entry;
  if (entry.isEncrypted()) throw encrypted();
  if (!entry.canDecodeFileData()) throw unreadable();
  total.packed += compressedSize;
  total.unpacked += uncompressedSize;
  if (total.unpacked > MAXIMUM_UNPACKED_BYTES) throw beyond("unpackedSize", MAXIMUM_UNPACKED_BYTES);
  if (uncompressedSize > HARMLESS_BYTES && uncompressedSize > compressedSize * MAXIMUM_RATIO) {
    throw beyond("compressionRatio", MAXIMUM_RATIO);
  }
  if (total.packed > fileBytes) throw unsafe();
}
