import { isAscii, isUtf8 } from "node:buffer";
import { SLICE_BYTES } from "./reader-limits.ts";

/**
 * Cuts a stream of bytes into slices of whole characters and keeps the arithmetic between positions in the
 * decoded text (UTF-16 units, what the parser counts) and bytes of the file as sent. A carriage return at the
 * end of a slice waits for what follows it, because the parser would hold it back and shift its positions.
 */
export class Utf8Slices {
  /** The slice being read and where it starts, in units of the text and in bytes of the file. */
  text = "";
  unitStart = 0;
  byteStart = 0;
  #ascii = true;
  #knownUnits = 0;
  #knownBytes = 0;
  #byteLength = 0;
  #waiting: Buffer = Buffer.alloc(0);

  /**
   * Decodes `bytes` and hands over slice after slice; `read` says whether to go on. Returns the offset of the
   * first byte that is not UTF-8, after everything in front of it was handed over, or undefined.
   */
  decode(bytes: Buffer, read: () => boolean): number | undefined {
    for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
      const part = bytes.subarray(from, from + SLICE_BYTES);
      const joined = this.#waiting.length === 0 ? part : Buffer.concat([this.#waiting, part]);
      const whole = joined.length - unfinishedTail(joined);
      this.#waiting = whole === joined.length ? NOTHING : Buffer.from(joined.subarray(whole));
      if (whole === 0) continue;
      const sound = this.#startSlice(joined.subarray(0, whole));
      if (this.text.length > 0 && !read()) return undefined;
      if (sound < whole) return this.byteStart + sound;
    }
    return undefined;
  }

  /** The bytes that still wait for a continuation: a carriage return, or the start of a character. */
  get waiting(): Buffer {
    return this.#waiting;
  }

  /** Takes the waiting bytes as a slice of their own, at the end of the file. */
  startWaiting(): void {
    this.#startSlice(this.#waiting);
    this.#waiting = NOTHING;
  }

  /** Skips bytes that are no text: a byte order mark. */
  skip(byteCount: number): void {
    this.#byteLength += byteCount;
  }

  /** The offset in the file of a position in the text; positions before this slice are not known any more. */
  byteOffset(unit: number): number {
    const units = unit - this.unitStart;
    if (this.#ascii) return this.byteStart + units;
    if (units < this.#knownUnits) {
      this.#knownUnits = 0;
      this.#knownBytes = 0;
    }
    this.#knownBytes += Buffer.byteLength(this.text.slice(this.#knownUnits, units), "utf8");
    this.#knownUnits = units;
    return this.byteStart + this.#knownBytes;
  }

  #startSlice(bytes: Buffer): number {
    this.unitStart += this.text.length;
    this.byteStart += this.#byteLength;
    this.#knownUnits = 0;
    this.#knownBytes = 0;
    this.#ascii = isAscii(bytes);
    const sound = this.#ascii || isUtf8(bytes) ? bytes.length : soundLength(bytes);
    this.text = this.#ascii ? bytes.toString("latin1") : bytes.toString("utf8", 0, sound);
    this.#byteLength = sound;
    return sound;
  }
}

const NOTHING = Buffer.alloc(0);

/** How many bytes at the end have to wait: a lone carriage return, or the start of a character. */
function unfinishedTail(bytes: Buffer): number {
  const last = bytes[bytes.length - 1] ?? 0;
  if (last < 0x80) return last === 0x0d ? 1 : 0;
  for (let length = 1; length <= 3; length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    if ((byte & 0xc0) !== 0x80) return length < characterLength(byte) ? length : 0;
  }
  return 0;
}

function characterLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** How many bytes precede the first sequence that is not UTF-8, found by what a forgiving decoder put in its place. */
function soundLength(bytes: Buffer): number {
  const text = bytes.toString("utf8");
  let unit = 0;
  let offset = 0;
  for (;;) {
    const next = text.indexOf("\ufffd", unit);
    if (next === -1) return bytes.length;
    offset += Buffer.byteLength(text.slice(unit, next), "utf8");
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    unit = next + 1;
    offset += 3;
  }
}
