import { hash } from "node:crypto";

const DIGEST_WORDS = 3;
const FIRST_ROWS = 1_024;
const GROWTH = 1.5;
/** Share of the places beyond which searching takes too many steps. */
const MOST_FILLED = 0.75;

/**
 * Numbers texts 0, 1, 2 … by the first 96 bits of their SHA-256: 20 bytes or so a text, however long it is, so that a file of
 * millions of records can be searched for repetitions in little memory. Two texts share a digest by a chance of 10⁻¹⁷.
 */
export class DigestTable {
  #size = 0;
  #digests = new Uint32Array(FIRST_ROWS * DIGEST_WORDS);
  /** Open addressing: number of the text plus one; 0 where the place is free. */
  #places = new Uint32Array(FIRST_ROWS * 2);

  /** The number of the text, and whether it is there for the first time. */
  put(text: string): { readonly row: number; readonly isNew: boolean } {
    const words = digestWords(text);
    const place = this.#findPlace(...words);
    const known = this.#places[place]!;
    if (known > 0) return { row: known - 1, isNew: false };
    const row = this.#size++;
    this.#places[place] = this.#size;
    this.#digests = makePlace(this.#digests, this.#size * DIGEST_WORDS);
    this.#digests.set(words, row * DIGEST_WORDS);
    if (this.#size > this.#places.length * MOST_FILLED) this.#spread();
    return { row, isNew: true };
  }

  #findPlace(first: number, second: number, third: number): number {
    const mask = this.#places.length - 1;
    for (let place = first & mask; ; place = (place + 1) & mask) {
      const known = this.#places[place]!;
      if (known === 0) return place;
      const at = (known - 1) * DIGEST_WORDS;
      const isSame = this.#digests[at] === first && this.#digests[at + 1] === second && this.#digests[at + 2] === third;
      if (isSame) return place;
    }
  }

  #spread(): void {
    this.#places = new Uint32Array(this.#places.length * 2);
    for (let row = 0; row < this.#size; row++) {
      const at = row * DIGEST_WORDS;
      const place = this.#findPlace(this.#digests[at]!, this.#digests[at + 1]!, this.#digests[at + 2]!);
      this.#places[place] = row + 1;
    }
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

/** The same numbers, with place for `length` of them at least. */
export function makePlace(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= numbers.length) return numbers;
  const larger = new Uint32Array(Math.ceil(Math.max(length, numbers.length * GROWTH)));
  larger.set(numbers);
  return larger;
}
