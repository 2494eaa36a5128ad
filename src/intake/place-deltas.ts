import type { HeldReason, SubmissionState } from "./submission.ts";

/** How long a delta waits for the numbers before its own (exchange.md section 1). */
export const SEQUENCE_GAP_PATIENCE_MS = 24 * 60 * 60 * 1000;

/** A delta that is neither processed nor given up. */
export interface WaitingDelta {
  readonly submissionId: string;
  readonly sequence: number;
  readonly state: SubmissionState;
  readonly heldReason: HeldReason | null;
  readonly heldUntil: Date | null;
}

export type Placement =
  | { readonly state: "received" }
  | {
      readonly state: "held";
      readonly heldReason: HeldReason;
      readonly heldUntil: Date | null;
      /** The number that is missing, where that is the reason. */
      readonly awaitedSequence?: number;
    }
  | { readonly state: "refused"; readonly missing: number };

export interface Queue {
  readonly isInitialLoadOpen: boolean;
  /** Number of the last delta that was processed; 0 before the first. */
  readonly lastProcessed: number;
  /** In the order of their numbers. */
  readonly waiting: readonly WaitingDelta[];
}

/** Reasons that follow from the queue. Others are the business of whoever held the delta. */
const QUEUE_REASONS: readonly HeldReason[] = [
  "sequenceGap",
  "predecessorHeld",
  "predecessorQuarantined",
  "initialLoadOpen",
];

/**
 * Where each waiting delta belongs, by id; those that are being processed, quarantined, or held for a reason of their own
 * stay where they are and are left out. `received` ones run in the order of their numbers.
 */
export function placeDeltas({ isInitialLoadOpen, lastProcessed, waiting }: Queue, now: Date): Map<string, Placement> {
  const placements = new Map<string, Placement>();
  let expected = lastProcessed + 1;
  let obstacle: "sequenceGap" | "predecessorHeld" | "predecessorQuarantined" | undefined;
  for (const delta of waiting) {
    // The first obstacle is what everything behind it waits for; it keeps its number as the one that is missing.
    if (obstacle === undefined && delta.sequence > expected) obstacle = "sequenceGap";
    if (isMovable(delta)) {
      const reason = isInitialLoadOpen ? "initialLoadOpen" : obstacle;
      placements.set(
        delta.submissionId,
        reason === undefined ? { state: "received" } : hold(delta, reason, expected, now),
      );
    }
    if (delta.state === "quarantined") obstacle ??= "predecessorQuarantined";
    if (delta.state === "held" && !isMovable(delta)) obstacle ??= "predecessorHeld";
    if (obstacle === undefined) expected = delta.sequence + 1;
  }
  return placements;
}

function isMovable({ state, heldReason }: WaitingDelta): boolean {
  return state === "received" || (state === "held" && heldReason !== null && QUEUE_REASONS.includes(heldReason));
}

function hold(delta: WaitingDelta, heldReason: HeldReason, missing: number, now: Date): Placement {
  if (heldReason !== "sequenceGap") return { state: "held", heldReason, heldUntil: null };
  const heldUntil = delta.heldReason === "sequenceGap" ? delta.heldUntil : null;
  if (heldUntil !== null && heldUntil <= now) return { state: "refused", missing };
  const patient = heldUntil ?? new Date(now.getTime() + SEQUENCE_GAP_PATIENCE_MS);
  return { state: "held", heldReason, heldUntil: patient, awaitedSequence: missing };
}
