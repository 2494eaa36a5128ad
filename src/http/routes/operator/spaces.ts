import { Type } from "typebox";
import { endAccountOf } from "../../../spaces/end-account.ts";
import { listSpaces } from "../../../spaces/space-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href } from "../../schema-parts.ts";
import { EXAMPLE_SPACE, type SeenSpace, spaceFields, viewSpaceFields } from "../../space-view.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { registryProblem } from "./operator-problems.ts";
import { EnterpriseNumber, jsonAnswer, listOf } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/spaces`;
const SpaceOne = Type.Object({ self: Href, ...spaceFields }, { title: "IntegratorSpace" });
const SpaceItem = Type.Object({ href: Href, ...spaceFields }, { title: "IntegratorSpaceItem" });
const params = Type.Object({ enterpriseNumber: EnterpriseNumber });
const sentence = "No space that lives has that enterprise number.";
const notFound = problemResponse("There is no such space.", {
  notFound: registryProblem("insurerNotFound", sentence, "enterpriseNumber"),
});

const listSchema = {
  operationId: "listSpaces",
  summary: "List the spaces of integrators",
  description:
    "Validation only. Of all accounts that live, oldest first; those that have expired and can still be renewed too.",
  tags: OPERATOR_TAGS,
  response: {
    200: jsonAnswer("All spaces.", listOf(SpaceItem, "IntegratorSpaceCollection"), {
      one: { self: PATH, items: [viewItem(EXAMPLE_SPACE)] },
    }),
  },
};

const getSchema = {
  operationId: "getIntegratorSpace",
  summary: "Look at the space of an integrator",
  description: "Validation only.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("As it is now.", SpaceOne, { one: viewOne(EXAMPLE_SPACE) }), 404: notFound },
};

const endSchema = {
  operationId: "endSpace",
  summary: "End the account of an integrator",
  description:
    "Validation only. At once and for good: its client is answered `spaceExpired` from then on. The audit trail stays.",
  tags: OPERATOR_TAGS,
  params,
  response: { 204: { description: "Ended.", type: "null" }, 404: notFound },
};

export function addSpaceOperatorRoutes(app: Api, provide: ProvideDependencies): void {
  const list = async (request: Parameters<typeof lookUp>[0]): Promise<SeenSpace[]> => {
    const found = await lookUp(request, provide, (institute) => listSpaces(institute));
    const { clock } = provide().intake;
    return await Promise.all(found.map(async (one) => ({ ...one, today: await clock.todayOf(one.insurerId) })));
  };

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, async (request) => {
    return { self: PATH, items: (await list(request)).map(viewItem) };
  });

  app.get(`${PATH}/:enterpriseNumber`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { enterpriseNumber } = request.params;
    const found = (await list(request)).find((one) => one.enterpriseNumber === enterpriseNumber);
    if (!found) throw registryProblem("insurerNotFound", sentence, "enterpriseNumber");
    return viewOne(found);
  });

  app.delete(`${PATH}/:enterpriseNumber`, { schema: endSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { params } = request;
    await perform(request, reply, provide, { status: 204, act: (tx, actor) => endAccountOf(tx, actor, params) });
    return reply.send();
  });
}

function viewOne(space: SeenSpace) {
  return { self: `${PATH}/${space.enterpriseNumber}`, ...viewSpaceFields(space) };
}

function viewItem(space: SeenSpace) {
  return { href: `${PATH}/${space.enterpriseNumber}`, ...viewSpaceFields(space) };
}
