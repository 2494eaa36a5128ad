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
import { getOwnSubmission, submissionNotFound } from "../own-submission.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";
import { RecordOutcomeSchema, viewRecordOutcome } from "../record-view.ts";
import { referTo } from "../schema-parts.ts";
import { SubmissionIdSchema } from "../submission-view.ts";

const RECORD_NUMBER = /^[1-9]\d{0,8}$/;

const schema = {
  operationId: "getRecordOutcome",
  summary: "Get what became of one record",
  description: "There once the submission is processed.",
  tags: ["Submissions"],
  params: Type.Object({
    submissionId: SubmissionIdSchema,
    recordNumber: Type.String({
      pattern: RECORD_NUMBER.source,
      description: "Place of the record in the file, from 1.",
    }),
  }),
  response: {
    200: {
      description: "The outcome.",
      content: {
        "application/json": {
          schema: referTo(RecordOutcomeSchema),
          examples: { rejected: { value: viewRecordOutcome(EXAMPLE_SUBMISSION_ID, EXAMPLE_REJECTED, "en") } },
        },
      },
    },
    404: problemResponse("No submission of yours has this id, or it has no outcome for this record.", {
      noOutcome: recordNotFound(),
      notFound: submissionNotFound(),
    }),
  },
};

export function getRecordRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId/records/:recordNumber`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const { submissionId, counts } = await getOwnSubmission(request, request.params.submissionId, provide);
      if (!counts || !RECORD_NUMBER.test(request.params.recordNumber)) throw recordNotFound();
      const recordNumber = Number(request.params.recordNumber);
      const page = { outcomes: RECORD_OUTCOMES, afterRecordNumber: recordNumber - 1, limit: 1 };
      const [result] = await listRecordResults(getTenant(request, provide), submissionId, page);
      if (result?.recordNumber !== recordNumber) throw recordNotFound();
      notePersons(request, provide, [result]);
      return viewRecordOutcome(submissionId, result, answerLanguage(request, reply));
    },
  );
}

function recordNotFound(): Problem {
  const detail = "The submission has no outcome for this record.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "recordNumber", detail }],
  });
}
