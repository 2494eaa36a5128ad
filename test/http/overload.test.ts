import fastify from "fastify";
import t from "tap";
import type { Api } from "../../src/http/fastify-types.ts";
import { DEFAULT_HTTP_LIMITS } from "../../src/http/limits/http-limits.ts";
import { measureLoad } from "../../src/http/limits/overload.ts";

const SAMPLE_MS = 300;

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

t.test("what a start takes is no load, what comes after it is", async (t) => {
  const app = fastify() as unknown as Api;
  t.teardown(() => app.close());
  await measureLoad(app, { ...DEFAULT_HTTP_LIMITS, maximumEventLoopDelayMs: 20, overloadSampleMs: SAMPLE_MS });
  await app.ready();
  standStill(2 * SAMPLE_MS);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const listensSince = performance.now();
  // As a client would that was told the address: again and again, from the first moment.
  const refusedAt: number[] = [];
  while (performance.now() < listensSince + 1.5 * SAMPLE_MS) {
    if (app.isUnderPressure()) refusedAt.push(performance.now() - listensSince);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  t.same(refusedAt, []);
  for (let blow = 0; !app.isUnderPressure() && blow < 600; blow += 1) {
    standStill(100);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.equal(app.isUnderPressure(), true, "a loop that stands still again and again is seen");
});
