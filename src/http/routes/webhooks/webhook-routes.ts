import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { acceptJson } from "../../json-body.ts";
import { addDeliveryRoutes } from "./deliveries.ts";
import { addWebhookOrderRoutes } from "./orders.ts";
import { addSubscriptionRoutes } from "./subscriptions.ts";

/** Where events are pushed to. */
export async function webhookRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    acceptJson(scope);
    addSubscriptionRoutes(scope, provide);
    addWebhookOrderRoutes(scope, provide);
    addDeliveryRoutes(scope, provide);
  });
}
