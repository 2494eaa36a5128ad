import { hash as digest } from "node:crypto";
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
  const hmac = createHmacOfShort(key);
  const hash = (kind: string, number: string) => hmac(`${kind}:${number}`);
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

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const MOST_CHARACTERS = 64;

/**
 * HMAC-SHA-256 (RFC 2104) of short ASCII texts as the two digests of which it is made: an `Hmac` of Node is an object that
 * each collection of garbage visits, and a page names 150 persons. By way of text into Node's pool, for the same reason.
 */
function createHmacOfShort(key: Buffer): (text: string) => Buffer {
  const blockKey = Buffer.alloc(BLOCK_BYTES);
  (key.length > BLOCK_BYTES ? digest("sha256", key, "buffer") : key).copy(blockKey);
  const inner = Buffer.concat([blockKey.map((byte) => byte ^ 0x36), Buffer.alloc(MOST_CHARACTERS)]);
  const outer = Buffer.concat([blockKey.map((byte) => byte ^ 0x5c), Buffer.alloc(DIGEST_BYTES)]);
  return (text) => {
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, "latin1");
    outer.write(digest("sha256", inner.subarray(0, end), "latin1"), BLOCK_BYTES, "latin1");
    return Buffer.from(digest("sha256", outer, "hex"), "hex");
  };
}
