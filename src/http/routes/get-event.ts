import { Type } from "typebox";
import { findEvent } from "../../events/feed.ts";
import { SCOPES } from "../../identity/scopes.ts";
import { getTenant } from "../authorize.ts";
import { EVENTS_PATH, EventSchema, EXAMPLE_EVENT, viewEvent } from "../event-view.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const schema = {
  operationId: "getEvent",
  summary: "Look at one event",
  description: "The event as it stands in your feed.",
  tags: ["Events"],
  params: Type.Object({ eventId: Type.String({ format: "uuid", description: "As in the feed." }) }),
  response: {
    200: {
      description: "The event.",
      content: { "application/json": { schema: EventSchema, examples: { held: { value: viewEvent(EXAMPLE_EVENT) } } } },
    },
    404: problemResponse("No event of yours has this id, or it had its time.", { notFound: eventNotFound() }),
  },
};

export function getEventRoute(app: Api, provide: ProvideDependencies): void {
  app.get(`${EVENTS_PATH}/:eventId`, { schema, config: { scope: SCOPES.consult } }, async (request) => {
    const { eventId } = request.params;
    const event = UUID.test(eventId) ? await findEvent(getTenant(request, provide), eventId) : undefined;
    if (!event) throw eventNotFound();
    return viewEvent(event);
  });
}

function eventNotFound(): Problem {
  const detail = "There is no such event.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "eventId", detail }],
  });
}
