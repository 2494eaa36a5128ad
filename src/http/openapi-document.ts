import swagger from "@fastify/swagger";
import { clientProblem } from "./client-error.ts";
import { ConnectionTestSchema } from "./connection-test-view.ts";
import { ContractChangeSchema } from "./contract-call.ts";
import { ContractSchema } from "./contract-view.ts";
import type { Api } from "./fastify-types.ts";
import { FindingDefinitionSchema, FindingSchema } from "./finding-schema.ts";
import { createProblemCompletion } from "./openapi-problems.ts";
import { completeHeaders, findAudience, requireScope, SECURITY_COMPONENTS, TRACE } from "./openapi-security.ts";
import { capitalize, isNode, mapMembers, titleContent, titleObjects } from "./openapi-titles.ts";
import { API_ROOT } from "./paths.ts";
import { ProblemSchema, problemResponse } from "./problem-schema.ts";
import { ReceiptSchema } from "./receipt-view.ts";
import { RecordOutcomeSchema } from "./record-view.ts";
import { ReportSchema } from "./report-schema.ts";
import { PROBLEM_MEDIA_TYPE } from "./send-problem.ts";
import { SpaceSchema } from "./space-view.ts";
import { RecordCountsSchema, SubmissionSchema, SubmissionSummarySchema } from "./submission-view.ts";
import { VerificationSchema } from "./verification-view.ts";

const API_VERSION = "1.0.0";

const COMPONENTS = [
  ConnectionTestSchema,
  ContractSchema,
  ContractChangeSchema,
  FindingSchema,
  FindingDefinitionSchema,
  ProblemSchema,
  ReceiptSchema,
  RecordCountsSchema,
  RecordOutcomeSchema,
  ReportSchema,
  SpaceSchema,
  SubmissionSchema,
  SubmissionSummarySchema,
  VerificationSchema,
];

const DESCRIPTION = `Exchange of digital contracts between insurers and the institute.

Calls use mutual TLS: resources that are not marked public require a client certificate that is registered for the client, and
an access token that is bound to it, with the scope that the operation names.
Every answer carries \`BelGov-Trace-Id\`; a request's own \`BelGov-Trace-Id\` comes back as \`BelGov-Related-Trace-Id\`.
Texts follow \`Accept-Language\` (fr, nl, de, en; \`fr-BE\` counts as \`fr\`) and say so in \`Content-Language\`.
Query fields that are not described are refused. Fields may be added to answers: ignore those you do not know.`;

const TAGS = [
  { name: "Submissions", description: "Contract files handed over, their receipts and their reports" },
  { name: "Contracts", description: "Contracts one by one, and the portfolio as held" },
  { name: "Social advantages", description: "What becomes of the social advantage of clients, and why" },
  { name: "INAMI verification", description: "Whether numbers of providers are right, for contracts held" },
  { name: "Payments", description: "What is paid to insurers, by transfer and by contract" },
  {
    name: "Connection tests",
    description: "How your connection looks from our side, what to mend, and whether you are ready",
  },
  { name: "Notices", description: "What the institute tells an insurer outside of its files" },
  { name: "Events", description: "All that happened, in one ordered feed for each insurer" },
  { name: "Webhooks", description: "The same events, pushed to you" },
  {
    name: "Simulations",
    description: "Validation alone: to let happen in a space of one's own what takes time or others",
  },
  { name: "Reference data", description: "Code lists" },
  { name: "Service", description: "Health, keys and this document" },
  { name: "Validation", description: "In validation only: admission, and a space of one's own" },
  {
    name: "Operators",
    description: "For the institute's operators alone: insurers, their clients and credentials, alarms",
  },
];

/** What is answered before it is known which operation is meant (Belgif rule prb-defaul). */
const anyProblem = problemResponse("Any other problem.", {
  notHttp: clientProblem("HPE_INVALID_METHOD"),
  headersTooLarge: clientProblem("HPE_HEADER_OVERFLOW"),
  requestTimeout: clientProblem("ERR_HTTP_REQUEST_TIMEOUT"),
});

