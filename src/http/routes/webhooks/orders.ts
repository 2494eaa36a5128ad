import { Type } from "typebox";
import { SCOPES } from "../../../identity/scopes.ts";
import { orderPing, orderReplay, type ReplayRefusal } from "../../../webhooks/orders.ts";
import { rotateSecret } from "../../../webhooks/subscriptions.ts";
import { recordWrite } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { badRequest, Problem } from "../../problems.ts";
import { Instant } from "../../schema-parts.ts";
import { EXAMPLE_SECRET, SecretText, SUBSCRIPTIONS_PATH } from "../../webhook-view.ts";
import { jsonAnswer } from "../operator/operator-schemas.ts";
import {
  getOwnSubscription,
  noSubscription,
  positionRefused,
  SubscriptionParams,
  subscriptionNotFound,
  WEBHOOK_TAGS,
} from "./own-subscription.ts";

const rotateSchema = {
  operationId: "rotateWebhookSecret",
  summary: "Get a new secret",
  description:
    "For `overlapHours` deliveries carry two signatures, of the new secret and of the one before; with 0 the old one ends at once. A third one never signs.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  body: Type.Object(
    {
      overlapHours: Type.Integer({ minimum: 0, maximum: 168, description: "How long the old secret still signs." }),
    },
    { examples: [{ overlapHours: 24 }] },
  ),
  response: {
    200: jsonAnswer(
      "The new secret.",
      Type.Object({ secret: SecretText, previousSecretExpiresAt: Instant }, { title: "WebhookSecret" }),
      { rotated: { secret: EXAMPLE_SECRET, previousSecretExpiresAt: "2026-11-23T09:00:00.000Z" } },
    ),
    404: noSubscription,
  },
};

const pingSchema = {
  operationId: "pingWebhook",
  summary: "Have a test message sent",
  description:
    "One signed CloudEvent of type `be.nihdi.infoss.ping` within seconds, in every state of the subscription. What came of it is in the delivery log; it is not tried again.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  response: { 202: { description: "It will be sent.", type: "null" }, 404: noSubscription },
};

const Position = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const replayConflict: Readonly<Record<"disabled" | "tooMany", Problem>> = {
  disabled: new Problem("conflict", "The subscription is disabled: change it to active first."),
  tooMany: new Problem("conflict", "Three replays wait already."),
};

const replaySchema = {
  operationId: "replayWebhook",
  summary: "Have a range of events delivered again",
  description:
    "Both positions are included. They come after what is new, in their order, with the same `id` as the first time. How far it is, the delivery log tells.",
  tags: WEBHOOK_TAGS,
  params: SubscriptionParams,
  body: Type.Object(
    { fromPosition: Position, toPosition: Position },
    { examples: [{ fromPosition: 12, toPosition: 42 }] },
  ),
  response: {
    202: { description: "They will be delivered.", type: "null" },
    400: problemResponse("The range is not in your feed.", { ahead: positionRefused("toPosition", "ahead") }),
    404: noSubscription,
    409: problemResponse("It cannot be done now.", replayConflict),
  },
};

export function addWebhookOrderRoutes(app: Api, provide: ProvideDependencies): void {
  const path = `${SUBSCRIPTIONS_PATH}/:subscriptionId`;
  const config = { scope: SCOPES.submit };

  app.post(`${path}/rotateSecret`, { schema: rotateSchema, config }, async (request) => {
    const { subscriptionId } = await getOwnSubscription(request, request.params.subscriptionId, provide);
    const order = { subscriptionId, overlapHours: request.body.overlapHours };
    const rotated = await rotateSecret(getTenant(request, provide), provide().webhookSecrets, order, (tx) =>
      recordWrite(request, tx, { status: 200 }),
    );
    if (!rotated) throw subscriptionNotFound();
    const { secret, previousSecretExpiresAt } = rotated;
    return { secret, previousSecretExpiresAt: previousSecretExpiresAt.toISOString() };
  });

  app.post(`${path}/ping`, { schema: pingSchema, config }, async (request, reply) => {
    const { subscriptionId } = await getOwnSubscription(request, request.params.subscriptionId, provide);
    const isOrdered = await orderPing(getTenant(request, provide), subscriptionId, (tx) =>
      recordWrite(request, tx, { status: 202 }),
    );
    if (!isOrdered) throw subscriptionNotFound();
    return reply.code(202).send();
  });

  app.post(`${path}/replay`, { schema: replaySchema, config }, async (request, reply) => {
    const { subscriptionId } = await getOwnSubscription(request, request.params.subscriptionId, provide);
    const { fromPosition, toPosition } = request.body;
    if (fromPosition > toPosition) {
      const detail = "The range ends before it begins.";
      throw badRequest(detail, { kind: "invalidPeriod", in: "body", name: "toPosition", detail });
    }
    const refusal = await orderReplay(getTenant(request, provide), subscriptionId, request.body, (tx) =>
      recordWrite(request, tx, { status: 202 }),
    );
    if (refusal) throw replayProblem(refusal);
    return reply.code(202).send();
  });
}

function replayProblem(refusal: ReplayRefusal): Problem {
  switch (refusal) {
    case "notFound":
      return subscriptionNotFound();
    case "removed":
      return positionRefused("fromPosition", "removed");
    case "ahead":
      return positionRefused("toPosition", "ahead");
    default:
      return replayConflict[refusal];
  }
}
