import { SCOPES } from "../../identity/scopes.ts";
import { answerLanguage } from "../answer.ts";
import { EXAMPLE_PROCESSED, EXAMPLE_PROCESSING } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { referTo } from "../schema-parts.ts";
import { SubmissionSchema, viewSubmission } from "../submission-view.ts";

const schema = {
  operationId: "getSubmission",
  summary: "Follow a submission",
  description:
    "State, progress while it is processed, and counts once it is. `endedAt` and `report` are there once it has ended.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: {
    200: {
      description: "The submission as it is now.",
      content: {
        "application/json": {
          schema: referTo(SubmissionSchema),
          examples: {
            processing: { value: viewSubmission(EXAMPLE_PROCESSING, "en") },
            processed: { value: viewSubmission(EXAMPLE_PROCESSED, "en") },
          },
        },
      },
    },
    404: problemResponse("No submission of yours has this id.", { notFound: submissionNotFound() }),
  },
};

export function getSubmissionRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const submission = await getOwnSubmission(request, request.params.submissionId, provide);
      return viewSubmission(submission, answerLanguage(request, reply));
    },
  );
}
