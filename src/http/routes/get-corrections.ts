import { SCOPES } from "../../identity/scopes.ts";
import { findCorrections } from "../../intake/corrections.ts";
import { listNamedInRecords } from "../../intake/named-persons.ts";
import { answerLanguage, answerMediaType, notAcceptable, sendParts } from "../answer.ts";
import { auditNamed } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import { EXAMPLE_CONTRACT_FILE } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, reportNotReady, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";

const MEDIA_TYPES = ["application/xml", "text/xml"] as const;

const schema = {
  operationId: "getCorrections",
  summary: "Get the rejected records as a contract file",
  description:
    "The records as they were sent, each below a comment that says what to mend, in a contract file with a reference of its own. " +
    "Mend it and send it. Until the submission has ended the answer is a 404 of the type `reportNotReady`.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: {
    200: {
      description: "A contract file.",
      content: {
        "application/xml": { schema: { type: "string" }, examples: { oneRecord: { value: EXAMPLE_CONTRACT_FILE } } },
      },
    },
    404: problemResponse("No submission of yours has this id, it has not ended, or it has no rejected record.", {
      nothingToCorrect: nothingToCorrect(),
      notReady: reportNotReady(),
      notFound: submissionNotFound(),
    }),
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

export function getCorrectionsRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId/corrections`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const mediaType = answerMediaType(request, reply, MEDIA_TYPES);
      const { submissionId, endedAt } = await getOwnSubmission(request, request.params.submissionId, provide);
      if (!endedAt) throw reportNotReady();
      const language = answerLanguage(request, reply);
      const parts = await findCorrections(getTenant(request, provide), submissionId, language);
      if (!parts) throw nothingToCorrect();
      const { persons } = provide().audit;
      const audited = auditNamed(request, provide, parts, (part) => listNamedInRecords(persons, part.toString()));
      return sendParts(request, reply.type(`${mediaType}; charset=utf-8`), audited);
    },
  );
}

function nothingToCorrect(): Problem {
  return new Problem("nothingToCorrect", "The submission has no rejected record, or it was not processed.");
}
