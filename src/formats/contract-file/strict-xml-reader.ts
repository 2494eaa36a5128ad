import { FILE_REFUSED, FileCursor } from "./file-cursor.ts";
import { findForeignEncoding, SNIFFED_BYTES, startsWithUtf8Mark, UTF8_MARK_LENGTH } from "./file-encoding.ts";
import { type ReaderLimits, SLICE_BYTES } from "./reader-limits.ts";
import { type Vocabulary, type XmlEvents, XmlScanner } from "./xml-scanner.ts";

/**
 * Reads UTF-8 bytes as strict XML 1.0 with namespaces and without a document type, within limits, whatever the
 * pieces they come in. The first trouble is the cursor's `refusal`; nothing is read after it.
 */
export class StrictXmlReader {
  bytesRead = 0;
  readonly cursor: FileCursor;
  readonly scanner: XmlScanner;
  /** The first bytes, until there are enough of them to tell what the file is. */
  #head: Buffer | undefined = Buffer.alloc(0);

  constructor(vocabulary: Vocabulary, limits: ReaderLimits, events: XmlEvents) {
    this.cursor = new FileCursor(limits);
    this.scanner = new XmlScanner(this.cursor, vocabulary, events);
  }

  /** Takes the next bytes; the caller may use their buffer again. */
  write(bytes: Buffer): void {
    if (this.cursor.refusal !== undefined) return;
    this.bytesRead += bytes.length;
    if (this.#head === undefined) {
      this.#read(bytes);
      return;
    }
    this.#head = Buffer.concat([this.#head, bytes]);
    if (this.#head.length >= SNIFFED_BYTES) this.#begin(this.#head);
  }

  /** The file is complete. */
  end(): void {
    const { cursor, scanner } = this;
    if (this.#head !== undefined && cursor.refusal === undefined) this.#begin(this.#head);
    if (cursor.refusal !== undefined) return;
    const { line } = cursor.placeOf(cursor.window.text.length);
    const place = { line, byteOffset: this.bytesRead };
    if (this.bytesRead === 0) cursor.refusal = { code: "emptyFile", ...place };
    else if (scanner.depth > 0 || cursor.window.leftBytes > 0) {
      cursor.refusal = { code: "notWellFormed", details: { reason: "unexpectedEnd" }, ...place };
    } else if (!scanner.isRootSeen) {
      cursor.refusal = { code: "notWellFormed", details: { reason: "rootMissing" }, ...place };
    }
  }

  #begin(head: Buffer): void {
    this.#head = undefined;
    const encoding = findForeignEncoding(head);
    if (encoding !== undefined) {
      this.cursor.refusal = { code: "encodingNotSupported", details: { encoding }, line: 1, byteOffset: 0 };
      return;
    }
    const markLength = startsWithUtf8Mark(head) ? UTF8_MARK_LENGTH : 0;
    this.cursor.window.skip(markLength);
    this.#read(head.subarray(markLength));
  }

  #read(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
      this.cursor.advance(bytes.subarray(from, from + SLICE_BYTES));
      try {
        this.#readWindow();
      } catch (thrown) {
        if (thrown !== FILE_REFUSED) throw thrown;
        return;
      }
    }
  }

  #readWindow(): void {
    const { cursor } = this;
    const { window } = cursor;
    const next = this.scanner.scan();
    cursor.tokenStart = next;
    cursor.checkLengths(window.text.length);
    const { fault } = window;
    if (fault !== undefined) {
      const { line } = cursor.placeOf(window.text.length);
      const place = { line, byteOffset: fault.byteOffset };
      cursor.refusal =
        fault.reason === "notUtf8"
          ? { code: "encodingNotSupported", details: { encoding: fault.reason }, ...place }
          : { code: "notWellFormed", details: { reason: fault.reason }, ...place };
      throw FILE_REFUSED;
    }
    cursor.leaveFrom(next);
  }
}
