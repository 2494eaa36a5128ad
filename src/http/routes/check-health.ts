import { Type } from "typebox";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { DEFAULT_HTTP_LIMITS } from "../limits/http-limits.ts";
import { API_ROOT } from "../paths.ts";
import { oneOf } from "../schema-parts.ts";

/** Health is public: asking it more often must not ask the database more often. */
const KEPT_MS = 1_000;

const Health = Type.Object({ status: oneOf(["UP", "DOWN"]) }, { title: "Health" });

const schema = {
  operationId: "checkHealth",
  summary: "Check whether the service can answer",
  description: "Asks the database, under a time limit, and whether there is more to do than can be done. Public.",
  tags: ["Service"],
  response: {
    200: {
      description: "It can.",
      content: { "application/json": { schema: Health, examples: { up: { value: { status: "UP" } } } } },
    },
    503: {
      description: "It cannot now.",
      content: { "application/json": { schema: Health, examples: { down: { value: { status: "DOWN" } } } } },
    },
  },
};

export function checkHealthRoute(app: Api, provide: ProvideDependencies): void {
  let kept: { readonly until: number; readonly isUp: Promise<boolean> } | undefined;
  app.get(`${API_ROOT}/health`, { schema, config: { public: true, evenOverloaded: true } }, async (_request, reply) => {
    if (!kept || kept.until < performance.now()) {
      const { pingDatabase, limits } = provide();
      const isUp = settlesInTime(pingDatabase(), limits?.healthTimeoutMs ?? DEFAULT_HTTP_LIMITS.healthTimeoutMs);
      kept = { until: performance.now() + KEPT_MS, isUp };
    }
    const isUp = !app.isUnderPressure() && (await kept.isUp);
    return reply.code(isUp ? 200 : 503).send({ status: isUp ? ("UP" as const) : ("DOWN" as const) });
  });
}

async function settlesInTime(answer: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const { promise: timedOut, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), timeoutMs);
  try {
    return await Promise.race([
      answer.then(
        () => true,
        () => false,
      ),
      timedOut,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
