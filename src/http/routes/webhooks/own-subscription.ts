import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { FeedPositionError } from "../../../events/feed.ts";
import { EndpointError } from "../../../webhooks/endpoint-address.ts";
import { findSubscription, MAXIMUM_SUBSCRIPTIONS } from "../../../webhooks/subscriptions.ts";
import type { Subscription } from "../../../webhooks/webhook.ts";
import { getTenant } from "../../authorize.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { isUuid } from "../../own-submission.ts";
import { problemResponse } from "../../problem-schema.ts";
import { badRequest, Problem } from "../../problems.ts";

export const WEBHOOK_TAGS = ["Webhooks"];

export const SubscriptionParams = Type.Object({
  subscriptionId: Type.String({ format: "uuid", description: "As in the list." }),
});

/** The subscription of the path. Another insurer's, one that never existed and what is no id get the same answer. */
export async function getOwnSubscription(
  request: FastifyRequest,
  subscriptionId: string,
  provide: ProvideDependencies,
): Promise<Subscription> {
  const found = isUuid(subscriptionId) && (await findSubscription(getTenant(request, provide), subscriptionId));
  if (!found) throw subscriptionNotFound();
  return found;
}

export function subscriptionNotFound(): Problem {
  const detail = "There is no such subscription.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "subscriptionId", detail }],
  });
}

export const noSubscription = problemResponse("No subscription of yours has this id.", {
  notFound: subscriptionNotFound(),
});

export function tooManySubscriptions(): Problem {
  return new Problem("conflict", `An insurer has ${MAXIMUM_SUBSCRIPTIONS} subscriptions at most: delete one first.`);
}

export function endpointRefused({ message }: EndpointError): Problem {
  return badRequest("Nothing can be delivered there.", {
    kind: "rejectedInput",
    in: "body",
    name: "url",
    detail: message,
  });
}

/** A place in the feed that cannot be delivered from, or not any more. */
export function positionRefused(name: string, reason: FeedPositionError["reason"]): Problem {
  const detail =
    reason === "removed"
      ? "Events from there are no longer kept, or not all of them."
      : "Your feed has not come to this position.";
  return badRequest("The range is not in your feed.", { kind: "outOfRange", in: "body", name, detail });
}

/** The problem of a setting that cannot be taken; other errors as they are. */
export function settingProblem(error: unknown): unknown {
  if (error instanceof EndpointError) return endpointRefused(error);
  return error instanceof FeedPositionError ? positionRefused("after", error.reason) : error;
}
