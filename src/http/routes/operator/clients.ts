import { Type } from "typebox";
import { createClient, revokeClient, setScopes } from "../../../identity/client-registry.ts";
import { CLIENT_KINDS } from "../../../identity/identity-kinds.ts";
import { SCOPES, SCOPES_BY_KIND } from "../../../identity/scopes.ts";
import { refuseOperatorClient } from "../../../operator/client-setup.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { type ClientRow, getClient, listClients } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, Link, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem, registryProblem } from "./operator-problems.ts";
import { ClientId, createdAnswer, jsonAnswer, listOf, Name } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/clients`;
const Scopes = Type.Array(oneOf(Object.values(SCOPES)), { description: "What its tokens may carry.", maxItems: 10 });

const fields = {
  clientId: ClientId,
  name: Type.String(),
  kind: oneOf(CLIENT_KINDS),
  scopes: Scopes,
  createdAt: Instant,
  revokedAt: Type.Optional(Instant),
  grants: Link,
  certificates: Link,
  keys: Link,
  sshKeys: Link,
};
const Client = Type.Object({ self: Href, ...fields }, { title: "Client" });
const ClientItem = Type.Object({ href: Href, ...fields }, { title: "ClientItem" });

const EXAMPLE: ClientRow = {
  clientId: "alpha-1",
  name: "Alpha",
  kind: "insurer",
  scopes: SCOPES_BY_KIND.insurer,
  createdAt: new Date("2026-11-22T09:00:00.000Z"),
  revokedAt: null,
};

export const ClientParams = Type.Object({ clientId: ClientId });
export const clientNotFound = registryProblem("clientNotFound", "There is no client with that id.", "clientId");
export const clientRevoked = registryProblem("clientRevoked", "Client alpha-1 was revoked.", "clientId");
export const operatorRefused = actProblem(
  new OperatorError("operatorOnCommandLine", "Clients of operators are made and changed on the command line only."),
);

const listSchema = {
  operationId: "listClients",
  summary: "List the clients",
  description: "Machines of insurers, service providers and operators; revoked ones too.",
  tags: OPERATOR_TAGS,
  response: {
    200: jsonAnswer("All clients.", listOf(ClientItem, "ClientCollection"), {
      one: { self: PATH, items: [viewItem(EXAMPLE)] },
    }),
  },
};

const createSchema = {
  operationId: "createClient",
  summary: "Make a client of an insurer or a service provider",
  description:
    "It can call once it has a certificate, a key and a grant. Without `scopes` it gets all that its kind may have. Clients of operators are made on the command line only.",
  tags: OPERATOR_TAGS,
  body: Type.Object(
    { clientId: ClientId, name: Name, kind: oneOf(["insurer", "serviceProvider"]), scopes: Type.Optional(Scopes) },
    { examples: [{ clientId: "alpha-1", name: "Alpha", kind: "insurer" }] },
  ),
  response: {
    201: createdAnswer("Made.", Client, { made: viewClient(EXAMPLE) }),
    409: problemResponse("The id is or was in use.", {
      exists: registryProblem("clientExists", "There is or was a client alpha-1: choose another id."),
    }),
  },
};

const getSchema = {
  operationId: "getClient",
  summary: "Look at a client",
  description: "Its kind and scopes, and where its grants, certificates and keys are.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  response: {
    200: jsonAnswer("The client.", Client, { client: viewClient(EXAMPLE) }),
    404: problemResponse("There is no such client.", { notFound: clientNotFound }),
  },
};

const scopesSchema = {
  operationId: "setClientScopes",
  summary: "Replace the scopes of a client",
  description:
    "Tokens given before keep their scopes, but a scope that the client no longer has is refused within a minute.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  body: Type.Object({ scopes: Scopes }, { examples: [{ scopes: [SCOPES.consult] }] }),
  response: {
    200: jsonAnswer("Replaced.", Client, { replaced: viewClient({ ...EXAMPLE, scopes: [SCOPES.consult] }) }),
    403: problemResponse("It is a client of operators.", { operator: operatorRefused }),
    404: problemResponse("There is no such client.", { notFound: clientNotFound }),
    409: problemResponse("It was revoked.", { revoked: clientRevoked }),
  },
};

const revokeSchema = {
  operationId: "revokeClient",
  summary: "End a client for good",
  description: "With its keys, certificates and grants, within a minute everywhere. Its id is never used again.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  response: {
    204: { description: "Revoked.", type: "null" },
    404: problemResponse("There is no such client.", { notFound: clientNotFound }),
    409: problemResponse("It was revoked before.", { revoked: clientRevoked }),
  },
};

export function addClientRoutes(app: Api, provide: ProvideDependencies): void {
  const view = async (request: Parameters<typeof lookUp>[0], clientId: string) =>
    viewClient(await lookUp(request, provide, (institute) => getClient(institute, clientId)));

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, async (request) => {
    const clients = await lookUp(request, provide, (institute) => listClients(institute));
    return { self: PATH, items: clients.map(viewItem) };
  });

  app.post(PATH, { schema: createSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { scopes, ...client } = request.body;
    const act: Act = (tx, actor) => createClient(tx, actor, { ...client, ...(scopes && { scopes }) });
    await perform(request, reply, provide, { status: 201, act });
    reply.header("Location", clientPath(client.clientId));
    return await view(request, client.clientId);
  });

  app.get(`${PATH}/:clientId`, { schema: getSchema, config: FOR_OPERATORS }, (request) =>
    view(request, request.params.clientId),
  );

  app.put(`${PATH}/:clientId/scopes`, { schema: scopesSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { clientId } = request.params;
    const act: Act = async (tx, actor) => {
      const change = await setScopes(tx, actor, { clientId, scopes: request.body.scopes });
      await refuseOperatorClient(tx, clientId);
      return change;
    };
    await perform(request, reply, provide, { status: 200, act });
    return await view(request, clientId);
  });

  app.delete(`${PATH}/:clientId`, { schema: revokeSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { clientId } = request.params;
    await perform(request, reply, provide, { status: 204, act: (tx, actor) => revokeClient(tx, actor, { clientId }) });
    return reply.send();
  });
}

export function clientPath(clientId: string): string {
  return `${PATH}/${encodeURIComponent(clientId)}`;
}

function viewClient(row: ClientRow) {
  return { self: clientPath(row.clientId), ...viewFields(row) };
}

function viewItem(row: ClientRow) {
  return { href: clientPath(row.clientId), ...viewFields(row) };
}

function viewFields({ clientId, name, kind, scopes, createdAt, revokedAt }: ClientRow) {
  const path = clientPath(clientId);
  return {
    clientId,
    name,
    kind,
    scopes: [...scopes],
    createdAt: createdAt.toISOString(),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
    grants: { href: `${path}/grants` },
    certificates: { href: `${path}/certificates` },
    keys: { href: `${path}/keys` },
    sshKeys: { href: `${path}/sshKeys` },
  };
}
