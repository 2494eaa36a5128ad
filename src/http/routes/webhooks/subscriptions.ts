import { Type } from "typebox";
import { SCOPES } from "../../../identity/scopes.ts";
import { EndpointError } from "../../../webhooks/endpoint-address.ts";
import {
  changeSubscription,
  createSubscription,
  deleteSubscription,
  listSubscriptions,
} from "../../../webhooks/subscriptions.ts";
import { recordWrite } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, oneOf } from "../../schema-parts.ts";
import {
  EXAMPLE_DISABLED,
  EXAMPLE_SECRET,
  EXAMPLE_SETTINGS,
  EXAMPLE_SUBSCRIPTION,
  NewSubscriptionSchema,
  SUBSCRIPTIONS_PATH,
  SubscriptionItemSchema,
  SubscriptionSchema,
  subscriptionSettings,
  viewSubscription,
  viewSubscriptionItem,
} from "../../webhook-view.ts";
import { createdAnswer, jsonAnswer } from "../operator/operator-schemas.ts";
import {
  endpointRefused,
  getOwnSubscription,
  noSubscription,
  positionRefused,
  SubscriptionParams,
  settingProblem,
  subscriptionNotFound,
  tooManySubscriptions,
  WEBHOOK_TAGS,
} from "./own-subscription.ts";

const notHttps = endpointRefused(new EndpointError("The address must begin with https://."));

const createSchema = {
  operationId: "createWebhookSubscription",
  summary: "Have events pushed to you",
  description:
    "From then on each event of your feed is posted to `url` as a thin CloudEvent (`application/cloudevents+json`): that it happened, and the link to read it. Deliveries are signed as Standard Webhooks says, with the `secret` that only this answer shows. They come in the order of the feed, one after the other, each at least once: `id` tells a repetition. What you do not take with a status of 200 to 299 within 15 seconds is tried again for a day, and what comes behind it waits; then the subscription is disabled and you find a notice.",
  tags: WEBHOOK_TAGS,
  body: Type.Object(
    {
      ...subscriptionSettings,
      after: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description:
            "Events behind this position of your feed; 0: all that are kept. Absent: those that come from now on.",
        }),
      ),
    },
    { examples: [EXAMPLE_SETTINGS] },
  ),
  response: {
    201: createdAnswer("Made.", NewSubscriptionSchema, {
      made: { ...viewSubscription(EXAMPLE_SUBSCRIPTION), secret: EXAMPLE_SECRET },
    }),
    400: problemResponse("Nothing can be delivered there.", {
      address: notHttps,
      position: positionRefused("after", "ahead"),
    }),
    409: problemResponse("There are as many as there may be.", { tooMany: tooManySubscriptions() }),
  },
};

const listSchema = {
  operationId: "listWebhookSubscriptions",
  summary: "List your webhook subscriptions",
  description: "Oldest first, with how their deliveries go.",
  tags: WEBHOOK_TAGS,
  response: {
    200: jsonAnswer(
      "All of them.",
      Type.Object(
        { self: Href, items: Type.Array(SubscriptionItemSchema) },
        { title: "WebhookSubscriptionCollection" },
      ),
      { all: { self: SUBSCRIPTIONS_PATH, items: [viewSubscriptionItem(EXAMPLE_SUBSCRIPTION)] } },
    ),
  },
};

const getSchema = {
  operationId: "getWebhookSubscription",
  summary: "Look at one webhook subscription",
  description: "How far it is in your feed and how its deliveries go; never its secret.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  response: {
    200: jsonAnswer("The subscription.", SubscriptionSchema, {
      active: viewSubscription(EXAMPLE_SUBSCRIPTION),
      disabled: viewSubscription(EXAMPLE_DISABLED),
    }),
    404: noSubscription,
  },
};

const changeSchema = {
  operationId: "changeWebhookSubscription",
  summary: "Change, pause or reactivate a webhook subscription",
  description:
    "Replaces what you chose; what is absent is as if never chosen. With `active` it goes on at once from where it stood, also when it failed or was disabled. The secret stays.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  body: Type.Object(
    {
      ...subscriptionSettings,
      state: oneOf(["active", "paused"], "`paused`: nothing is delivered until it is `active`."),
    },
    { examples: [{ ...EXAMPLE_SETTINGS, state: "active" }] },
  ),
  response: {
    200: jsonAnswer("As it is now.", SubscriptionSchema, { active: viewSubscription(EXAMPLE_SUBSCRIPTION) }),
    400: problemResponse("Nothing can be delivered there.", { address: notHttps }),
    404: noSubscription,
  },
};

const deleteSchema = {
  operationId: "deleteWebhookSubscription",
  summary: "End a webhook subscription",
  description: "With its secrets and its delivery log. The feed stays as it is.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  response: { 204: { description: "Ended.", type: "null" }, 404: noSubscription },
};

export function addSubscriptionRoutes(app: Api, provide: ProvideDependencies): void {
  const path = `${SUBSCRIPTIONS_PATH}/:subscriptionId`;

  app.post(SUBSCRIPTIONS_PATH, { schema: createSchema, config: { scope: SCOPES.submit } }, async (request, reply) => {
    const { webhookSecrets } = provide();
    const wanted = { ...request.body, clientId: request.caller!.clientId };
    const made = await createSubscription(getTenant(request, provide), webhookSecrets, wanted, (tx) =>
      recordWrite(request, tx, { status: 201 }),
    ).catch((error: unknown) => {
      throw settingProblem(error);
    });
    if (made === "tooMany") throw tooManySubscriptions();
    const view = viewSubscription(made.subscription);
    reply.code(201).header("Location", view.self);
    return { ...view, secret: made.secret };
  });

  app.get(SUBSCRIPTIONS_PATH, { schema: listSchema, config: { scope: SCOPES.consult } }, async (request) => {
    const subscriptions = await listSubscriptions(getTenant(request, provide));
    return { self: SUBSCRIPTIONS_PATH, items: subscriptions.map(viewSubscriptionItem) };
  });

  app.get(path, { schema: getSchema, config: { scope: SCOPES.consult } }, async (request) =>
    viewSubscription(await getOwnSubscription(request, request.params.subscriptionId, provide)),
  );

  app.put(path, { schema: changeSchema, config: { scope: SCOPES.submit } }, async (request) => {
    const { subscriptionId } = await getOwnSubscription(request, request.params.subscriptionId, provide);
    const wanted = { ...request.body, clientId: request.caller!.clientId };
    const changed = await changeSubscription(getTenant(request, provide), subscriptionId, wanted, (tx) =>
      recordWrite(request, tx, { status: 200 }),
    ).catch((error: unknown) => {
      throw settingProblem(error);
    });
    if (!changed) throw subscriptionNotFound();
    return viewSubscription(changed);
  });

  app.delete(path, { schema: deleteSchema, config: { scope: SCOPES.submit } }, async (request, reply) => {
    const { subscriptionId } = await getOwnSubscription(request, request.params.subscriptionId, provide);
    const isDeleted = await deleteSubscription(getTenant(request, provide), subscriptionId, (tx) =>
      recordWrite(request, tx, { status: 204 }),
    );
    if (!isDeleted) throw subscriptionNotFound();
    return reply.code(204).send();
  });
}