/** Registers the shared schemas and makes `app.swagger()` the OpenAPI 3.0.3 document of the routes added after it. */
export async function describeApi(app: Api): Promise<void> {
  for (const schema of COMPONENTS) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: "3.0.3",
      info: {
        title: "Digital contracts",
        version: API_VERSION,
        description: DESCRIPTION,
        license: { name: "EUPL-1.2", url: "https://eupl.eu/1.2/en/" },
      },
      servers: [{ url: API_ROOT, description: "This host." }],
      tags: TAGS,
      components: { ...SECURITY_COMPONENTS, responses: { ProblemResponse: publish(anyProblem) } },
    },
    // Components keep the names of their schemas.
    refResolver: { buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `def-${index}`) },
    transform: ({ schema, url, route }) => ({
      // A route without a schema is not in the document.
      schema: schema && { ...schema, security: requireScope(route.config?.scope) },
      url,
    }),
    transformObject: (document) => {
      if (!("openapiObject" in document)) throw new Error("this is an OpenAPI document");
      const { paths = {}, components } = document.openapiObject;
      Object.assign(components!, completeOperations(paths, components?.responses ?? {}));
      for (const [name, schema] of Object.entries(components?.schemas ?? {})) {
        // Components go by their own names.
        const { title: _name, ...titled } = titleObjects(schema, name) as { title?: string };
        Object.assign(components!.schemas!, { [name]: titled });
      }
      return document.openapiObject;
    },
  });
}

/** Components are published as they stand, so references and headers must have the published form already. */
function publish(response: ReturnType<typeof problemResponse>) {
  const { [PROBLEM_MEDIA_TYPE]: content } = response.content;
  return {
    ...response,
    headers: {
      ...Object.fromEntries(Object.entries(response.headers).map(([name, schema]) => [name, { schema }])),
      ...TRACE,
    },
    content: { [PROBLEM_MEDIA_TYPE]: { ...content, schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

interface Operation {
  operationId?: string;
  requestBody?: unknown;
  responses?: Record<string, unknown>;
  parameters?: object[];
}

/** Answers the components that the completed operations refer to, beside `responses` that are there. */
function completeOperations(
  paths: Readonly<Record<string, Partial<Record<(typeof METHODS)[number], Operation>> | undefined>>,
  responses: object,
) {
  const problems = createProblemCompletion(TRACE);
  for (const path of Object.values(paths)) {
    for (const operation of METHODS.flatMap((method) => path?.[method] ?? [])) {
      completeHeaders(operation);
      titleBodies(operation);
      problems.complete(operation, findAudience(operation));
      operation.responses = { ...operation.responses, default: { $ref: "#/components/responses/ProblemResponse" } };
      // What has a default is there for the handler but need not be sent.
      if (operation.parameters)
        operation.parameters = operation.parameters.map((parameter) =>
          hasDefault(parameter) ? { ...parameter, required: false } : parameter,
        );
    }
  }
  const { components } = problems;
  return { examples: components.examples, responses: { ...responses, ...components.responses } };
}

function titleBodies(operation: Operation): void {
  const name = capitalize(operation.operationId ?? "");
  const { requestBody } = operation;
  if (isNode(requestBody)) {
    operation.requestBody = { ...requestBody, content: titleContent(requestBody.content, `${name}Request`) };
  }
  operation.responses = mapMembers(operation.responses ?? {}, (response) =>
    isNode(response) && "content" in response
      ? { ...response, content: titleContent(response.content, `${name}Answer`) }
      : response,
  );
}

function hasDefault(parameter: object): boolean {
  return (
    "schema" in parameter &&
    typeof parameter.schema === "object" &&
    parameter.schema !== null &&
    "default" in parameter.schema
  );
}
