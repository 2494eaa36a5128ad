import { hash } from "node:crypto";

const DIGEST_WORDS = 3;
const FIRST_ROWS = 1_024;

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
    const digest = hash("sha256", text, "buffer");
    const place = this.#findPlace(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8));
    const known = this.#places[place]!;
    if (known > 0) return { row: known - 1, isNew: false };
    const row = this.#size++;
    this.#places[place] = this.#size;
    for (let word = 0; word < DIGEST_WORDS; word++)
      this.#digests[row * DIGEST_WORDS + word] = digest.readUInt32LE(word * 4);
    if (this.#size * DIGEST_WORDS === this.#digests.length) this.#grow();
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

  #grow(): void {
    this.#digests = enlarge(this.#digests, this.#digests.length * 2);
    this.#places = new Uint32Array(this.#places.length * 2);
    for (let row = 0; row < this.#size; row++) {
      const at = row * DIGEST_WORDS;
      const place = this.#findPlace(this.#digests[at]!, this.#digests[at + 1]!, this.#digests[at + 2]!);
      this.#places[place] = row + 1;
    }
  }
}

/** The same numbers with place for more. */
export function enlarge(numbers: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(numbers);
  return larger;
}
