import type { KeyObject } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { calculateJwkThumbprint, type JWK } from "jose";
import { chooseKeyFiles, parseSigningKey } from "./signing-key-file.ts";

export const SIGNING_ALGORITHM = "ES256";

/** A key that signs tokens and receipts. `kid` is the RFC 7638 thumbprint of its public part. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The keys of this environment, as they are at the time of each call. */
export interface KeyRing {
  /** Every public key, in the order of the file names: what is published. */
  keySet(): { readonly keys: readonly JWK[] };
  /** The key that signs now. */
  current(): SigningKey;
  /** Every key that signs now or later. */
  signingKeys(): readonly SigningKey[];
  /** Calls back after keys came or went, not when another one begins to sign. Answers how to stop that. */
  onChange(listener: () => void): () => void;
  close(): void;
}

export interface KeyRingOptions {
  /** How long a key is published before it signs: longer than the others (and caches of the key set) take to learn it. */
  readonly publishedBeforeUseMs?: number;
  readonly rereadIntervalMs?: number;
  /** Told when the folder cannot be used as it is now; the keys read before stay. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A key set may be cached for 300 s (its Cache-Control); twice that leaves room for slow copies of the folder. */
const PUBLISHED_BEFORE_USE_MS = 600_000;
const REREAD_INTERVAL_MS = 5_000;

interface KeyFile {
  readonly kid: string;
  readonly publicJwk: JWK;
  /** Absent in a file with a public key alone: published, never signs. */
  readonly privateKey?: KeyObject;
}

/**
 * Reads the `*.pem` files of `folder`, again every few seconds. All keys are published. The last private key in the
 * order of the file names signs, once this process has published it for `publishedBeforeUseMs`; where none has been
 * published that long (a process that just started), the first one signs. Throws when the folder has no private key or
 * holds a file that is none.
 */
export async function createKeyRing(folder: string, options: KeyRingOptions = {}): Promise<KeyRing> {
  const { publishedBeforeUseMs = PUBLISHED_BEFORE_USE_MS, rereadIntervalMs = REREAD_INTERVAL_MS, onTrouble } = options;
  const listeners = new Set<() => void>();
  // Monotonic: processes need not agree on the time, and a clock that is set moves no key.
  const publishedAt = new Map<string, number>();
  let keys: readonly KeyFile[] = [];

  const reread = async () => {
    const found = await readKeyFiles(folder);
    const isSame = found.length === keys.length && found.every((key, index) => isSameKey(key, keys[index]));
    if (isSame) return;
    keys = found;
    const kids = new Set(found.map(({ kid }) => kid));
    for (const kid of publishedAt.keys()) if (!kids.has(kid)) publishedAt.delete(kid);
    for (const kid of kids) if (!publishedAt.has(kid)) publishedAt.set(kid, performance.now());
    for (const listener of listeners) listener();
  };
  await reread();
  const timer = setInterval(() => reread().catch((error) => onTrouble?.(error)), rereadIntervalMs).unref();

  const signingKeys = () => keys.filter(canSign);
  return {
    keySet: () => ({ keys: keys.map(({ publicJwk }) => publicJwk) }),
    signingKeys,
    current() {
      const candidates = signingKeys();
      const isReady = ({ kid }: SigningKey) => performance.now() - (publishedAt.get(kid) ?? 0) >= publishedBeforeUseMs;
      return candidates.findLast(isReady) ?? candidates[0]!;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => clearInterval(timer),
  };
}

/** A ring of keys that are at hand as PEM and never change; the last private one signs. */
export async function createFixedKeyRing(...pems: readonly string[]): Promise<KeyRing> {
  const keys = await Promise.all(pems.map((pem, index) => readKey(pem, `key ${index + 1}`)));
  const signingKeys = keys.filter(canSign);
  return {
    keySet: () => ({ keys: keys.map(({ publicJwk }) => publicJwk) }),
    signingKeys: () => signingKeys,
    current: () => signingKeys.at(-1)!,
    onChange: () => () => {},
    close: () => {},
  };
}

function canSign(key: KeyFile): key is KeyFile & SigningKey {
  return key.privateKey !== undefined;
}

function isSameKey(one: KeyFile, other: KeyFile | undefined): boolean {
  return one.kid === other?.kid && canSign(one) === canSign(other);
}

async function readKeyFiles(folder: string): Promise<KeyFile[]> {
  const keys: KeyFile[] = [];
  for (const name of chooseKeyFiles(await readdir(folder))) {
    const key = await readKey(await readFile(join(folder, name), "utf8"), join(folder, name));
    // The public part of a key beside the key itself adds nothing.
    const twin = keys.findIndex(({ kid }) => kid === key.kid);
    if (twin < 0) keys.push(key);
    else if (canSign(key)) keys[twin] = key;
  }
  if (!keys.some(canSign)) throw new Error(`${folder} holds no private key in a file that ends in .pem`);
  return keys;
}

/** `where` names the key in errors, which never quote it. */
async function readKey(pem: string, where: string): Promise<KeyFile> {
  const key = parseSigningKey(pem);
  if (!key) throw new Error(`${where} is neither an EC P-256 private key in PKCS#8 PEM nor the public part of one`);
  const { kty, crv, x, y } = key.publicKey.export({ format: "jwk" });
  const members = { kty, crv, x, y } as JWK;
  const kid = await calculateJwkThumbprint(members);
  const publicJwk = { ...members, kid, alg: SIGNING_ALGORITHM, use: "sig" };
  return { kid, publicJwk, ...(key.privateKey && { privateKey: key.privateKey }) };
}
