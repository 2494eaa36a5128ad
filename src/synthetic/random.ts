/** A repeatable sequence: the same seed and stream give the same values on every machine. Not for secrets. */
export interface Random {
  /** 0 ≤ value < bound, bound a positive integer up to 2^32. */
  below(bound: number): number;
  /** 0 ≤ value < 1. */
  fraction(): number;
  chance(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/** Small Fast Counter (sfc32, public domain, by Chris Doty-Humphrey); streams of one seed are independent of each other. */
export function createRandom(seed: number, stream: number): Random {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;

  function next(): number {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return result >>> 0;
  }

  for (let round = 0; round < 15; round++) next();

  const fraction = () => next() / 0x1_0000_0000;
  const below = (bound: number) => Math.floor(fraction() * bound);
  return {
    below,
    fraction,
    chance: (share) => fraction() < share,
    pick: (choices) => choices[below(choices.length)]!,
  };
}

/** 32 well-mixed bits of an integer (the finalizer of MurmurHash3): attributes that follow from a number alone. */
export function mixBits(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
