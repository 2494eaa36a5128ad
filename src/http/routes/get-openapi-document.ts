import { Type } from "typebox";
import type { Api } from "../fastify-types.ts";
import { API_ROOT } from "../paths.ts";

/** Sent as text; the schema only documents. */
const OpenapiDocument = Type.Unsafe<string>({
  type: "object",
  title: "OpenapiDocument",
  properties: { openapi: { type: "string" }, info: { type: "object" }, paths: { type: "object" } },
});

const schema = {
  operationId: "getOpenapiDocument",
  summary: "Get this document",
  description: "Public.",
  tags: ["Service"],
  response: {
    200: {
      description: "OpenAPI 3.0.3.",
      content: {
        "application/json": {
          schema: OpenapiDocument,
          examples: { start: { value: { openapi: "3.0.3", info: {}, paths: {} } } },
        },
      },
    },
  },
};

export function getOpenapiDocumentRoute(app: Api): void {
  let text: string | undefined;
  app.get(`${API_ROOT}/doc/openapi.json`, { schema, config: { public: true } }, async (_request, reply) => {
    text ??= JSON.stringify(app.swagger());
    return reply.header("Cache-Control", "public, max-age=3600").type("application/json; charset=utf-8").send(text);
  });
}
