/** A set of integers below `size`, one bit each: what has been drawn stays known without growing memory. */
export interface NumberSet {
  has(value: number): boolean;
  /** Adds the value; false when it was there already. */
  add(value: number): boolean;
}

export function createNumberSet(size: number): NumberSet {
  const bits = new Uint8Array(Math.ceil(size / 8));
  const has = (value: number) => (bits[value >> 3]! & (1 << (value & 7))) !== 0;
  return {
    has,
    add(value) {
      if (has(value)) return false;
      bits[value >> 3]! |= 1 << (value & 7);
      return true;
    },
  };
}
