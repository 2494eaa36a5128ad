import { createHash, type Hash, hash } from "node:crypto";

/** A row of `audit_event` as it is hashed. */
export interface StoredEvent {
  readonly eventId: string;
  readonly chainId: number;
  readonly transactionId: bigint;
  /** Microseconds since 1970; null for an instant that is none (`infinity`). */
  readonly atMicros: bigint | null;
  readonly kind: string;
  readonly clientId: string | null;
  readonly tokenSha256: Buffer | null;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly requestSha256: Buffer | null;
  readonly responseSha256: Buffer | null;
  readonly traceId: string | null;
  readonly relatedTraceId: string | null;
  readonly persons: readonly Buffer[] | null;
}

/** What a seal says besides the hashes of its rows. */
export interface SealContent {
  readonly chainId: number;
  readonly sealNumber: number;
  readonly sealedAtMicros: bigint;
  readonly sealedBelow: bigint;
  readonly eventCount: number;
  readonly previousHash: Buffer;
}

export const HASH_BYTES = 32;
/** Stands where the first seal of a chain would have the hash of the one before. */
export const NO_PREVIOUS_HASH = Buffer.alloc(HASH_BYTES);

const EVENT_PREFIX = Buffer.from("infoss-audit-event-1\n");
const SEAL_PREFIX = Buffer.from("infoss-audit-seal-1\n");

/**
 * SHA-256 over every column of the row; docs/audit.md tells it byte by byte. A column is its number (1 byte), the length
 * of its value (4 bytes) and the value; one without value is left out, so a column added later changes no older hash.
 */
export function hashEvent(event: StoredEvent): Buffer {
  const parts: Buffer[] = [EVENT_PREFIX];
  const add = (number: number, value: Buffer | null) => {
    if (value !== null) parts.push(Buffer.of(number), uint32(value.length), value);
  };
  add(1, Buffer.from(event.eventId.replaceAll("-", ""), "hex"));
  add(2, int32(event.chainId));
  add(3, uint64(event.transactionId));
  add(4, event.atMicros === null ? null : int64(event.atMicros));
  add(5, utf8(event.kind));
  add(6, utf8(event.clientId));
  add(7, event.tokenSha256);
  add(8, utf8(event.method));
  add(9, utf8(event.route));
  add(10, int32(event.status));
  add(11, event.requestSha256);
  add(12, event.responseSha256);
  add(13, utf8(event.traceId));
  add(14, utf8(event.relatedTraceId));
  add(15, event.persons && Buffer.concat(event.persons.flatMap((person) => [uint32(person.length), person])));
  return hash("sha256", Buffer.concat(parts), "buffer");
}

/** Begins the hash of a seal; the hashes of its rows follow in their order. */
export function startSealHash(seal: SealContent): Hash {
  return createHash("sha256")
    .update(SEAL_PREFIX)
    .update(seal.previousHash)
    .update(int32(seal.chainId))
    .update(int64(BigInt(seal.sealNumber)))
    .update(int64(seal.sealedAtMicros))
    .update(uint64(seal.sealedBelow))
    .update(int32(seal.eventCount));
}

export function hashSeal(seal: SealContent, eventHashes: readonly Buffer[]): Buffer {
  const sealHash = startSealHash(seal);
  for (const eventHash of eventHashes) sealHash.update(eventHash);
  return sealHash.digest();
}

/** What is signed of a seal: through its hash, all that the chain holds up to there. */
export interface SealedHead {
  readonly chainId: number;
  readonly sealNumber: number;
  readonly hash: Buffer;
}

/** Payload of a seal's signature. Its type keeps it apart from whatever else the same key signs. */
export function renderSealStatement({ chainId, sealNumber, hash }: SealedHead): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({ type: "infoss-audit-seal", chain: chainId, sealNumber, hash: hash.toString("hex") }),
  );
}

function utf8(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
