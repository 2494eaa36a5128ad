import type { Json } from "../../openapi/belgif/json.ts";
import type { Level } from "../../openapi/belgif/rule.ts";
import type { Edits } from "./sample-document.ts";

/** One thing a rule asks for: changes of the sample that break it, and changes that are the same mended. */
export interface Sample {
  readonly rule: string;
  readonly level: Level;
  readonly says: string;
  readonly bad: Edits;
  /** Without it: the sample as it stands. */
  readonly mended?: Edits;
}

export const LIST = "#/paths/~1contracts/get";
export const CREATE = "#/paths/~1contracts/post";
export const GET = "#/paths/~1contracts~1{contractId}/get";
export const ITEM = "#/paths/~1contracts~1{contractId}";
export const JSON_OF_LIST = `${LIST}/responses/200/content/application~1json`;
export const SCHEMAS = "#/components/schemas";
export const CONTRACT = `${SCHEMAS}/Contract`;
export const HEALTH = "#/paths/~1health/get";

export const answer = {
  200: { description: "It.", content: { "application/json": { schema: { type: "object", title: "It" } } } },
};
export const operation = (operationId: string): Json => ({
  operationId,
  summary: "Read",
  responses: { ...answer, default: { $ref: "#/components/responses/ProblemResponse" } },
});
export const parameter = (place: string, name: string, more: Readonly<Record<string, Json>> = {}): Json => [
  { in: place, name, required: place === "path", schema: { type: "string" }, ...more },
];
export const list = { type: "array", items: { type: "string" } };
export const problem = (schema: Json): Json => ({
  description: "A problem.",
  content: { "application/problem+json": { schema } },
});
export const PROBLEM = problem({ $ref: `${SCHEMAS}/Problem` });
export const plain = { description: "It.", content: { "text/plain": { schema: { type: "string" } } } };
export const pet = (kind: Json, more: Readonly<Record<string, Json>> = {}): Json => ({
  type: "object",
  required: ["kind"],
  properties: { kind, ...more },
});
export const kinds = { type: "string" };
export const told = {
  oneOf: [{ $ref: `${SCHEMAS}/Cat` }],
  discriminator: { propertyName: "kind", mapping: { cat: `${SCHEMAS}/Cat` } },
};
