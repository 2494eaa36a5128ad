import { Type } from "typebox";
import { FindingDetails } from "./finding-schema.ts";
import { ISSUE_TYPES, PROBLEM_TYPES, type Problem, renderProblem } from "./problems.ts";
import { Link, oneOf, referTo } from "./schema-parts.ts";
import { PROBLEM_MEDIA_TYPE } from "./send-problem.ts";

const EXAMPLE_TRACE_ID = "0b7f2f62-6f0d-4a3e-9d40-6a1f0a8d0b11";
const ISSUE_LOCATIONS = ["body", "header", "path", "query"] as const;

const IssueSchema = Type.Object(
  {
    type: Type.String({ format: "uri", description: `One of ${listTypes(ISSUE_TYPES)}.` }),
    title: Type.String(),
    in: oneOf(ISSUE_LOCATIONS),
    name: Type.Optional(Type.String({ description: "The field, header or parameter at fault." })),
    detail: Type.String(),
    value: Type.Optional(Type.String({ description: "What was sent, where that cannot be personal." })),
    code: Type.Optional(
      Type.String({ description: "Of the finding (/refData/findings), where a contract file gets the same one." }),
    ),
    details: Type.Optional(FindingDetails),
  },
  { title: "Issue", description: "One fault of the request." },
);

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: "uri", description: `Stable; one of ${listTypes(PROBLEM_TYPES)}.` }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    title: Type.String({ description: "The type in words, for engineers." }),
    detail: Type.String({ description: "What happened this time, in English." }),
    instance: Type.String({
      format: "uri",
      description: "urn:uuid: and the BelGov-Trace-Id of the answer. Quote it when you ask us.",
    }),
    issues: Type.Optional(Type.Array(IssueSchema)),
    limit: Type.Optional(Type.Integer({ description: "Bytes allowed, where that was exceeded." })),
    retryAfterSec: Type.Optional(Type.Integer({ description: "As the header Retry-After." })),
    submission: Type.Optional(Link),
  },
  { $id: "Problem", description: "Problem details (RFC 9457) with the Belgif types." },
);

/** A response that carries a problem, for the OpenAPI document: one example for each problem, as it is really rendered. */
export function problemResponse(description: string, examples: Readonly<Record<string, Problem>>) {
  const headers = Object.values(examples).flatMap((problem) => Object.keys(problem.headers));
  return {
    description,
    headers: Object.fromEntries(headers.map((name) => [name, HEADER_SCHEMAS[name] ?? TEXT])),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: referTo(ProblemSchema),
        examples: Object.fromEntries(
          Object.entries(examples).map(([name, problem]) => [
            name,
            { value: renderProblem(problem, EXAMPLE_TRACE_ID) },
          ]),
        ),
      },
    },
  };
}

const TEXT = { type: "string" };
const HEADER_SCHEMAS: Readonly<Record<string, object>> = {
  "Retry-After": { type: "integer", description: "Seconds to wait before asking again." },
  Accept: { type: "string", description: "The media types that are accepted." },
};

function listTypes(types: Readonly<Record<string, { readonly type: string }>>): string {
  return Object.values(types)
    .map(({ type }) => `\`${type}\``)
    .join(", ");
}
