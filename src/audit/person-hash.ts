import { createHmac } from "node:crypto";
import { inamiRoot, isInamiNumber } from "../identifiers/inami-number.ts";
import { isSsin } from "../identifiers/ssin.ts";

/** The numbers under which one person may be on record; a BIS number and the national one that replaced it, both. */
export interface PersonNumbers {
  readonly ssins?: readonly string[];
  /** Of 8 or 11 digits: only the root counts. */
  readonly inamiNumbers?: readonly string[];
}

export interface PersonHasher {
  /** 32 bytes. Throws RangeError for what is no SSIN. */
  hashSsin(ssin: string): Buffer;
  /** 32 bytes, the same for every number of one root. Throws RangeError for what is no INAMI number. */
  hashInamiNumber(inamiNumber: string): Buffer;
  /** The hash of every number given, each once. */
  hashPerson(person: PersonNumbers): Buffer[];
}

const MINIMUM_KEY_BYTES = 32;

/**
 * Hashes persons' numbers with a secret key (HMAC-SHA-256): there are so few numbers that a hash without key could be
 * turned back by trying all. Who has the key can look for a person, and nobody can read one out of the trail.
 */
export function createPersonHasher(key: Buffer): PersonHasher {
  if (key.length < MINIMUM_KEY_BYTES) {
    throw new RangeError(`the key of the audit trail has ${key.length} bytes, it needs at least ${MINIMUM_KEY_BYTES}`);
  }
  // By way of text into Node's pool: a buffer with memory of its own for each of a page's persons burdens each collection.
  const hash = (kind: string, number: string) =>
    Buffer.from(createHmac("sha256", key).update(`${kind}:${number}`).digest("hex"), "hex");
  const hashSsin = (ssin: string) => {
    if (!isSsin(ssin)) throw new RangeError("what was to be hashed is no SSIN");
    return hash("ssin", ssin);
  };
  const hashInamiNumber = (number: string) => {
    if (!isInamiNumber(number)) throw new RangeError("what was to be hashed is no INAMI number");
    return hash("inami", inamiRoot(number));
  };
  return {
    hashSsin,
    hashInamiNumber,
    hashPerson({ ssins = [], inamiNumbers = [] }) {
      const hashes = [...ssins.map(hashSsin), ...inamiNumbers.map(hashInamiNumber)];
      return [...new Map(hashes.map((one) => [one.toString("hex"), one])).values()];
    },
  };
}
