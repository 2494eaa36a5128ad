import { Type } from "typebox";
import { FeedPositionError, listEvents } from "../../events/feed.ts";
import { SCOPES } from "../../identity/scopes.ts";
import { getTenant } from "../authorize.ts";
import { EVENTS_PATH, EventItemSchema, EXAMPLE_EVENT, viewEventItem } from "../event-view.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { withQuery } from "../paths.ts";
import { Problem } from "../problems.ts";
import { Href } from "../schema-parts.ts";

const query = Type.Object({
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: "`position` of the last event you have taken over; absent: from the first that is kept.",
    }),
  ),
  pageSize: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Items of a page at most." }),
});

const collection = Type.Object(
  {
    self: Href,
    items: Type.Array(EventItemSchema),
    pageSize: Type.Integer(),
    next: Type.Optional(Href),
  },
  { title: "EventCollection" },
);

const schema = {
  operationId: "listEvents",
  summary: "Read your feed on from where you were",
  description:
    "Every event once, in one order that never changes. Follow `next` while it is there; it is there as long as a page is full. Then ask again with the `position` of the last event you have taken over: nothing is left out, however late what happened was committed. Keep the position with what you did about the events; after a failure the same are read again, and `eventId` tells. Events are kept for 90 days at least; a position from before that, or ahead of the feed, is refused.",
  tags: ["Events"],
  querystring: query,
  response: {
    200: {
      description: "One page, empty when nothing is new.",
      content: {
        "application/json": {
          schema: collection,
          examples: {
            page: {
              value: {
                self: `${EVENTS_PATH}?after=41&pageSize=100`,
                items: [viewEventItem(EXAMPLE_EVENT)],
                pageSize: 100,
              },
            },
          },
        },
      },
    },
  },
};

export function listEventsRoute(app: Api, provide: ProvideDependencies): void {
  app.get(EVENTS_PATH, { schema, config: { scope: SCOPES.consult } }, async (request) => {
    const { after, pageSize } = request.query;
    const events = await listEvents(getTenant(request, provide), { after: after ?? 0, limit: pageSize }).catch(
      (error: unknown) => {
        throw error instanceof FeedPositionError ? positionRefused(error) : error;
      },
    );
    const last = events.at(-1);
    return {
      self: withQuery(EVENTS_PATH, { after, pageSize }),
      items: events.map(viewEventItem),
      pageSize,
      ...(events.length === pageSize && last && { next: withQuery(EVENTS_PATH, { after: last.position, pageSize }) }),
    };
  });
}

function positionRefused({ reason }: FeedPositionError): Problem {
  const detail =
    reason === "removed"
      ? "Events behind this position are no longer kept: some were missed. Begin without `after`, and compare what you hold."
      : "Your feed has not come to this position: it is that of another feed or environment.";
  return new Problem("badRequest", "The feed cannot be read from there.", {
    issues: [{ kind: "outOfRange", in: "query", name: "after", detail }],
  });
}
