import { hashEvent, hashSeal, renderSealStatement } from "./chain-encoding.ts";
import type { ChainFault, ChainFaultCode } from "./chain-fault.ts";
import type { SignedHead } from "./export-head.ts";
import type { LinkQueue } from "./link-queue.ts";
import type { SignatureCheck } from "./seal-signature.ts";
import type { StoredSeal } from "./stored-chain.ts";

/** A place of a seal and what was found there. */
interface Place {
  readonly place: number;
  readonly eventId: string;
  readonly sealedHash: Buffer;
  /** Absent: the row is gone. */
  readonly found?: {
    readonly hash: Buffer;
    readonly transactionId: bigint;
    readonly eventId: string;
    readonly atMicros: bigint;
  };
}

/** Longer than any transaction that writes an event may take. */
const CLOCK_TOLERANCE_MICROS = 3_600_000_000n;

/** Takes the places of a seal from the queue. Of their rows only hash, order and instant stay in memory. */
export async function readPlaces(sealNumber: number, links: LinkQueue): Promise<Place[]> {
  const places: Place[] = [];
  for (let link = await links.takeOf(sealNumber); link; link = await links.takeOf(sealNumber)) {
    const { place, eventId, eventHash: sealedHash, event } = link;
    if (!event) {
      places.push({ place, eventId, sealedHash });
      continue;
    }
    const { transactionId, atMicros } = event;
    const found = { hash: hashEvent(event), transactionId, eventId: event.eventId, atMicros: atMicros ?? 0n };
    places.push({ place, eventId, sealedHash, found });
  }
  return places;
}

/** What is wrong with the rows of a seal, with its places, or with the hash over them. */
export function findSealFaults(seal: StoredSeal, all: readonly Place[]): ChainFault[] {
  const { chainId, sealNumber } = seal;
  const ofSeal = (code: ChainFaultCode): ChainFault => ({ code, chainId, sealNumber });
  const at = (code: ChainFaultCode, { place, eventId }: Place): ChainFault => ({ ...ofSeal(code), place, eventId });

  // A wrong count would accuse rows: it is tried first whether the seal matches with the places there are.
  const recounted = { ...seal, eventCount: all.length };
  const isMiscounted = all.length !== seal.eventCount && matches(recounted, all, asSealed);
  const content = isMiscounted ? recounted : seal;
  const isCounted = ({ place }: Place) => place >= 1 && place <= content.eventCount;
  const places = all.filter(isCounted);
  const gaps = findGaps(places, content.eventCount);
  const differing = places.filter(({ found, sealedHash }) => found && !found.hash.equals(sealedHash));
  const faults = [
    ...all.filter((place) => !isCounted(place)).map((place) => at("eventInserted", place)),
    ...gaps.map((gap) => ({ ...ofSeal("placeRemoved"), ...gap })),
    ...places.filter(({ found }) => !found).map((place) => at("eventRemoved", place)),
  ];
  const altered = differing.map((place) => at("eventAltered", place));

  if (matches(content, places, asSealed)) {
    return [...faults, ...altered, ...(isMiscounted ? [ofSeal("sealAltered")] : [])];
  }
  if (matches(content, places, asFound)) return [...faults, ...differing.map((place) => at("placeAltered", place))];
  const ordered = inOrder(places);
  if (matches(content, ordered, asSealed)) {
    const moved = places.filter((place, index) => ordered[index] !== place);
    return [...faults, ...altered, ...moved.map((place) => at("eventReordered", place))];
  }
  // Without all its places the seal cannot match, whatever else is true of it.
  return [...faults, ...altered, ...(gaps.length > 0 ? [] : [ofSeal("sealAltered")])];
}

function matches(seal: StoredSeal, places: readonly Place[], hashOf: (place: Place) => Buffer): boolean {
  return hashSeal(seal, places.map(hashOf)).equals(seal.hash);
}

function asSealed({ sealedHash }: Place): Buffer {
  return sealedHash;
}

function asFound({ found, sealedHash }: Place): Buffer {
  return found?.hash ?? sealedHash;
}

function findGaps(places: readonly Place[], eventCount: number): { place: number; lastPlace: number }[] {
  const gaps: { place: number; lastPlace: number }[] = [];
  let next = 1;
  for (const { place } of [...places, { place: eventCount + 1 }]) {
    if (place > next) gaps.push({ place: next, lastPlace: place - 1 });
    next = place + 1;
  }
  return gaps;
}

/** As the sealer orders rows: by transaction, then by number. */
function inOrder(places: readonly Place[]): Place[] {
  return places.toSorted((a, b) => {
    if (!a.found || !b.found) return 0;
    if (a.found.transactionId !== b.found.transactionId) return a.found.transactionId < b.found.transactionId ? -1 : 1;
    return a.found.eventId < b.found.eventId ? -1 : 1;
  });
}

/**
 * Makes the check of instants of one chain, to be called with its seals in order: a row was written before its seal, and
 * not long before the rows sealed earlier. Only rows that are as they were sealed count.
 */
export function createInstantCheck(): (seal: StoredSeal, places: readonly Place[]) => ChainFault[] {
  let latestMicros = 0n;
  return ({ chainId, sealNumber, sealedAtMicros }, places) => {
    const faults: ChainFault[] = [];
    for (const { place, eventId, found, sealedHash } of places) {
      if (!found?.hash.equals(sealedHash)) continue;
      const { atMicros } = found;
      const isEarly = atMicros < latestMicros - CLOCK_TOLERANCE_MICROS;
      if (isEarly || atMicros > sealedAtMicros + CLOCK_TOLERANCE_MICROS) {
        faults.push({ code: "eventMisdated", chainId, sealNumber, place, eventId });
      } else if (atMicros > latestMicros) latestMicros = atMicros;
    }
    return faults;
  };
}

/** Whether our key signed this chain, number and hash. */
export async function isSigned(seal: SignedHead, checkSignature: SignatureCheck): Promise<boolean> {
  const signed = await checkSignature(seal.signature).catch(() => undefined);
  return signed !== undefined && Buffer.compare(signed, renderSealStatement(seal)) === 0;
}
