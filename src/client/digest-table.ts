import { hash } from "node:crypto";
import { WordRows } from "./word-rows.ts";

const DIGEST_WORDS = 3;
const FIRST_PLACES = 2_048;
/** Share of the places beyond which searching takes too many steps. */
const MOST_FILLED = 0.75;

/**
 * Numbers texts 0, 1, 2 … by the first 96 bits of their SHA-256: 20 bytes or so a text, however long it is, so that a file of
 * millions of records can be searched for repetitions in little memory. Two texts share a digest by a chance of 10⁻¹⁷.
 */
export class DigestTable {
  #size = 0;
  readonly #digests = new WordRows(DIGEST_WORDS);
  /** Open addressing: number of the text plus one; 0 where the place is free. */
  #places = new Uint32Array(FIRST_PLACES);

  /** The number of the text, and whether it is there for the first time. */
  put(text: string): { readonly row: number; readonly isNew: boolean } {
    const words = digestWords(text);
    const place = this.#findPlace(...words);
    const known = this.#places[place]!;
    if (known > 0) return { row: known - 1, isNew: false };
    const row = this.#size++;
    this.#places[place] = this.#size;
    this.#digests.set(row, ...words);
    if (this.#size > this.#places.length * MOST_FILLED) this.#spread();
    return { row, isNew: true };
  }

  #findPlace(first: number, second: number, third: number): number {
    const mask = this.#places.length - 1;
    for (let place = first & mask; ; place = (place + 1) & mask) {
      const known = this.#places[place]!;
      if (known === 0) return place;
      const [one, two, three] = this.#read(known - 1);
      if (one === first && two === second && three === third) return place;
    }
  }

  #spread(): void {
    this.#places = new Uint32Array(this.#places.length * 2);
    for (let row = 0; row < this.#size; row++) {
      this.#places[this.#findPlace(...this.#read(row))] = row + 1;
    }
  }

  #read(row: number): [number, number, number] {
    return [this.#digests.get(row, 0), this.#digests.get(row, 1), this.#digests.get(row, 2)];
  }
}

/** The first 96 bits of the SHA-256 of a text. As a string, for a buffer a text would weigh on memory far more. */
export function digestWords(text: string): [number, number, number] {
  const digest = hash("sha256", text, "latin1");
  return [readWord(digest, 0), readWord(digest, 4), readWord(digest, 8)];
}

function readWord(bytes: string, at: number): number {
  const low = bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8);
  return (low | (bytes.charCodeAt(at + 2) << 16) | (bytes.charCodeAt(at + 3) << 24)) >>> 0;
}
