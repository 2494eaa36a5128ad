const ROWS_BITS = 14;
const BLOCK_ROWS = 1 << ROWS_BITS;

/** Rows of a few 32-bit words each, in blocks: what is there is never copied to make place for more, nor left as garbage. */
export class WordRows {
  readonly #width: number;
  readonly #blocks: Uint32Array[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** A word that was never set is 0. */
  get(row: number, field = 0): number {
    return this.#blocks[row >>> ROWS_BITS]?.[(row % BLOCK_ROWS) * this.#width + field] ?? 0;
  }

  set(row: number, ...words: readonly number[]): void {
    const block = row >>> ROWS_BITS;
    while (this.#blocks.length <= block) this.#blocks.push(new Uint32Array(BLOCK_ROWS * this.#width));
    const at = (row % BLOCK_ROWS) * this.#width;
    for (let field = 0; field < this.#width; field++) this.#blocks[block]![at + field] = words[field]!;
  }
}
