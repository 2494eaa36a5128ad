import { SCOPES } from "../../identity/scopes.ts";
import { cancelSubmission } from "../../intake/submission-queries.ts";
import { recordWrite } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";

const schema = {
  operationId: "cancelSubmission",
  summary: "Take a submission back",
  description:
    "Possible until it is taken up for processing. Its reference can be used again. Cancelling twice is the same as once.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: {
    204: { description: "Cancelled.", type: "null" },
    404: problemResponse("No submission of yours has this id.", { notFound: submissionNotFound() }),
    409: problemResponse("It was taken up already.", { tooLate: tooLateToCancel() }),
  },
};

export function cancelSubmissionRoute(app: Api, provide: ProvideDependencies): void {
  app.delete(
    `${API_ROOT}/submissions/:submissionId`,
    { schema, config: { scope: SCOPES.submit } },
    async (request, reply) => {
      const { submissionId } = await getOwnSubmission(request, request.params.submissionId, provide);
      const result = await cancelSubmission(getTenant(request, provide), submissionId, (tx) =>
        recordWrite(request, tx, { status: 204 }),
      );
      if (result === undefined) throw submissionNotFound();
      if (result === "tooLate") throw tooLateToCancel();
      return reply.code(204).send();
    },
  );
}

function tooLateToCancel(): Problem {
  return new Problem("tooLateToCancel", "The submission is being processed or has ended.");
}
