import { Type } from "typebox";
import { FINDING_CODES, type FindingCode } from "../../findings/finding-codes.ts";
import { answerLanguage } from "../answer.ts";
import type { Api } from "../fastify-types.ts";
import { FINDINGS_PATH, viewFindingDefinition } from "../finding-definition-view.ts";
import { FindingDefinitionSchema } from "../finding-schema.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";
import { referTo } from "../schema-parts.ts";

const MAXIMUM_AGE_SECONDS = 3_600;

const schema = {
  operationId: "getFinding",
  summary: "Get one finding by its code",
  description: "The text is in the language of `Accept-Language` (fr, nl, de, en). Public.",
  tags: ["Reference data"],
  params: Type.Object({ findingCode: Type.String({ description: "The code, as in a finding." }) }),
  response: {
    200: {
      description: "The finding.",
      content: {
        "application/json": {
          schema: referTo(FindingDefinitionSchema),
          examples: { inamiNumberInvalid: { value: viewFindingDefinition("inamiNumberInvalid", "en") } },
        },
      },
    },
    404: problemResponse("No finding has this code.", { notFound: findingNotFound() }),
  },
};

export function getFindingRoute(app: Api): void {
  app.get(`${FINDINGS_PATH}/:findingCode`, { schema, config: { public: true } }, async (request, reply) => {
    const { findingCode } = request.params;
    if (!isFindingCode(findingCode)) throw findingNotFound();
    const language = answerLanguage(request, reply);
    reply.header("Cache-Control", `public, max-age=${MAXIMUM_AGE_SECONDS}`);
    return viewFindingDefinition(findingCode, language);
  });
}

function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(FINDING_CODES, text);
}

function findingNotFound(): Problem {
  const detail = "No finding has this code.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "findingCode", detail }],
  });
}
