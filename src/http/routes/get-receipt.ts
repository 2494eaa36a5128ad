import { renderReceiptXml } from "../../formats/report/receipt.ts";
import { SCOPES } from "../../identity/scopes.ts";
import { findReceipt } from "../../intake/receipt.ts";
import { answerLanguage, answerMediaType, notAcceptable } from "../answer.ts";
import { getTenant } from "../authorize.ts";
import { EXAMPLE_JWS, EXAMPLE_RECEIPT } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { ReceiptSchema, viewReceipt } from "../receipt-view.ts";
import { referTo } from "../schema-parts.ts";

const MEDIA_TYPES = ["application/json", "application/jose", "application/xml"] as const;

const schema = {
  operationId: "getReceipt",
  summary: "Get the signed receipt",
  description:
    "As it was given when the file arrived. `application/jose` is the compact JWS alone; its payload is the receipt.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: {
    200: {
      description: "The receipt.",
      content: {
        "application/json": {
          schema: referTo(ReceiptSchema),
          examples: { received: { value: viewReceipt({ receipt: EXAMPLE_RECEIPT, jws: EXAMPLE_JWS }, "en") } },
        },
        "application/jose": {
          schema: { type: "string", format: "binary" },
          examples: { received: { value: EXAMPLE_JWS } },
        },
        "application/xml": {
          schema: { type: "string" },
          examples: { received: { value: renderReceiptXml(EXAMPLE_RECEIPT, ["en"], EXAMPLE_JWS) } },
        },
      },
    },
    404: problemResponse("No submission of yours has this id.", { notFound: submissionNotFound() }),
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

export function getReceiptRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId/receipt`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      const mediaType = answerMediaType(request, reply, MEDIA_TYPES);
      const { submissionId } = await getOwnSubmission(request, request.params.submissionId, provide);
      const signed = await findReceipt(getTenant(request, provide), submissionId);
      if (!signed) throw submissionNotFound();
      reply.type(mediaType);
      if (mediaType === "application/jose") return reply.send(signed.jws);
      const language = answerLanguage(request, reply);
      if (mediaType === "application/xml") return reply.send(renderReceiptXml(signed.receipt, [language], signed.jws));
      return reply.send(viewReceipt(signed, language));
    },
  );
}
