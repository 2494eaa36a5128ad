import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { SUBMISSION_STATES } from "../../intake/submission.ts";
import { listSubmissions } from "../../intake/submission-queries.ts";
import { getTenant } from "../authorize.ts";
import { EXAMPLE_PROCESSED, EXAMPLE_SUBMISSION_ID } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { API_ROOT, withQuery } from "../paths.ts";
import { Href, oneOf, referTo } from "../schema-parts.ts";
import { SubmissionSummarySchema, viewSubmissionSummary } from "../submission-view.ts";

const PATH = `${API_ROOT}/submissions`;

const query = Type.Object({
  state: Type.Optional(oneOf(SUBMISSION_STATES, "Only submissions in this state.")),
  afterSubmission: Type.Optional(
    Type.String({
      pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      description: "The last submission of the page before.",
    }),
  ),
  pageSize: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Items of a page at most." }),
});

const collection = Type.Object(
  {
    self: Href,
    items: Type.Array(referTo(SubmissionSummarySchema)),
    pageSize: Type.Integer(),
    next: Type.Optional(Href),
  },
  { title: "SubmissionCollection" },
);

const schema = {
  operationId: "listSubmissions",
  summary: "List your submissions, newest first",
  description: "Submissions of both doors, REST and SFTP. Follow `next` until it is absent.",
  tags: ["Submissions"],
  querystring: query,
  response: {
    200: {
      description: "One page.",
      content: {
        "application/json": {
          schema: collection,
          examples: {
            page: {
              value: {
                self: `${PATH}?pageSize=1`,
                items: [viewSubmissionSummary(EXAMPLE_PROCESSED)],
                pageSize: 1,
                next: `${PATH}?afterSubmission=${EXAMPLE_SUBMISSION_ID}&pageSize=1`,
              },
            },
          },
        },
      },
    },
  },
};

export function listSubmissionsRoute(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema, config: { scope: SCOPES.consult } }, async (request) => {
    const { state, afterSubmission, pageSize } = request.query;
    // One more than asked for tells whether there is a next page.
    const page = { ...(afterSubmission && { before: afterSubmission }), ...(state && { state }), limit: pageSize + 1 };
    const found = await listSubmissions(getTenant(request, provide), page);
    const items = found.slice(0, pageSize);
    const last = items.at(-1);
    return {
      self: withQuery(PATH, { state, afterSubmission, pageSize }),
      items: items.map(viewSubmissionSummary),
      pageSize,
      ...(found.length > pageSize &&
        last && { next: withQuery(PATH, { state, afterSubmission: last.submissionId, pageSize }) }),
    };
  });
}
