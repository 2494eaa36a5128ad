import { setTimeout as sleep } from "node:timers/promises";

/** Bounds the transfers that run at once in this process: each may hold a database connection until it ends. */
export interface TransferSlots {
  /** Takes a slot and returns the function that gives it back, or undefined while all are taken. */
  take(): (() => void) | undefined;
  /** Waits until none is taken, but no longer than that. */
  untilQuiet(timeoutMs: number): Promise<void>;
}

export function createTransferSlots(maximum: number): TransferSlots {
  let taken = 0;
  let quiet = Promise.withResolvers<void>();
  return {
    take() {
      if (taken >= maximum) return undefined;
      if (taken === 0) quiet = Promise.withResolvers();
      taken += 1;
      let given = false;
      return () => {
        if (!given) taken -= 1;
        given = true;
        if (taken === 0) quiet.resolve();
      };
    },
    async untilQuiet(timeoutMs) {
      if (taken === 0) return;
      const patience = new AbortController();
      await Promise.race([quiet.promise, sleep(timeoutMs, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
    },
  };
}
