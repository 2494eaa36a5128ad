import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { renderResultCsv } from "../../../formats/verification/render-result-csv.ts";
import { renderResultXml } from "../../../formats/verification/render-result-xml.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { findStanding } from "../../../intake/verify-submission.ts";
import { listNamedPersons } from "../../../verification/named-persons.ts";
import { findVerification, iterateAnsweredRows } from "../../../verification/verification-queries.ts";
import { answerLanguage, answerMediaType, notAcceptable, sendParts } from "../../answer.ts";
import { auditNamed } from "../../audit-answers.ts";
import { getInsurer, getTenant } from "../../authorize.ts";
import { EXAMPLE_RESULTS } from "../../example-results.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import {
  getOwnSubmission,
  isUuid,
  reportNotReady,
  SubmissionParams,
  submissionNotFound,
} from "../../own-submission.ts";
import { API_ROOT } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { referTo } from "../../schema-parts.ts";
import {
  type AnswerPage,
  EXAMPLE_VERIFICATION,
  EXAMPLE_WAITING_VERIFICATION,
  VerificationSchema,
  type VerificationView,
  viewVerification,
} from "../../verification-view.ts";

export const VERIFICATION_TAGS = ["INAMI verification"];
const MEDIA_TYPES = ["application/json", "application/xml", "text/csv"] as const;
const RENDERERS = { "application/xml": renderResultXml, "text/csv": renderResultCsv };

const schema = {
  operationId: "getInamiVerification",
  summary: "Get the answers of a verification",
  description:
    "As JSON a page of answers: follow `next` until it is absent. As XML or CSV all answers, streamed; until it has ended that is " +
    "a 404 of the type `reportNotReady`.",
  tags: VERIFICATION_TAGS,
  params: SubmissionParams,
  querystring: Type.Object({
    afterRow: Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      default: 0,
      description: "The last row of the page before.",
    }),
    pageSize: Type.Integer({ minimum: 1, maximum: 1_000, default: 1_000, description: "Rows of a page at most." }),
  }),
  response: {
    200: {
      description: "The verification as it is now.",
      content: {
        "application/json": {
          schema: referTo(VerificationSchema),
          examples: { processed: { value: EXAMPLE_VERIFICATION }, received: { value: EXAMPLE_WAITING_VERIFICATION } },
        },
        "application/xml": {
          schema: { type: "string", description: "schemas/verification-result/1/verification-result.xsd" },
          examples: { processed: { value: EXAMPLE_RESULTS.xml } },
        },
        "text/csv": {
          schema: { type: "string" },
          examples: { processed: { value: EXAMPLE_RESULTS.csv } },
        },
      },
    },
    404: problemResponse("No verification of yours has this id, or it has not ended.", {
      notFound: submissionNotFound(),
      notReady: reportNotReady(),
    }),
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

export function getVerificationRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/inamiVerifications/:submissionId`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const mediaType = answerMediaType(request, reply, MEDIA_TYPES);
      const { submissionId } = request.params;
      if (mediaType === "application/json") {
        return await readPage(request, reply, provide, submissionId, request.query);
      }
      const submission = await getOwnVerification(request, provide, submissionId);
      if (!submission.endedAt) throw reportNotReady();
      const tenant = getTenant(request, provide);
      const verification = await findVerification(tenant, submissionId);
      const { persons } = provide().audit;
      const pages = auditNamed(request, provide, iterateAnsweredRows(tenant, submissionId), (page) =>
        listNamedPersons(persons, page),
      );
      const { enterpriseNumber: sender } = getInsurer(request);
      const result = { submission, sender, verification, language: answerLanguage(request, reply) };
      return sendParts(request, reply.type(`${mediaType}; charset=utf-8`), RENDERERS[mediaType](result, pages));
    },
  );
}

/** One page; whom it names is noted for the audit trail. */
async function readPage(
  request: FastifyRequest,
  reply: FastifyReply,
  provide: ProvideDependencies,
  submissionId: string,
  page: AnswerPage,
): Promise<VerificationView> {
  const { insurerId, run } = getTenant(request, provide);
  const standing = isUuid(submissionId)
    ? await run((tx) => findStanding(tx, insurerId, submissionId, page))
    : undefined;
  if (!standing) throw submissionNotFound();
  request.submissionId = submissionId;
  request.persons = listNamedPersons(provide().audit.persons, standing.rows.slice(0, page.pageSize));
  return viewVerification(standing, page, answerLanguage(request, reply));
}

async function getOwnVerification(request: FastifyRequest, provide: ProvideDependencies, submissionId: string) {
  const submission = await getOwnSubmission(request, submissionId, provide);
  if (submission.kind !== "inamiVerification") throw submissionNotFound();
  return submission;
}
