import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { renderRemittanceCsv } from "../../../formats/payment/render-remittance-csv.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import {
  findRemittance,
  iterateRemittanceLines,
  listRemittanceLines,
  type Remittance,
} from "../../../payments/remittances.ts";
import { answerMediaType, notAcceptable, sendParts } from "../../answer.ts";
import { auditNamed, hashInamiRoots } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { isUuid } from "../../own-submission.ts";
import { withQuery } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Problem } from "../../problems.ts";
import {
  EXAMPLE_LINE,
  EXAMPLE_REMITTANCE,
  REMITTANCES_PATH,
  RemittanceLineSchema,
  RemittanceSchema,
  remittancePath,
  viewRemittance,
  viewRemittanceLine,
} from "../../remittance-view.ts";
import { Href } from "../../schema-parts.ts";
import { REMITTANCE_TAGS } from "./list-remittances.ts";

const MEDIA_TYPES = ["application/json", "text/csv"] as const;
const config = { scope: SCOPES.consultAdvantages };
const params = Type.Object({ adviceId: Type.String({ format: "uuid", description: "As in the list." }) });
const nothing = problemResponse("No remittance advice of yours has this id.", { notFound: adviceNotFound() });

const EXAMPLE_CSV =
  "lineNumber,premiumYear,contractId,contractNumber,inamiRoot,kind,amountCents,reference,state,executedOn,returnedOn,returnReason\r\n" +
  "1,2025,019aa9d2-6a10-7f3c-8d21-5b9e0c7a4410,PLCI-2019-000123,12345625,payment,318012,090933755493,executed,2026-10-05,,\r\n";

const getSchema = {
  operationId: "getRemittanceAdvice",
  summary: "Get a remittance advice, or all of its lines as CSV",
  description:
    "As JSON the transfer and where its lines are, as CSV (`Accept: text/csv`) all of its lines, streamed. Amounts never change; " +
    "what became of the transfer and of each line does.",
  tags: REMITTANCE_TAGS,
  params,
  response: {
    200: {
      description: "The advice.",
      content: {
        "application/json": {
          schema: RemittanceSchema,
          examples: { executed: { value: viewRemittance(EXAMPLE_REMITTANCE) } },
        },
        "text/csv": { schema: { type: "string" }, examples: { lines: { value: EXAMPLE_CSV } } },
      },
    },
    404: nothing,
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

const linesSchema = {
  operationId: "listRemittanceLines",
  summary: "List the lines of a remittance advice",
  description: "A line for each contract, in the order of their numbers. Follow `next` until it is absent.",
  tags: REMITTANCE_TAGS,
  params,
  querystring: Type.Object({
    afterLine: Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      default: 0,
      description: "The last line of the page before.",
    }),
    pageSize: Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: "Items of a page at most." }),
  }),
  response: {
    200: {
      description: "One page.",
      content: {
        "application/json": {
          schema: Type.Object(
            {
              self: Href,
              items: Type.Array(RemittanceLineSchema),
              pageSize: Type.Integer(),
              next: Type.Optional(Href),
            },
            { title: "RemittanceLineCollection" },
          ),
          examples: {
            page: {
              value: {
                self: `${remittancePath(EXAMPLE_REMITTANCE.adviceId)}/lines?afterLine=0&pageSize=100`,
                items: [viewRemittanceLine(EXAMPLE_LINE)],
                pageSize: 100,
              },
            },
          },
        },
      },
    },
    404: nothing,
  },
};

export function readRemittanceRoutes(app: Api, provide: ProvideDependencies): void {
  app.get(`${REMITTANCES_PATH}/:adviceId`, { schema: getSchema, config }, async (request, reply) => {
    const mediaType = answerMediaType(request, reply, MEDIA_TYPES);
    const advice = await getAdvice(request, provide, request.params.adviceId);
    if (mediaType === "application/json") return viewRemittance(advice);
    const pages = iterateRemittanceLines(getTenant(request, provide), advice.adviceId);
    const parts = renderRemittanceCsv(
      auditNamed(request, provide, pages, (page) => hashInamiRoots(provide().audit, page)),
    );
    return sendParts(request, reply.type("text/csv; charset=utf-8"), parts);
  });

  app.get(`${REMITTANCES_PATH}/:adviceId/lines`, { schema: linesSchema, config }, async (request) => {
    const { afterLine, pageSize } = request.query;
    const { adviceId } = await getAdvice(request, provide, request.params.adviceId);
    // One more than asked for tells whether there is a next page.
    const page = { afterLine, limit: pageSize + 1 };
    const found = await listRemittanceLines(getTenant(request, provide), adviceId, page);
    const lines = found.slice(0, pageSize);
    const last = lines.at(-1);
    const path = `${remittancePath(adviceId)}/lines`;
    request.persons = hashInamiRoots(provide().audit, lines);
    return {
      self: withQuery(path, { afterLine, pageSize }),
      items: lines.map(viewRemittanceLine),
      pageSize,
      ...(found.length > pageSize && last && { next: withQuery(path, { afterLine: last.lineNumber, pageSize }) }),
    };
  });
}

async function getAdvice(request: FastifyRequest, provide: ProvideDependencies, adviceId: string): Promise<Remittance> {
  const advice = isUuid(adviceId) ? await findRemittance(getTenant(request, provide), adviceId) : undefined;
  if (!advice) throw adviceNotFound();
  return advice;
}

function adviceNotFound(): Problem {
  const detail = "There is no such remittance advice.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "adviceId", detail }],
  });
}
