import { setTimeout as sleep } from "node:timers/promises";

export interface RepeatedWork {
  /** Finishes what is at hand, then ends. */
  stop(): Promise<void>;
}

export interface RepeatedWorkOptions {
  /** Done once; looks at the signal between parts that take long. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  /** Told of what `work` throws; it is tried again after `retryMs`. */
  readonly onTrouble: (err: unknown) => void;
  readonly intervalMs: number;
  readonly retryMs: number;
}

/** Does work again and again until it is stopped, with a pause after each time. */
export function startRepeating({ work, onTrouble, intervalMs, retryMs }: RepeatedWorkOptions): RepeatedWork {
  const stopping = new AbortController();
  const repeating = (async () => {
    while (!stopping.signal.aborted) {
      let pauseMs = intervalMs;
      try {
        await work(stopping.signal);
      } catch (err) {
        onTrouble(err);
        pauseMs = Math.max(retryMs, intervalMs);
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await repeating;
    },
  };
}
