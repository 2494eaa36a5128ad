import { Type } from "typebox";
import { grant, revokeGrant } from "../../../identity/client-registry.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { type GrantRow, getClient, listGrants } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant } from "../../schema-parts.ts";
import { ClientParams, clientNotFound, clientPath, clientRevoked } from "./clients.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { registryProblem } from "./operator-problems.ts";
import { ClientId, createdAnswer, Day, EnterpriseNumber, jsonAnswer, listOf } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/clients/:clientId/grants`;

const fields = {
  enterpriseNumber: EnterpriseNumber,
  periods: Type.Array(
    Type.Object({
      validFrom: Type.String({ format: "date" }),
      validTo: Type.Optional(Type.String({ format: "date", description: "Inclusive; absent: no end." })),
      grantedAt: Instant,
      revokedAt: Type.Optional(Instant),
    }),
    { description: "Days on which the client may act, and those that were taken back." },
  ),
};
const Grant = Type.Object({ self: Href, ...fields }, { title: "Grant" });
const GrantItem = Type.Object({ href: Href, ...fields }, { title: "GrantItem" });

const EXAMPLE: GrantRow = {
  clientId: "provider-1",
  enterpriseNumber: "0403019261",
  validFrom: "2027-01-01",
  validTo: "2027-12-31",
  grantedAt: new Date("2026-11-22T09:00:00.000Z"),
  revokedAt: null,
};
const EXAMPLE_VIEW = viewGrant("provider-1", "0403019261", [EXAMPLE]);
const grantParams = Type.Object({ clientId: ClientId, enterpriseNumber: EnterpriseNumber });
const grantNotFound = registryProblem("grantNotFound", "The client has no grant for that insurer.", "enterpriseNumber");
const nothing = problemResponse("There is no such client, or it has no such grant.", {
  client: clientNotFound,
  grant: grantNotFound,
});

const listSchema = {
  operationId: "listGrants",
  summary: "List for which insurers a client may act",
  description: "Every grant the client ever had, with its days.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  response: {
    200: jsonAnswer("All grants.", listOf(GrantItem, "GrantCollection"), {
      one: { self: `${clientPath("provider-1")}/grants`, items: [viewItem("provider-1", "0403019261", [EXAMPLE])] },
    }),
    404: problemResponse("There is no such client.", { notFound: clientNotFound }),
  },
};

const addSchema = {
  operationId: "addGrant",
  summary: "Let a client act for an insurer",
  description: "On the days given, both inclusive. A client of kind insurer acts for one insurer only.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  body: Type.Object(
    { enterpriseNumber: EnterpriseNumber, validFrom: Day, validTo: Type.Optional(Day) },
    { examples: [{ enterpriseNumber: "0403019261", validFrom: "2027-01-01", validTo: "2027-12-31" }] },
  ),
  response: {
    201: createdAnswer("Granted.", Grant, { granted: EXAMPLE_VIEW }),
    400: problemResponse("There is no such insurer, or the days make no sense.", {
      insurer: registryProblem("insurerNotFound", "No insurer 0403019261 was admitted."),
    }),
    404: problemResponse("There is no such client.", { notFound: clientNotFound }),
    409: problemResponse("It has a grant on those days, acts for another insurer, or was revoked.", {
      exists: registryProblem(
        "grantExists",
        "Client provider-1 has a grant for insurer 0403019261 on some of those days.",
      ),
      revoked: clientRevoked,
    }),
  },
};

const getSchema = {
  operationId: "getGrant",
  summary: "Look at the grant of a client for an insurer",
  description: "All its days, also those taken back.",
  tags: OPERATOR_TAGS,
  params: grantParams,
  response: { 200: jsonAnswer("The grant.", Grant, { grant: EXAMPLE_VIEW }), 404: nothing },
};

const revokeSchema = {
  operationId: "revokeGrant",
  summary: "Take back the grant of a client for an insurer",
  description: "All its days, within a minute everywhere.",
  tags: OPERATOR_TAGS,
  params: grantParams,
  response: { 204: { description: "Taken back.", type: "null" }, 404: nothing },
};

export function addGrantRoutes(app: Api, provide: ProvideDependencies): void {
  const find = async (request: Parameters<typeof lookUp>[0], clientId: string) => {
    const rows = await lookUp(request, provide, async (institute) => {
      await getClient(institute, clientId);
      return await listGrants(institute, clientId);
    });
    return Map.groupBy(rows, ({ enterpriseNumber }) => enterpriseNumber);
  };

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, async (request) => {
    const { clientId } = request.params;
    const grants = [...(await find(request, clientId))];
    return {
      self: `${clientPath(clientId)}/grants`,
      items: grants.map(([enterpriseNumber, rows]) => viewItem(clientId, enterpriseNumber, rows)),
    };
  });

  app.post(PATH, { schema: addSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { clientId } = request.params;
    const { enterpriseNumber, validFrom, validTo } = request.body;
    const act: Act = (tx, actor) =>
      grant(tx, actor, { clientId, enterpriseNumber, validFrom, ...(validTo !== undefined && { validTo }) });
    await perform(request, reply, provide, { status: 201, act });
    const view = viewGrant(clientId, enterpriseNumber, (await find(request, clientId)).get(enterpriseNumber)!);
    reply.header("Location", view.self);
    return view;
  });

  app.get(`${PATH}/:enterpriseNumber`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { clientId, enterpriseNumber } = request.params;
    const rows = (await find(request, clientId)).get(enterpriseNumber);
    if (!rows) throw grantNotFound;
    return viewGrant(clientId, enterpriseNumber, rows);
  });

  app.delete(`${PATH}/:enterpriseNumber`, { schema: revokeSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { params } = request;
    await perform(request, reply, provide, { status: 204, act: (tx, actor) => revokeGrant(tx, actor, params) });
    return reply.send();
  });
}

function grantPath(clientId: string, enterpriseNumber: string): string {
  return `${clientPath(clientId)}/grants/${enterpriseNumber}`;
}

function viewGrant(clientId: string, enterpriseNumber: string, rows: readonly GrantRow[]) {
  return { self: grantPath(clientId, enterpriseNumber), enterpriseNumber, periods: rows.map(viewPeriod) };
}

function viewItem(clientId: string, enterpriseNumber: string, rows: readonly GrantRow[]) {
  return { href: grantPath(clientId, enterpriseNumber), enterpriseNumber, periods: rows.map(viewPeriod) };
}

function viewPeriod({ validFrom, validTo, grantedAt, revokedAt }: GrantRow) {
  return {
    validFrom,
    ...(validTo !== null && { validTo }),
    grantedAt: grantedAt.toISOString(),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
  };
}
