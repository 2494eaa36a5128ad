import type { Json, JsonObject } from "../../openapi/belgif/json.ts";
import { placeOf } from "../../openapi/belgif/openapi-document.ts";

const problem = { $ref: "#/components/responses/ProblemResponse" };
const json = (schema: JsonObject, example: Json) => ({ "application/json": { schema, example } });
const CONTRACT = { $ref: "#/components/schemas/Contract" };
const EXAMPLE = { contractNumber: "C-1", kind: "socialPlci" };

/** A small API that breaks no rule. */
const SAMPLE: JsonObject = {
  openapi: "3.0.3",
  info: { title: "Sample", version: "1.0.0" },
  servers: [{ url: "https://host.example/REST/sampleApi/v1" }],
  tags: [{ name: "Contracts" }],
  security: [{ AccessToken: ["scope:consult"] }],
  paths: {
    "/contracts": {
      get: {
        operationId: "listContracts",
        summary: "List",
        tags: ["Contracts"],
        parameters: [{ name: "pageSize", in: "query", schema: { type: "integer", default: 20, example: 50 } }],
        responses: {
          200: {
            description: "A page.",
            headers: { "Retry-After": { schema: { type: "integer" } } },
            content: json(
              {
                type: "object",
                title: "ContractCollection",
                required: ["items"],
                properties: { items: { type: "array", items: CONTRACT } },
              },
              { items: [EXAMPLE] },
            ),
          },
          default: problem,
        },
      },
      post: {
        operationId: "createContract",
        summary: "Create",
        tags: ["Contracts"],
        requestBody: { required: true, content: json(CONTRACT, EXAMPLE) },
        responses: { 201: { description: "Made.", content: json(CONTRACT, EXAMPLE) }, default: problem },
      },
    },
    "/contracts/{contractId}": {
      parameters: [{ name: "contractId", in: "path", required: true, schema: { type: "string" } }],
      get: {
        operationId: "getContract",
        summary: "Get",
        tags: ["Contracts"],
        responses: { 200: { description: "It.", content: json(CONTRACT, EXAMPLE) }, default: problem },
      },
      delete: {
        operationId: "deleteContract",
        summary: "Delete",
        tags: ["Contracts"],
        responses: { 204: { description: "Gone." }, default: problem },
      },
    },
    "/health": {
      get: {
        operationId: "checkHealth",
        summary: "Check",
        security: [],
        responses: {
          200: { description: "Up.", content: json({ type: "object", title: "Health" }, {}) },
          503: { description: "Down.", content: json({ type: "object", title: "Health" }, {}) },
          default: problem,
        },
      },
    },
  },
  components: {
    securitySchemes: {
      AccessToken: {
        type: "oauth2",
        flows: { clientCredentials: { tokenUrl: "/auth/token", scopes: { "scope:consult": "Reading" } } },
      },
    },
    responses: {
      ProblemResponse: {
        description: "A problem.",
        content: {
          "application/problem+json": {
            schema: { $ref: "#/components/schemas/Problem" },
            examples: { notFound: { value: { type: "urn:problem-type:belgif:resourceNotFound" } } },
          },
        },
      },
    },
    schemas: {
      Contract: {
        type: "object",
        required: ["contractNumber"],
        properties: {
          contractNumber: { type: "string" },
          kind: { type: "string", enum: ["socialPlci", "deathCover"] },
        },
      },
      Problem: { type: "object", properties: { type: { type: "string", format: "uri" } } },
    },
  },
};

/** What stands at a JSON pointer; undefined takes it away. */
export type Edits = Readonly<Record<string, Json | undefined>>;

/** The sample with changes, in their order. */
export function sampleDocument(edits: Edits = {}): JsonObject {
  const document = structuredClone(SAMPLE);
  for (const [pointer, value] of Object.entries(edits)) edit(document, pointer, value);
  return document;
}

function edit(document: JsonObject, pointer: string, value: Json | undefined): void {
  const place = placeOf(pointer);
  let node = document as Record<string, unknown>;
  for (const step of place.slice(0, -1)) {
    node[step] ??= {};
    node = node[step] as Record<string, unknown>;
  }
  const last = String(place.at(-1));
  if (value === undefined) delete node[last];
  else node[last] = value;
}
