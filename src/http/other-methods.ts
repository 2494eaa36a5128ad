import type { FastifyContextConfig, FastifyInstance, HTTPMethods, RouteOptions } from "fastify";
import { Problem } from "./problems.ts";

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Collects the routes added from here on; the function returned gives each path a 405 for its other methods. */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const paths = new Map<string, { methods: Set<string>; config: FastifyContextConfig }>();
  app.addHook("onRoute", (route: RouteOptions) => {
    const path = paths.get(route.url) ?? { methods: new Set<string>(), config: { ...route.config } };
    for (const method of [route.method].flat()) path.methods.add(method);
    paths.set(route.url, path);
  });
  return () => {
    for (const [url, path] of [...paths]) {
      const allow = [...path.methods].join(", ");
      app.route({
        url,
        method: METHODS.filter((method) => !path.methods.has(method)),
        // Who may not call the path at all learns nothing of its methods.
        config: { ...path.config, refuses: true },
        schema: { hide: true },
        // Before the body is looked at: its media type does not matter here.
        onRequest: () => {
          throw new Problem("methodNotAllowed", `This resource allows ${allow}.`, { headers: { Allow: allow } });
        },
        handler: () => undefined,
      });
    }
  };
}
