import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { acceptJson } from "../../json-body.ts";
import { addContractChangeRoutes } from "./change-contract.ts";
import { addContractQueryRoute, addSnapshotRoute } from "./list-contracts.ts";
import { addContractReadRoutes } from "./read-contract.ts";

/** Contracts one by one, and the portfolio as held. */
export async function contractRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    acceptJson(scope);
    addContractChangeRoutes(scope, provide);
    addContractReadRoutes(scope, provide);
    addContractQueryRoute(scope, provide);
    addSnapshotRoute(scope, provide);
  });
}
