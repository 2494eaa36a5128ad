import { Type } from "typebox";
import {
  type HeldSubmission,
  listHeld,
  refuseSubmission,
  releaseSubmission,
} from "../../../operator/held-submissions.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Count, Href, Instant } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { EnterpriseNumber, jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/heldSubmissions`;

const fields = {
  submissionId: Type.String({ format: "uuid" }),
  enterpriseNumber: EnterpriseNumber,
  sequence: Type.Integer({ minimum: 1 }),
  closures: Type.Integer({ description: "Contracts it would close or cancel." }),
  contracts: Count,
  percent: Type.Number({ description: "The share that is allowed; the root of the file may have announced it." }),
  receivedAt: Instant,
};
const HeldOne = Type.Object({ self: Href, ...fields }, { title: "HeldSubmission" });
const HeldItem = Type.Object({ href: Href, ...fields }, { title: "HeldSubmissionItem" });

const EXAMPLE: HeldSubmission = {
  submissionId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10",
  enterpriseNumber: "0403019261",
  sequence: 41,
  closures: 812,
  contracts: 9_460,
  percent: 5,
  receivedAt: new Date("2026-11-22T09:00:00.000Z"),
};

const params = Type.Object({ submissionId: Type.String({ format: "uuid", description: "Its ticket." }) });
const submissionNotFound = actProblem(
  new OperatorError("submissionNotFound", "There is no submission that waits for an operator with that id."),
  ["submissionId"],
);
const notFound = problemResponse("There is no such submission.", { notFound: submissionNotFound });
const notHeld = actProblem(
  new OperatorError(
    "notHeld",
    `Submission ${EXAMPLE.submissionId} is processed: only one that is held for a mass change waits for an operator.`,
  ),
);

const listSchema = {
  operationId: "listHeldSubmissions",
  summary: "List the deltas that would close or cancel too many contracts, oldest first",
  description:
    "Nothing of them was merged; those of the same insurer behind them wait. Follow `next` until it is absent.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    afterSubmission: Type.Optional(
      Type.String({ pattern: UUID_PATTERN, description: "The last submission of the page before." }),
    ),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(HeldItem, "HeldSubmissionCollection"), {
      page: { self: `${PATH}?pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
  },
};

const getSchema = {
  operationId: "getHeldSubmission",
  summary: "Look at a delta that would close or cancel too many contracts",
  description: "Whose it is and what it would do; never what it holds.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("As it is now.", HeldOne, { held: viewOne(EXAMPLE) }), 404: notFound },
};

const decisions = [
  {
    verb: "release",
    operationId: "releaseSubmission",
    summary: "Let a held delta run, whatever it closes or cancels",
    description: "It is merged whole, and those behind it follow. The insurer finds `submissionReleased` in its feed.",
    done: "It waits for a worker.",
    decide: releaseSubmission,
  },
  {
    verb: "refuse",
    operationId: "refuseSubmission",
    summary: "Refuse a held delta",
    description:
      "Nothing of it is merged; its number is free again, and those behind it wait for it for up to 24 hours.",
    done: "It is refused (`massChangeRefused`).",
    decide: refuseSubmission,
  },
] as const;

export function addHeldSubmissionRoutes(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, (request) =>
    answerPage({
      ...{ path: PATH, query: request.query, cursor: "afterSubmission", view: viewItem },
      list: (limit) =>
        lookUp(request, provide, (institute) => listHeld(institute, { after: request.query.afterSubmission, limit })),
      idOf: ({ submissionId }) => submissionId,
    }),
  );

  app.get(`${PATH}/:submissionId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { submissionId } = request.params;
    const [found] = await lookUp(request, provide, (institute) => listHeld(institute, { submissionId, limit: 1 }));
    if (!found) throw submissionNotFound;
    return viewOne(found);
  });

  for (const { verb, done, decide, ...texts } of decisions) {
    const response = {
      204: { description: done, type: "null" },
      404: notFound,
      409: problemResponse("It is not held for what it changes.", { state: notHeld }),
    };
    const schema = { ...texts, tags: OPERATOR_TAGS, params, response };
    app.post(`${PATH}/:submissionId/${verb}`, { schema, config: FOR_OPERATORS }, async (request, reply) => {
      const { submissionId } = request.params;
      const act: Act = (tx, actor) => decide(tx, actor, { submissionId });
      await perform(request, reply, provide, { status: 204, act });
      return reply.send();
    });
  }
}

function viewOne(submission: HeldSubmission) {
  return { self: `${PATH}/${submission.submissionId}`, ...viewFields(submission) };
}

function viewItem(submission: HeldSubmission) {
  return { href: `${PATH}/${submission.submissionId}`, ...viewFields(submission) };
}

function viewFields({ receivedAt, ...submission }: HeldSubmission) {
  return { ...submission, receivedAt: receivedAt.toISOString() };
}
