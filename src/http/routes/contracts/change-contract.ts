import { Type } from "typebox";
import { FREE_REASON_LENGTH } from "../../../formats/contract-file/contract-file-vocabulary.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import {
  ContractChangeSchema,
  callHeaders,
  EXAMPLE_CHANGE,
  etagHeader,
  performCall,
  preconditionHeaders,
  type RecordBody,
} from "../../contract-call.ts";
import {
  contractNotFound,
  exampleOf,
  keyMissing,
  preconditionMalformed,
  preconditionMissing,
  preconditionWeak,
  rejectedProblem,
} from "../../contract-problems.ts";
import { ContractIdSchema, contentFields, Day, EndReasonSchema, InamiNumber } from "../../contract-view.ts";
import { EXAMPLE_SUBMISSION_ID } from "../../examples.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { isUuid } from "../../own-submission.ts";
import { API_ROOT } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { referTo } from "../../schema-parts.ts";
import { compileRecordValidator } from "../../validation.ts";

export const CONTRACT_TAGS = ["Contracts"];
export const ContractParams = Type.Object({ contractId: ContractIdSchema });

const EXAMPLE_FINDING = {
  code: "inamiNumberInvalid",
  field: "inamiNumber",
  details: { reason: "checkDigitsInvalid" },
} as const;
const rejected = rejectedProblem({ submissionId: EXAMPLE_SUBMISSION_ID, findings: [EXAMPLE_FINDING] }, "en");
const answer = { schema: referTo(ContractChangeSchema), examples: { accepted: { value: EXAMPLE_CHANGE } } };
const done = (description: string) => ({
  description,
  headers: etagHeader,
  content: { "application/json": answer },
});
const sharedAnswers = {
  400: problemResponse("The record was rejected, with the codes that it would get in a file; or a header is missing.", {
    rejected,
    keyMissing: keyMissing(false),
  }),
  409: problemResponse("Not at this moment, or not for this insurer yet. Nothing was kept.", {
    keyInUse: exampleOf("keyInUse"),
    notLive: exampleOf("notLive"),
    otherContract: exampleOf("otherContract"),
  }),
  422: problemResponse("The key was used for something else. Nothing was kept.", { keyReused: exampleOf("keyReused") }),
};
const guardedAnswers = {
  ...sharedAnswers,
  400: problemResponse(
    "The record was rejected, with the codes that it would get in a file; or a header is missing or malformed.",
    {
      rejected,
      keyMissing: keyMissing(false),
      preconditionMalformed: preconditionMalformed(),
      preconditionWeak: preconditionWeak(),
    },
  ),
  404: problemResponse("No contract of yours has this id.", { notFound: contractNotFound() }),
  412: problemResponse("The contract changed since: none of the ETags is its own.", {
    changed: exampleOf("versionChanged"),
  }),
  428: problemResponse("If-Match is missing.", { missing: preconditionMissing() }),
};

const newBody = Type.Object(
  {
    contractNumber: Type.String({ minLength: 1, maxLength: 35 }),
    inamiNumber: InamiNumber,
    startOn: Day,
    ...contentFields,
    endOn: Type.Optional(Day),
    reason: Type.Optional(EndReasonSchema),
  },
  {
    examples: [
      {
        contractNumber: "PLCI-2019-000123",
        inamiNumber: "12345625001",
        startOn: "2019-03-01",
        contractKind: "socialPlci",
        solidarity: true,
      },
    ],
  },
);

const createSchema = {
  operationId: "createContract",
  summary: "Declare a contract",
  description:
    "The record `new` of a contract file, by itself: the same checks, findings and outcomes, at once. It stands among your " +
    "submissions as a delta of one record without sequence. A contract that is there with the same content is `unchanged`.",
  tags: CONTRACT_TAGS,
  headers: { type: "object", required: ["Idempotency-Key"], properties: callHeaders },
  body: newBody,
  response: {
    201: {
      ...done("Declared."),
      headers: { ...etagHeader, Location: { type: "string", format: "uri-reference", description: "The contract." } },
    },
    200: done("It was there already with the same content."),
    ...sharedAnswers,
  },
};

const freeReason = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: FREE_REASON_LENGTH }) },
  { examples: [{ reason: "Reported by mistake" }] },
);

/** The changes of a contract that is there: by which action of the contract file, at which path. */
const CHANGES = [
  {
    action: "modify",
    method: "PUT",
    below: "",
    operationId: "modifyContract",
    summary: "Change a contract from a day on",
    description:
      "The record `modify`: the content as a whole from `effectiveOn` on; earlier days keep theirs, modifications declared " +
      "earlier for later days are replaced (a warning says so). Without `inamiNumber` the competence code stays.",
    body: Type.Object(
      { effectiveOn: Day, inamiNumber: Type.Optional(InamiNumber), ...contentFields },
      { examples: [{ effectiveOn: "2026-07-01", contractKind: "combined", solidarity: true, language: "nl" }] },
    ),
  },
  {
    action: "close",
    method: "POST",
    below: "/close",
    operationId: "closeContract",
    summary: "Close a contract",
    description: "The record `close`: its last day and why. On a closed contract it corrects both.",
    body: Type.Object(
      { endOn: Day, reason: EndReasonSchema },
      { examples: [{ endOn: "2026-12-31", reason: "terminated" }] },
    ),
  },
  {
    action: "reopen",
    method: "POST",
    below: "/reopen",
    operationId: "reopenContract",
    summary: "Reopen a contract",
    description: "The record `reopen`: the close was wrong.",
    body: freeReason,
  },
  {
    action: "cancel",
    method: "POST",
    below: "/cancel",
    operationId: "cancelContract",
    summary: "Cancel a contract",
    description: "The record `cancel`: declared in error, as if never declared.",
    body: freeReason,
  },
] as const;

export function addContractChangeRoutes(app: Api, provide: ProvideDependencies): void {
  const shared = { config: { scope: SCOPES.submit }, validatorCompiler: compileRecordValidator };
  app.post(`${API_ROOT}/contracts`, { ...shared, schema: createSchema }, async (request, reply) =>
    performCall(request, reply, provide, { action: "new", body: request.body }),
  );
  for (const { action, method, below, ...documented } of CHANGES) {
    const schema = {
      ...documented,
      tags: CONTRACT_TAGS,
      params: ContractParams,
      headers: { type: "object", required: ["Idempotency-Key", "If-Match"], properties: preconditionHeaders },
      response: { 200: done("Done, or nothing was to be done."), ...guardedAnswers },
    };
    app.route<{ Params: { contractId: string }; Body: RecordBody }>({
      ...shared,
      method,
      url: `${API_ROOT}/contracts/:contractId${below}`,
      schema,
      handler: async (request, reply) => {
        const { contractId } = request.params;
        if (!isUuid(contractId)) throw contractNotFound();
        return await performCall(request, reply, provide, {
          action,
          contractId: contractId.toLowerCase(),
          body: request.body,
        });
      },
    });
  }
}
