import { type Static, type TObject, type TProperties, type TSchema, Type } from "typebox";
import type { Sql, TransactionSql } from "../../../database/sql.ts";
import type { Actor } from "../../../identity/registry-error.ts";
import { refuseOperatorClient } from "../../../operator/client-setup.ts";
import type { OperatorChange } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { type CredentialState, getClient } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, oneOf } from "../../schema-parts.ts";
import { ClientParams, clientNotFound, clientPath, clientRevoked, operatorRefused } from "./clients.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { registryProblem } from "./operator-problems.ts";
import { ClientId, createdAnswer, jsonAnswer, listOf } from "./operator-schemas.ts";

interface CredentialRow {
  readonly clientId: string;
  readonly state: CredentialState;
  readonly registeredAt: Date;
  readonly expiresAt?: Date | null;
  readonly revokedAt: Date | null;
}

/** What sets certificates, keys and SSH keys of clients apart. */
export interface CredentialSort<Row extends CredentialRow, Body extends TObject> {
  /** Of the path: `certificates`. */
  readonly segment: string;
  /** Names of operations and of schemas end in it: `Certificate`. */
  readonly title: string;
  /** In sentences: `certificate`. */
  readonly noun: string;
  readonly registerDescription: string;
  readonly revokeDescription: string;
  /** The field that names one, also the parameter of its path. */
  readonly idName: string;
  readonly idSchema: TSchema;
  idOf(row: Row): string;
  /** The fields beside state and instants. */
  readonly fields: TProperties;
  viewFields(row: Row): Readonly<Record<string, unknown>>;
  readonly body: Body;
  readonly example: Row;
  readonly invalid: Parameters<typeof registryProblem>;
  readonly notFound: Parameters<typeof registryProblem>;
  list(sql: Sql, clientId: string): Promise<Row[]>;
  /** Answers the change and the id of what was registered. */
  register(
    tx: TransactionSql,
    actor: Actor,
    credential: { readonly clientId: string; readonly body: Static<Body> },
  ): Promise<OperatorChange & { readonly id: string }>;
  revoke(
    tx: TransactionSql,
    actor: Actor,
    credential: { readonly clientId: string; readonly id: string },
  ): Promise<OperatorChange>;
}

/** List, register, look at and revoke: the routes of one sort of credentials. */
export function addCredentialRoutes<Row extends CredentialRow, Body extends TObject>(
  app: Api,
  provide: ProvideDependencies,
  sort: CredentialSort<Row, Body>,
): void {
  const path = `${OPERATOR_ROOT}/clients/:clientId/${sort.segment}`;
  const schemas = describeCredentials(sort);
  const find = async (request: Parameters<typeof lookUp>[0], clientId: string) =>
    await lookUp(request, provide, async (institute) => {
      await getClient(institute, clientId);
      return await sort.list(institute, clientId);
    });

  app.get(path, { schema: schemas.list, config: FOR_OPERATORS }, async (request) => {
    const { clientId } = request.params;
    const rows = await find(request, clientId);
    return { self: `${clientPath(clientId)}/${sort.segment}`, items: rows.map((row) => viewItem(sort, row)) };
  });

  app.post(path, { schema: schemas.register, config: FOR_OPERATORS }, async (request, reply) => {
    const { clientId } = request.params;
    // The schema of the route has checked it; its type is lost in the generics.
    const body = request.body as Static<Body>;
    const act: Act<OperatorChange & { readonly id: string }> = async (tx, actor) => {
      const change = await sort.register(tx, actor, { clientId, body });
      await refuseOperatorClient(tx, clientId);
      return change;
    };
    const { id } = await perform(request, reply, provide, { status: 201, act });
    const row = (await find(request, clientId)).find((one) => sort.idOf(one) === id);
    const one = viewOne(sort, row!);
    reply.header("Location", one.self);
    return one;
  });

  app.get(`${path}/:${sort.idName}`, { schema: schemas.get, config: FOR_OPERATORS }, async (request) => {
    const { clientId = "", [sort.idName]: id } = request.params as Record<string, string>;
    const row = (await find(request, clientId)).find((one) => sort.idOf(one) === id);
    if (!row) throw registryProblem(sort.notFound[0], `Client ${clientId} has no such ${sort.noun}.`, sort.idName);
    return viewOne(sort, row);
  });

  app.delete(`${path}/:${sort.idName}`, { schema: schemas.revoke, config: FOR_OPERATORS }, async (request, reply) => {
    const { clientId = "", [sort.idName]: id = "" } = request.params as Record<string, string>;
    const act: Act = (tx, actor) => sort.revoke(tx, actor, { clientId, id });
    await perform(request, reply, provide, { status: 204, act });
    return reply.code(204).send();
  });
}

