import { setTimeout as sleep } from "node:timers/promises";

/** Bounds the transfers that run at once in this process: each may hold a database connection until it ends. */
export interface TransferSlots {
  /** Takes a slot and returns the function that gives it back, or undefined while all are taken. */
  take(): (() => void) | undefined;
  /** Says that somebody waits for a receipt, from before the transfer until after; returns the function that takes it back. */
  announce(): () => void;
  /** Waits until none is taken and nobody waits, but not when it has not been quiet for so long. */
  untilQuiet(patienceMs: number): Promise<void>;
}

export function createTransferSlots(maximum: number): TransferSlots {
  let taken = 0;
  let awaited = 0;
  let quiet = Promise.withResolvers<void>();
  let quietUntil = 0;
  const announce = () => {
    if (awaited === 0) {
      quiet = Promise.withResolvers();
      quietUntil = performance.now();
    }
    awaited += 1;
    return once(() => {
      awaited -= 1;
      if (awaited === 0) quiet.resolve();
    });
  };
  return {
    announce,
    take() {
      if (taken >= maximum) return undefined;
      taken += 1;
      const leave = announce();
      return once(() => {
        taken -= 1;
        leave();
      });
    },
    async untilQuiet(patienceMs) {
      const leftMs = quietUntil + patienceMs - performance.now();
      if (awaited === 0 || leftMs <= 0) return;
      const patience = new AbortController();
      await Promise.race([quiet.promise, sleep(leftMs, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
    },
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
