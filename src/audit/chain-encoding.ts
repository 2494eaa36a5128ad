import { createHash, hash } from "node:crypto";
import { createColumnWriter } from "./column-writer.ts";

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
const writer = createColumnWriter();

/**
 * SHA-256 over every column of the row; docs/audit.md tells it byte by byte. A column is its number (1 byte), the length
 * of its value (4 bytes) and the value; one without value is left out, so a column added later changes no older hash.
 */
export function hashEvent(event: StoredEvent): Buffer {
  writer.start(EVENT_PREFIX);
  writer.addBytes(1, Buffer.from(event.eventId.replaceAll("-", ""), "hex"));
  writer.addInt32(2, event.chainId);
  writer.addUint64(3, event.transactionId);
  if (event.atMicros !== null) writer.addInt64(4, event.atMicros);
  writer.addText(5, event.kind);
  writer.addText(6, event.clientId);
  writer.addBytes(7, event.tokenSha256);
  writer.addText(8, event.method);
  writer.addText(9, event.route);
  writer.addInt32(10, event.status);
  writer.addBytes(11, event.requestSha256);
  writer.addBytes(12, event.responseSha256);
  writer.addText(13, event.traceId);
  writer.addText(14, event.relatedTraceId);
  if (event.persons !== null) writer.addList(15, event.persons);
  return hash("sha256", writer.written(), "buffer");
}

/** SHA-256 over what a seal says and the hashes of its rows in their order. */
export function hashSeal(seal: SealContent, eventHashes: readonly Buffer[]): Buffer {
  const sealHash = createHash("sha256")
    .update(SEAL_PREFIX)
    .update(seal.previousHash)
    .update(int32(seal.chainId))
    .update(int64(BigInt(seal.sealNumber)))
    .update(int64(seal.sealedAtMicros))
    .update(uint64(seal.sealedBelow))
    .update(int32(seal.eventCount));
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
