import { setTimeout as sleep } from "node:timers/promises";

/** Bounds the transfers that run at once in this process: each may hold a database connection until it ends. */
export interface TransferSlots {
  /** Takes a slot and returns the function that gives it back, or undefined while all are taken. */
  take(): (() => void) | undefined;
  /** Says that somebody waits for a receipt, from before the transfer until after; returns the function that takes it back. */
  announce(): () => void;
  /** Waits until none is taken and nobody waits, but no longer than that. */
  untilQuiet(timeoutMs: number): Promise<void>;
}

export function createTransferSlots(maximum: number): TransferSlots {
  let taken = 0;
  let awaited = 0;
  let quiet = Promise.withResolvers<void>();
  const announce = () => {
    if (awaited === 0) quiet = Promise.withResolvers();
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
    async untilQuiet(timeoutMs) {
      if (awaited === 0) return;
      const patience = new AbortController();
      await Promise.race([quiet.promise, sleep(timeoutMs, undefined, { signal: patience.signal }).catch(() => {})]);
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
