import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { acceptJson } from "../../json-body.ts";
import { addSocialAdvantageListRoutes } from "./list-social-advantages.ts";
import { addSocialAdvantageReadRoute } from "./read-social-advantage.ts";
import { addSnapshotRequestRoute } from "./request-snapshot.ts";

/** What insurers may learn of the social advantage of their clients. */
export async function socialAdvantageRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    acceptJson(scope);
    addSocialAdvantageListRoutes(scope, provide);
    addSnapshotRequestRoute(scope, provide);
    addSocialAdvantageReadRoute(scope, provide);
  });
}