function describeCredentials<Row extends CredentialRow, Body extends TObject>(sort: CredentialSort<Row, Body>) {
  const { title, noun, segment, example, body } = sort;
  const fields = {
    [sort.idName]: sort.idSchema,
    ...sort.fields,
    state: oneOf(["active", "expired", "revoked"]),
    registeredAt: Instant,
    expiresAt: Type.Optional(Instant),
    revokedAt: Type.Optional(Instant),
  };
  const Item = Type.Object({ href: Href, ...fields }, { title: `${title}Item` });
  const One = Type.Object({ self: Href, ...fields }, { title });
  const params = Type.Object({ clientId: ClientId, [sort.idName]: sort.idSchema });
  const nothing = problemResponse(`There is no such client or ${noun}.`, {
    client: clientNotFound,
    credential: registryProblem(...sort.notFound, sort.idName),
  });
  const tags = OPERATOR_TAGS;
  const notFound = problemResponse("There is no such client.", { notFound: clientNotFound });
  return {
    list: {
      operationId: `list${title}s`,
      summary: `List the ${noun}s of a client`,
      description: "Expired and revoked ones too.",
      tags,
      params: ClientParams,
      response: {
        200: jsonAnswer(`All ${noun}s.`, listOf(Item, `${title}Collection`), {
          one: { self: `${clientPath(example.clientId)}/${segment}`, items: [viewItem(sort, example)] },
        }),
        404: notFound,
      },
    },
    register: {
      operationId: `register${title}`,
      summary: `Register a ${noun} of a client`,
      description: `${sort.registerDescription} A client has at most two that are active: one in use, one to follow it.`,
      tags,
      params: ClientParams,
      body,
      response: {
        201: createdAnswer("Registered.", One, { registered: viewOne(sort, example) }),
        400: problemResponse(`It is no ${noun} that can be used.`, { invalid: registryProblem(...sort.invalid) }),
        403: problemResponse("It is a client of operators.", { operator: operatorRefused }),
        404: notFound,
        409: problemResponse("There are two already, it was registered before, or the client was revoked.", {
          tooMany: registryProblem("tooManyActive", `A client has at most 2 active ${noun}s: revoke one first.`),
          revoked: clientRevoked,
        }),
      },
    },
    get: {
      operationId: `get${title}`,
      summary: `Look at a ${noun} of a client`,
      description: "With its state: active, expired or revoked.",
      tags,
      params,
      response: { 200: jsonAnswer("As it is now.", One, { active: viewOne(sort, example) }), 404: nothing },
    },
    revoke: {
      operationId: `revoke${title}`,
      summary: `Revoke a ${noun} of a client`,
      description: sort.revokeDescription,
      tags,
      params,
      response: { 204: { description: "Revoked.", type: "null" }, 404: nothing },
    },
  };
}

function viewItem<Row extends CredentialRow, Body extends TObject>(sort: CredentialSort<Row, Body>, row: Row) {
  return { href: credentialPath(sort, row), ...view(sort, row) };
}

function viewOne<Row extends CredentialRow, Body extends TObject>(sort: CredentialSort<Row, Body>, row: Row) {
  return { self: credentialPath(sort, row), ...view(sort, row) };
}

function credentialPath<Row extends CredentialRow, Body extends TObject>(sort: CredentialSort<Row, Body>, row: Row) {
  return `${clientPath(row.clientId)}/${sort.segment}/${encodeURIComponent(sort.idOf(row))}`;
}

function view<Row extends CredentialRow, Body extends TObject>(sort: CredentialSort<Row, Body>, row: Row) {
  const { state, registeredAt, expiresAt, revokedAt } = row;
  return {
    [sort.idName]: sort.idOf(row),
    ...sort.viewFields(row),
    state,
    registeredAt: registeredAt.toISOString(),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
  };
}
