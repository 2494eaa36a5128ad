import { Type } from "typebox";
import { SCOPES } from "../../../identity/scopes.ts";
import { listDeliveries } from "../../../webhooks/deliveries.ts";
import { DELIVERY_OUTCOMES } from "../../../webhooks/webhook.ts";
import { getTenant } from "../../authorize.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { withQuery } from "../../paths.ts";
import { oneOf } from "../../schema-parts.ts";
import {
  DeliverySchema,
  EXAMPLE_DELIVERY,
  EXAMPLE_SUBSCRIPTION,
  SUBSCRIPTIONS_PATH,
  subscriptionPath,
  viewDelivery,
} from "../../webhook-view.ts";
import { jsonAnswer, pageOf } from "../operator/operator-schemas.ts";
import { getOwnSubscription, noSubscription, SubscriptionParams, WEBHOOK_TAGS } from "./own-subscription.ts";

const EXAMPLE_SELF = `${SUBSCRIPTIONS_PATH}/019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d10/deliveries?pageSize=100`;

const schema = {
  operationId: "listWebhookDeliveries",
  summary: "Read the delivery log, newest first",
  description:
    "Each attempt, with the status of your answer or the reason why none came; kept as long as events. Nothing else of your answers is kept. Follow `next` until it is absent.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  querystring: Type.Object({
    outcome: Type.Optional(oneOf(DELIVERY_OUTCOMES, "Only attempts that ended so.")),
    afterDelivery: Type.Optional(
      Type.String({
        pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description: "The last attempt of the page before.",
      }),
    ),
    pageSize: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Items of a page at most." }),
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(DeliverySchema, "WebhookDeliveryCollection"), {
      page: { self: EXAMPLE_SELF, items: [viewDelivery(EXAMPLE_SUBSCRIPTION, EXAMPLE_DELIVERY)], pageSize: 100 },
    }),
    404: noSubscription,
  },
};

export function addDeliveryRoutes(app: Api, provide: ProvideDependencies): void {
  const path = `${SUBSCRIPTIONS_PATH}/:subscriptionId/deliveries`;
  app.get(path, { schema, config: { scope: SCOPES.consult } }, async (request) => {
    const { outcome, afterDelivery, pageSize } = request.query;
    const subscription = await getOwnSubscription(request, request.params.subscriptionId, provide);
    // One more than asked for tells whether there is a next page.
    const found = await listDeliveries(getTenant(request, provide), subscription.subscriptionId, {
      ...(outcome && { outcome }),
      ...(afterDelivery !== undefined && { before: afterDelivery }),
      limit: pageSize + 1,
    });
    const items = found.slice(0, pageSize);
    const last = items.at(-1);
    const self = `${subscriptionPath(subscription)}/deliveries`;
    return {
      self: withQuery(self, { outcome, afterDelivery, pageSize }),
      items: items.map((delivery) => viewDelivery(subscription, delivery)),
      pageSize,
      ...(found.length > pageSize &&
        last && { next: withQuery(self, { outcome, afterDelivery: last.deliveryId, pageSize }) }),
    };
  });
}
