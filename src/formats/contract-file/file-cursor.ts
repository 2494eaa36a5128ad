import type { Finding } from "../../findings/finding.ts";
import type { ReaderLimits } from "./reader-limits.ts";
import { TextWindow } from "./text-window.ts";
import type { Trouble } from "./trouble.ts";
import type { ReferenceFault } from "./xml-references.ts";

/** A place in the file as sent: line from 1, byte from 0. */
export interface FilePlace {
  readonly line: number;
  readonly byteOffset: number;
}

/** Thrown by `FileCursor.refuse` to leave the scanning of a file; caught where the scanning was started. */
export const FILE_REFUSED = new Error("the file is refused");

/**
 * Where reading is: the window on the text, lines and bytes of its positions, and the first trouble. The length of
 * tokens and of the root's children is judged as if the file came byte by byte, so that the pieces in which it
 * really comes change nothing.
 */
export class FileCursor {
  readonly window = new TextWindow();
  readonly limits: ReaderLimits;
  refusal: Finding | undefined;
  /** Index in the window's text of the token being read. */
  tokenStart = 0;
  /** Index of the last character that was needed to know what is being handled. */
  seen = 0;
  /** Where the root, or the child of the root that is being read, starts. */
  tagPlace: FilePlace = { line: 1, byteOffset: 0 };
  isInsideChild = false;
  #line = 1;
  #newline = Number.MAX_SAFE_INTEGER;

  constructor(limits: ReaderLimits) {
    this.limits = limits;
  }

  /** Takes the next bytes into the window, after what was left of it. */
  advance(part: Buffer): void {
    this.window.add(part);
    this.#newline = this.#findNewline(0);
  }

  /** Forgets everything in front of `index`. Positions before it are not asked for any more. */
  leaveFrom(index: number): void {
    this.#countLines(index);
    this.window.leaveFrom(index);
  }

  /** The place of a position that is not before the last one asked for. */
  placeOf(index: number): FilePlace {
    this.#countLines(index);
    return { line: this.#line, byteOffset: this.window.byteOffset(index) };
  }

  /** Refuses the file, unless something that is too long would have refused it earlier. */
  refuse(trouble: Trouble, place: FilePlace): never {
    this.checkLengths(this.seen);
    this.refusal = { ...trouble, line: place.line, byteOffset: place.byteOffset };
    throw FILE_REFUSED;
  }

  /** Refuses a file that is not well-formed at `index`, as shown by the character at `seen`. */
  fault(reason: string, index: number, seen: number = index): never {
    this.seen = seen;
    this.refuse({ code: "notWellFormed", details: { reason } }, this.placeOf(index));
  }

  /** Refuses a reference in a piece of text that starts at `start`. */
  refuseReference(fault: ReferenceFault, start: number): never {
    this.refuse(fault.trouble, this.placeOf(start + fault.index));
  }

  refuseLimit(limit: keyof ReaderLimits, place: FilePlace = this.placeOf(this.tokenStart)): never {
    this.refuse({ code: "limitExceeded", details: { limit, maximum: this.limits[limit] } }, place);
  }

  /** Refuses what would have been too long before the character at `index` came. */
  checkLengths(index: number): void {
    const { tokenLength, recordBytes } = this.limits;
    const tokenEnd = this.tokenStart + tokenLength;
    const isTokenLong = index >= tokenEnd;
    const recordEnd = this.tagPlace.byteOffset + recordBytes;
    const isRecordLong = this.isInsideChild && this.window.byteOffset(index) >= recordEnd;
    if (!isTokenLong && !isRecordLong) return;
    const isTokenFirst = isTokenLong && (!isRecordLong || this.window.byteOffset(tokenEnd) <= recordEnd);
    const limit = isTokenFirst ? "tokenLength" : "recordBytes";
    const place = isTokenFirst ? this.placeOf(this.tokenStart) : this.tagPlace;
    this.refusal = { code: "limitExceeded", details: { limit, maximum: this.limits[limit] }, ...place };
    throw FILE_REFUSED;
  }

  /** Lines end with a line feed, alone or after a carriage return. */
  #countLines(index: number): void {
    while (this.#newline < index) {
      this.#line++;
      this.#newline = this.#findNewline(this.#newline + 1);
    }
  }

  #findNewline(from: number): number {
    const index = this.window.text.indexOf("\n", from);
    return index === -1 ? Number.MAX_SAFE_INTEGER : index;
  }
}
