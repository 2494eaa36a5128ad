import { renderReportCsv } from "../../formats/report/render-report-csv.ts";
import { renderReportJson } from "../../formats/report/render-report-json.ts";
import { renderReportXml } from "../../formats/report/render-report-xml.ts";
import { SCOPES } from "../../identity/scopes.ts";
import { iterateReportRecords } from "../../intake/record-results.ts";
import { answerLanguage, answerMediaType, notAcceptable, sendParts } from "../answer.ts";
import { auditPages } from "../audit-answers.ts";
import { getInsurer, getTenant } from "../authorize.ts";
import { EXAMPLE_REPORTS } from "../example-reports.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, reportNotReady, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { ReportSchema } from "../report-schema.ts";
import { referTo } from "../schema-parts.ts";

const RENDERERS = {
  "application/json": renderReportJson,
  "application/xml": renderReportXml,
  "text/csv": renderReportCsv,
};
const MEDIA_TYPES = ["application/json", "application/xml", "text/csv"] as const;

const schema = {
  operationId: "getReport",
  summary: "Get the report",
  description:
    "What became of the file and of each record that was not plainly accepted, streamed. Texts are in the language of " +
    "`Accept-Language` (fr, nl, de, en). Until the submission has ended the answer is a 404 of the type `reportNotReady`.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: {
    200: {
      description: "The report.",
      content: {
        "application/json": {
          schema: referTo(ReportSchema),
          examples: { processed: { value: JSON.parse(EXAMPLE_REPORTS.json) } },
        },
        "application/xml": { schema: { type: "string" }, examples: { processed: { value: EXAMPLE_REPORTS.xml } } },
        "text/csv": { schema: { type: "string" }, examples: { processed: { value: EXAMPLE_REPORTS.csv } } },
      },
    },
    404: problemResponse("No submission of yours has this id, or it has not ended.", {
      notReady: reportNotReady(),
      notFound: submissionNotFound(),
    }),
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

export function getReportRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId/report`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const mediaType = answerMediaType(request, reply, MEDIA_TYPES);
      const submission = await getOwnSubmission(request, request.params.submissionId, provide);
      if (!submission.endedAt) throw reportNotReady();
      const { enterpriseNumber: sender } = getInsurer(request);
      const pages = iterateReportRecords(getTenant(request, provide), submission.submissionId);
      const results = auditPages(request, provide, pages);
      const parts = RENDERERS[mediaType]({ submission, sender, language: answerLanguage(request, reply) }, results);
      return sendParts(request, reply.type(`${mediaType}; charset=utf-8`), parts);
    },
  );
}
