import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { acceptJson } from "../../json-body.ts";
import { addFaultRoutes } from "./fault-routes.ts";
import { addTimeRoutes } from "./time-routes.ts";

/** In validation alone: what insurers let happen in a space of their own (scope `…:simulate`). */
export async function simulationRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    acceptJson(scope);
    addTimeRoutes(scope, provide);
    addFaultRoutes(scope, provide);
  });
}
