import underPressure from "@fastify/under-pressure";
import type { Api } from "../fastify-types.ts";
import { Problem } from "../problems.ts";
import type { HttpLimits } from "./http-limits.ts";

const RETRY_SECONDS = 10;

/** Measures. Whether to refuse is asked where the order of the checks is decided; what is under way is never touched. */
export async function measureLoad(app: Api, limits: HttpLimits): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: limits.maximumEventLoopDelayMs,
    maxHeapUsedBytes: limits.maximumHeapBytes,
    maxRssBytes: limits.maximumRssBytes,
    sampleInterval: limits.overloadSampleMs,
    pressureHandler: () => {},
  });
}

export function overloaded(): Problem {
  return new Problem("serviceUnavailable", "The service has more to do than it can.", { retryAfterSec: RETRY_SECONDS });
}
