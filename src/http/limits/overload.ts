import underPressure from "@fastify/under-pressure";
import type { Api } from "../fastify-types.ts";
import { Problem } from "../problems.ts";
import type { HttpLimits } from "./http-limits.ts";

const RETRY_SECONDS = 10;

/**
 * Measures. Whether to refuse is asked where the order of the checks is decided; what is under way is never touched. What a
 * start takes is no load: nothing counts before a sample is over that began after the server listened.
 */
export async function measureLoad(app: Api, limits: HttpLimits): Promise<void> {
  let countsFrom = Number.POSITIVE_INFINITY;
  app.addHook("onListen", async () => {
    countsFrom = performance.now() + 2 * limits.overloadSampleMs;
  });
  // In a scope without routes: its hook would ask a second time with every request.
  await app.register(async (scope) => {
    await scope.register(underPressure, {
      maxEventLoopDelay: limits.maximumEventLoopDelayMs,
      maxHeapUsedBytes: limits.maximumHeapBytes,
      maxRssBytes: limits.maximumRssBytes,
      sampleInterval: limits.overloadSampleMs,
    });
    app.decorate("isUnderPressure", () => performance.now() >= countsFrom && scope.isUnderPressure());
  });
}

export function restarting(): Problem {
  return new Problem("serviceUnavailable", "The service is restarting.", { retryAfterSec: RETRY_SECONDS });
}

export function overloaded(): Problem {
  return new Problem("serviceUnavailable", "The service has more to do than it can.", { retryAfterSec: RETRY_SECONDS });
}
