import { Type } from "typebox";
import type { Act } from "../../../operator/perform-act.ts";
import { dropNotFound, listSetAside, replayDrop, type SetAsideDrop } from "../../../operator/set-aside-drops.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Count, Href, Instant } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/setAsideDrops`;

const fields = {
  dropId: Type.String({ format: "uuid", description: "Follows from account and name." }),
  accountName: Type.String(),
  name: Type.String({ description: "Of the file in `IN`: all that is known of it." }),
  trouble: Type.String({
    description:
      "A code of the SFTP server's answer, `processingFailed`, or `processEnded`: the process ended with it.",
  }),
  attempts: Count,
  firstSeenAt: Instant,
};
const DropOne = Type.Object({ self: Href, ...fields }, { title: "SetAsideDrop" });
const DropItem = Type.Object({ href: Href, ...fields }, { title: "SetAsideDropItem" });

const EXAMPLE: SetAsideDrop = {
  dropId: "5b3c0f6e-3b0c-4f2e-8a54-0d2b7c9be1f3",
  accountName: "alpha",
  name: "FI.DICO.0403019261.20261122.00001.S",
  trouble: "permissionDenied",
  attempts: 5,
  firstSeenAt: new Date("2026-11-22T09:00:00.000Z"),
};

const params = Type.Object({ dropId: Type.String({ pattern: UUID_PATTERN, description: "As in the list." }) });
const notSetAside = actProblem(dropNotFound(), ["dropId"]);
const notFound = problemResponse("No such file is set aside.", { notFound: notSetAside });

const listSchema = {
  operationId: "listSetAsideDrops",
  summary: "List the files in IN that were set aside, oldest first",
  description:
    "They could not be taken again and again: our failure, or the SFTP server's. They stay in `IN`. Follow `next` until it " +
    "is absent.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    afterDrop: Type.Optional(Type.String({ pattern: UUID_PATTERN, description: "The last drop of the page before." })),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(DropItem, "SetAsideDropCollection"), {
      page: { self: `${PATH}?pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
  },
};

const getSchema = {
  operationId: "getSetAsideDrop",
  summary: "Look at a file that was set aside",
  description: "Whose it is, how often it was tried and what went wrong.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("As it is now.", DropOne, { aside: viewOne(EXAMPLE) }), 404: notFound },
};

const replaySchema = {
  operationId: "replayDrop",
  summary: "Have a file that was set aside taken in the next round",
  description: "With all its attempts before it, once the cause is mended. Loses and doubles nothing.",
  tags: OPERATOR_TAGS,
  params,
  response: { 204: { description: "It waits for the next round.", type: "null" }, 404: notFound },
};

export function addSetAsideDropRoutes(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, (request) =>
    answerPage({
      ...{ path: PATH, query: request.query, cursor: "afterDrop", view: viewItem },
      list: (limit) =>
        lookUp(request, provide, (institute) => listSetAside(institute, { after: request.query.afterDrop, limit })),
      idOf: ({ dropId }) => dropId,
    }),
  );

  app.get(`${PATH}/:dropId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { dropId } = request.params;
    const [found] = await lookUp(request, provide, (institute) => listSetAside(institute, { dropId, limit: 1 }));
    if (!found) throw notSetAside;
    return viewOne(found);
  });

  app.post(`${PATH}/:dropId/replay`, { schema: replaySchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { dropId } = request.params;
    const act: Act = (tx, actor) => replayDrop(tx, actor, { dropId });
    await perform(request, reply, provide, { status: 204, act });
    return reply.send();
  });
}

function viewOne(drop: SetAsideDrop) {
  return { self: `${PATH}/${drop.dropId}`, ...viewFields(drop) };
}

function viewItem(drop: SetAsideDrop) {
  return { href: `${PATH}/${drop.dropId}`, ...viewFields(drop) };
}

function viewFields({ firstSeenAt, ...drop }: SetAsideDrop) {
  return { ...drop, firstSeenAt: firstSeenAt.toISOString() };
}
