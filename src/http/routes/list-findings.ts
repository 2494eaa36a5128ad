import { Type } from "typebox";
import { answerLanguage } from "../answer.ts";
import type { Api } from "../fastify-types.ts";
import { FINDINGS_PATH, viewFindingDefinition } from "../finding-definition-view.ts";
import { FINDING_CODE_NAMES, FindingDefinitionSchema } from "../finding-schema.ts";
import { Href, referTo } from "../schema-parts.ts";

const MAXIMUM_AGE_SECONDS = 3_600;

const collection = Type.Object(
  { self: Href, items: Type.Array(referTo(FindingDefinitionSchema)), total: Type.Integer() },
  { title: "FindingDefinitionCollection" },
);

const schema = {
  operationId: "listFindings",
  summary: "List all findings the gateway can raise",
  description: "Codes are stable. Texts are in the language of `Accept-Language` (fr, nl, de, en). Public.",
  tags: ["Reference data"],
  response: {
    200: {
      description: "All of them.",
      content: {
        "application/json": {
          schema: collection,
          examples: {
            firstOne: {
              value: { self: FINDINGS_PATH, items: [viewFindingDefinition("inamiNumberInvalid", "en")], total: 1 },
            },
          },
        },
      },
    },
  },
};

export function listFindingsRoute(app: Api): void {
  app.get(FINDINGS_PATH, { schema, config: { public: true } }, async (request, reply) => {
    const language = answerLanguage(request, reply);
    reply.header("Cache-Control", `public, max-age=${MAXIMUM_AGE_SECONDS}`);
    const items = FINDING_CODE_NAMES.map((code) => viewFindingDefinition(code, language));
    return { self: FINDINGS_PATH, items, total: items.length };
  });
}
