import { Type } from "typebox";
import { SUBMISSION_KINDS } from "../../../intake/submission.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { listQuarantined, type QuarantinedSubmission, replaySubmission } from "../../../operator/quarantine.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Count, Href, Instant, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { EnterpriseNumber, jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/quarantinedSubmissions`;

const fields = {
  submissionId: Type.String({ format: "uuid" }),
  enterpriseNumber: EnterpriseNumber,
  kind: Type.Optional(oneOf(SUBMISSION_KINDS)),
  attempts: Count,
  receivedAt: Instant,
};
const QuarantinedOne = Type.Object({ self: Href, ...fields }, { title: "QuarantinedSubmission" });
const QuarantinedItem = Type.Object({ href: Href, ...fields }, { title: "QuarantinedSubmissionItem" });

const EXAMPLE: QuarantinedSubmission = {
  submissionId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10",
  enterpriseNumber: "0403019261",
  kind: "delta",
  attempts: 5,
  receivedAt: new Date("2026-11-22T09:00:00.000Z"),
};

const params = Type.Object({ submissionId: Type.String({ format: "uuid", description: "Its ticket." }) });
const submissionNotFound = actProblem(
  new OperatorError("submissionNotFound", "There is no quarantined submission with that id."),
  ["submissionId"],
);
const notFound = problemResponse("There is no such submission.", { notFound: submissionNotFound });

const listSchema = {
  operationId: "listQuarantinedSubmissions",
  summary: "List the submissions that were set aside, oldest first",
  description:
    "Our failure, not the sender's: nothing of them was merged, their bytes are kept. Follow `next` until it is absent.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    afterSubmission: Type.Optional(
      Type.String({ pattern: UUID_PATTERN, description: "The last submission of the page before." }),
    ),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(QuarantinedItem, "QuarantinedSubmissionCollection"), {
      page: { self: `${PATH}?pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
  },
};

const getSchema = {
  operationId: "getQuarantinedSubmission",
  summary: "Look at a submission that was set aside",
  description: "Whose it is and how often it was tried; never what it holds.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("As it is now.", QuarantinedOne, { aside: viewOne(EXAMPLE) }), 404: notFound },
};

const replaySchema = {
  operationId: "replaySubmission",
  summary: "Hand a quarantined submission to the workers again",
  description: "With all its attempts before it, once the cause is mended. Loses and doubles nothing.",
  tags: OPERATOR_TAGS,
  params,
  response: {
    204: { description: "It waits for a worker.", type: "null" },
    404: notFound,
    409: problemResponse("It is not quarantined.", {
      state: actProblem(
        new OperatorError(
          "notQuarantined",
          "The submission is in the state processed: only a quarantined one can be replayed.",
        ),
      ),
    }),
  },
};

export function addQuarantineRoutes(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, (request) =>
    answerPage({
      ...{ path: PATH, query: request.query, cursor: "afterSubmission", view: viewItem },
      list: (limit) =>
        lookUp(request, provide, (institute) =>
          listQuarantined(institute, { after: request.query.afterSubmission, limit }),
        ),
      idOf: ({ submissionId }) => submissionId,
    }),
  );

  app.get(`${PATH}/:submissionId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { submissionId } = request.params;
    const [found] = await lookUp(request, provide, (institute) =>
      listQuarantined(institute, { submissionId, limit: 1 }),
    );
    if (!found) throw submissionNotFound;
    return viewOne(found);
  });

  app.post(`${PATH}/:submissionId/replay`, { schema: replaySchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { submissionId } = request.params;
    const act: Act = (tx, actor) => replaySubmission(tx, actor, { submissionId });
    await perform(request, reply, provide, { status: 204, act });
    return reply.send();
  });
}

function viewOne(submission: QuarantinedSubmission) {
  return { self: `${PATH}/${submission.submissionId}`, ...viewFields(submission) };
}

function viewItem(submission: QuarantinedSubmission) {
  return { href: `${PATH}/${submission.submissionId}`, ...viewFields(submission) };
}

function viewFields({ kind, receivedAt, ...submission }: QuarantinedSubmission) {
  return { ...submission, ...(kind !== null && { kind }), receivedAt: receivedAt.toISOString() };
}
