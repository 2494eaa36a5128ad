import { isAscii, isUtf8 } from "node:buffer";

/** Bytes that are no text, after everything in front of them was read. */
export interface TextFault {
  readonly reason: "notUtf8" | "characterNotAllowed";
  readonly byteOffset: number;
}

/** What no XML 1.0 document holds: controls other than tab and line ends, and the two non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
const FORBIDDEN = /[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/;

const NOTHING = Buffer.alloc(0);

/**
 * The part of a file that is being read, as text, with the arithmetic from its positions (UTF-16 units) to bytes of
 * the file as sent. What the reader leaves is put in front of the next bytes.
 */
export class TextWindow {
  text = "";
  /** Offset in the file of the first and of the first byte after the text. */
  byteStart = 0;
  byteEnd = 0;
  /** What follows the text, if that can never be text. */
  fault: TextFault | undefined;
  #bytes: Buffer = NOTHING;
  #isAscii = true;
  #knownUnits = 0;
  #knownBytes = 0;

  /** Skips bytes that are no text, like a byte order mark, before anything was read. */
  skip(byteCount: number): void {
    this.byteStart += byteCount;
    this.byteEnd += byteCount;
  }

  /** Adds bytes after those that were left. A character that is not complete waits for the rest of it. */
  add(part: Buffer): void {
    const bytes = this.#bytes.length === 0 ? part : Buffer.concat([this.#bytes, part]);
    this.#bytes = bytes;
    const whole = bytes.subarray(0, bytes.length - unfinishedTail(bytes));
    this.#isAscii = isAscii(whole);
    this.#knownUnits = 0;
    this.#knownBytes = 0;
    const sound = this.#isAscii || isUtf8(whole) ? whole.length : findUnsound(whole);
    this.text = this.#isAscii ? whole.toString("latin1") : whole.toString("utf8", 0, sound);
    this.byteEnd = this.byteStart + sound;
    this.fault = sound < whole.length ? { reason: "notUtf8", byteOffset: this.byteEnd } : undefined;
    const forbidden = this.text.search(FORBIDDEN);
    if (forbidden === -1) return;
    this.byteEnd = this.byteOffset(forbidden);
    this.text = this.text.slice(0, forbidden);
    this.fault = { reason: "characterNotAllowed", byteOffset: this.byteEnd };
  }

  /** Forgets the text in front of `unit`; what follows it stands in front of the next bytes. */
  leaveFrom(unit: number): void {
    const byteOffset = this.byteOffset(unit);
    // A copy: the caller may use its buffer again.
    this.#bytes = Buffer.from(this.#bytes.subarray(byteOffset - this.byteStart));
    this.byteStart = byteOffset;
  }

  /** Bytes left, not counted as text where they are the start of a character. */
  get leftBytes(): number {
    return this.#bytes.length;
  }

  /** The offset in the file of a position in the text. */
  byteOffset(unit: number): number {
    if (this.#isAscii) return this.byteStart + unit;
    if (unit < this.#knownUnits) {
      this.#knownUnits = 0;
      this.#knownBytes = 0;
    }
    this.#knownBytes += Buffer.byteLength(this.text.slice(this.#knownUnits, unit), "utf8");
    this.#knownUnits = unit;
    return this.byteStart + this.#knownBytes;
  }
}

/** How many bytes at the end are the start of a character that goes on in the next bytes. */
function unfinishedTail(bytes: Buffer): number {
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
function findUnsound(bytes: Buffer): number {
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
