import { Type } from "typebox";
import { getAccount } from "../../../exchange/account-registry.ts";
import { ANSWER_STATES } from "../../../exchange/answers.ts";
import { type AnswerRow, answerNotFound, getAnswer, listAnswers, publishAgain } from "../../../operator/answers.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { getClient } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, oneOf } from "../../schema-parts.ts";
import { ClientParams, clientPath } from "./clients.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";
import { accountNotFound } from "./sftp-account.ts";

const PATH = `${OPERATOR_ROOT}/answers`;

const fields = {
  answerId: Type.String({ format: "uuid" }),
  fileName: Type.String({ description: "`FO.…` as it stands in `OUT`." }),
  answeredName: Type.String({ description: "The file in `IN` that it answers." }),
  submissionId: Type.Optional(Type.String({ format: "uuid", description: "Absent where nothing was taken." })),
  state: oneOf(ANSWER_STATES, "`due`: to be written to `OUT`. `removed`: nobody fetched it in time."),
  createdAt: Instant,
};
const AnswerOne = Type.Object({ self: Href, ...fields }, { title: "ExchangeAnswer" });
const AnswerItem = Type.Object({ href: Href, ...fields }, { title: "ExchangeAnswerItem" });

const EXAMPLE: AnswerRow = {
  answerId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7c33",
  fileName: "FO.ACRF.0403019261.20261122.00001.S",
  answeredName: "FI.DICO.0403019261.20261122.00001.S",
  submissionId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10",
  state: "fetched",
  createdAt: new Date("2026-11-22T09:00:00.000Z"),
};

const params = Type.Object({ answerId: Type.String({ pattern: UUID_PATTERN, description: "As in the list." }) });
const notFound = problemResponse("There is no such answer.", { notFound: actProblem(answerNotFound(), ["answerId"]) });
const pathOf = (clientId: string) => `${clientPath(clientId)}/sftpAccount/answers`;

const listSchema = {
  operationId: "listSftpAnswers",
  summary: "List the answers to the SFTP account of a client, newest first",
  description: "Never what they say. Follow `next` until it is absent.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  querystring: Type.Object({
    afterAnswer: Type.Optional(
      Type.String({ pattern: UUID_PATTERN, description: "The last answer of the page before." }),
    ),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(AnswerItem, "ExchangeAnswerCollection"), {
      page: { self: `${pathOf("alpha-1")}?pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
    404: accountNotFound,
  },
};

const getSchema = {
  operationId: "getSftpAnswer",
  summary: "Look at an answer to an SFTP account",
  description: "Its name, what it is about and whether it was fetched; never what it says.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("As it is now.", AnswerOne, { one: viewOne(EXAMPLE) }), 404: notFound },
};

const publishSchema = {
  operationId: "publishAnswer",
  summary: "Write an answer to OUT again",
  description: "Whatever became of it: same number, same content. Seconds later it is there.",
  tags: OPERATOR_TAGS,
  params,
  response: {
    200: jsonAnswer("It will be written.", AnswerOne, { due: viewOne({ ...EXAMPLE, state: "due" }) }),
    404: notFound,
  },
};

export function addAnswerRoutes(app: Api, provide: ProvideDependencies): void {
  const view = async (request: Parameters<typeof lookUp>[0], answerId: string) =>
    viewOne(await lookUp(request, provide, (institute) => getAnswer(institute, answerId)));

  app.get(
    `${OPERATOR_ROOT}/clients/:clientId/sftpAccount/answers`,
    { schema: listSchema, config: FOR_OPERATORS },
    async (request) => {
      const { clientId } = request.params;
      return await answerPage({
        ...{ path: pathOf(clientId), query: request.query, cursor: "afterAnswer", view: viewItem },
        list: (limit) =>
          lookUp(request, provide, async (institute) => {
            await getClient(institute, clientId);
            const { accountName } = await getAccount(institute, clientId);
            return await listAnswers(institute, { accountName, before: request.query.afterAnswer, limit });
          }),
        idOf: ({ answerId }) => answerId,
      });
    },
  );

  app.get(`${PATH}/:answerId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    return await view(request, request.params.answerId);
  });

  app.post(`${PATH}/:answerId/publish`, { schema: publishSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { answerId } = request.params;
    const act: Act = (tx, actor) => publishAgain(tx, actor, { answerId });
    await perform(request, reply, provide, { status: 200, act });
    return await view(request, answerId);
  });
}

function viewOne(answer: AnswerRow) {
  return { self: `${PATH}/${answer.answerId}`, ...viewFields(answer) };
}

function viewItem(answer: AnswerRow) {
  return { href: `${PATH}/${answer.answerId}`, ...viewFields(answer) };
}

function viewFields({ submissionId, createdAt, ...answer }: AnswerRow) {
  return { ...answer, ...(submissionId !== null && { submissionId }), createdAt: createdAt.toISOString() };
}
