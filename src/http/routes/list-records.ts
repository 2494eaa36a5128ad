import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { listRecordResults } from "../../intake/record-results.ts";
import { RECORD_OUTCOMES } from "../../intake/submission.ts";
import { answerLanguage } from "../answer.ts";
import { notePersons } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import { EXAMPLE_REJECTED, EXAMPLE_SUBMISSION_ID } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT, submissionPath, withQuery } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { RecordOutcomeSchema, viewRecordOutcome } from "../record-view.ts";
import { Href, oneOf, referTo } from "../schema-parts.ts";

const query = Type.Object({
  outcome: Type.Optional(oneOf(RECORD_OUTCOMES, "Only records with this outcome.")),
  afterRecordNumber: Type.Integer({
    minimum: 0,
    maximum: 2_147_483_647,
    default: 0,
    description: "The last record of the page before.",
  }),
  pageSize: Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: "Items of a page at most." }),
});

const collection = Type.Object(
  { self: Href, items: Type.Array(referTo(RecordOutcomeSchema)), pageSize: Type.Integer(), next: Type.Optional(Href) },
  { title: "RecordOutcomeCollection" },
);

const examplePath = `${submissionPath(EXAMPLE_SUBMISSION_ID)}/records`;
const schema = {
  operationId: "listRecordOutcomes",
  summary: "List what became of the records",
  description:
    "Every record of a processed submission has exactly one outcome. Empty until then. Follow `next` until it is absent.",
  tags: ["Submissions"],
  params: SubmissionParams,
  querystring: query,
  response: {
    200: {
      description: "One page, in the order of the file.",
      content: {
        "application/json": {
          schema: collection,
          examples: {
            rejected: {
              value: {
                self: `${examplePath}?outcome=rejected&pageSize=1`,
                items: [viewRecordOutcome(EXAMPLE_SUBMISSION_ID, EXAMPLE_REJECTED, "en")],
                pageSize: 1,
                next: `${examplePath}?outcome=rejected&afterRecordNumber=2&pageSize=1`,
              },
            },
          },
        },
      },
    },
    404: problemResponse("No submission of yours has this id.", { notFound: submissionNotFound() }),
  },
};

export function listRecordsRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId/records`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const { outcome, afterRecordNumber, pageSize } = request.query;
      const { submissionId, counts } = await getOwnSubmission(request, request.params.submissionId, provide);
      const path = `${submissionPath(submissionId)}/records`;
      // One more than asked for tells whether there is a next page. Without counts nothing was merged: no outcome stands.
      const page = { outcomes: outcome ? [outcome] : RECORD_OUTCOMES, afterRecordNumber, limit: pageSize + 1 };
      const found = counts ? await listRecordResults(getTenant(request, provide), submissionId, page) : [];
      const results = found.slice(0, pageSize);
      notePersons(request, provide, results);
      const last = results.at(-1);
      const language = answerLanguage(request, reply);
      return {
        self: withQuery(path, { outcome, afterRecordNumber, pageSize }),
        items: results.map((result) => viewRecordOutcome(submissionId, result, language)),
        pageSize,
        ...(found.length > pageSize &&
          last && { next: withQuery(path, { outcome, afterRecordNumber: last.recordNumber, pageSize }) }),
      };
    },
  );
}
