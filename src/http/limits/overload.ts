import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import underPressure from "@fastify/under-pressure";
import type { Api } from "../fastify-types.ts";
import { Problem } from "../problems.ts";

export interface OverloadSettings {
  /** Mean delay of the event loop over one sample; 0: not looked at. */
  readonly maximumEventLoopDelayMs: number;
  /** Bytes; 0: not looked at. */
  readonly maximumHeapBytes: number;
  /** Bytes; 0: not looked at. */
  readonly maximumRssBytes: number;
  readonly overloadSampleMs: number;
}

const SHARE_OF_MEMORY = 0.9;
const RETRY_SECONDS = 10;

/** Nine tenths of what this process may use, as V8 and the container say. */
export const DEFAULT_OVERLOAD_SETTINGS: OverloadSettings = {
  maximumEventLoopDelayMs: 1_000,
  maximumHeapBytes: Math.floor(getHeapStatistics().heap_size_limit * SHARE_OF_MEMORY),
  maximumRssBytes: Math.floor(
    Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) * SHARE_OF_MEMORY,
  ),
  overloadSampleMs: 1_000,
};

/** Measures. Whether to refuse is asked where the order of the checks is decided; what is under way is never touched. */
export async function measureLoad(app: Api, settings: OverloadSettings): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: settings.maximumEventLoopDelayMs,
    maxHeapUsedBytes: settings.maximumHeapBytes,
    maxRssBytes: settings.maximumRssBytes,
    sampleInterval: settings.overloadSampleMs,
    pressureHandler: () => {},
  });
}

export function overloaded(): Problem {
  return new Problem("serviceUnavailable", "The service has more to do than it can.", { retryAfterSec: RETRY_SECONDS });
}
