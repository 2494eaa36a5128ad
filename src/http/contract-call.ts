import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import { RECORD_FIELDS } from "../formats/contract-file/contract-file-vocabulary.ts";
import { collapseWhiteSpace } from "../formats/contract-file/token-text.ts";
import type { RecordCall } from "../intake/record-call.ts";
import { RECORD_OUTCOMES } from "../intake/submission.ts";
import { type SubmittedRecord, submitRecord } from "../intake/submit-record.ts";
import { answerLanguage } from "./answer.ts";
import { hashContractPersons, recordWrite } from "./audit-answers.ts";
import { getInsurer } from "./authorize.ts";
import { callProblem, keyMissing, preconditionMissing, rejectedProblem } from "./contract-problems.ts";
import { ContractSchema, EXAMPLE_CONTRACT, EXAMPLE_TODAY, viewContract } from "./contract-view.ts";
import { EXAMPLE_SUBMISSION_ID } from "./examples.ts";
import { FindingSchema } from "./finding-schema.ts";
import type { ProvideDependencies } from "./http-dependencies.ts";
import { submissionPath } from "./paths.ts";
import { Link, oneOf, referTo } from "./schema-parts.ts";

export const ContractChangeSchema = Type.Object(
  {
    outcome: oneOf(RECORD_OUTCOMES, "As of a record of a file; `unchanged`: after the call nothing differs."),
    submission: Link,
    findings: Type.Array(referTo(FindingSchema), { description: "Warnings." }),
    contract: referTo(ContractSchema),
  },
  { $id: "ContractChange", description: "What became of a single call, and the contract as it left it." },
);
type ContractChange = Static<typeof ContractChangeSchema>;

export const EXAMPLE_CHANGE: ContractChange = {
  outcome: "accepted",
  submission: { href: submissionPath(EXAMPLE_SUBMISSION_ID) },
  findings: [],
  contract: viewContract(EXAMPLE_CONTRACT, EXAMPLE_TODAY),
};

const KEY_FIELD = "Idempotency-Key";

/** Declared for the document; read by `performCall`. */
export const callHeaders = {
  [KEY_FIELD]: {
    type: "string",
    description:
      "1 to 35 visible characters of your choice, the reference of this call among your submissions. The same call under " +
      "the same key gets its first answer again, so a retry is always safe.",
    examples: ["7f3a9c51e0d84b6fa2c4"],
  },
};
export const preconditionHeaders = {
  ...callHeaders,
  "If-Match": { type: "string", description: "The ETag that you have seen, or `*`.", examples: ['"3"'] },
};
export const etagHeader = {
  ETag: { type: "string", description: "Of the contract: another one after every change of it." },
};

/** What a body says, by the names of the contract file. */
export type RecordBody = Readonly<Record<string, unknown>>;

/**
 * Sends one record through the intake and answers with the contract as it left it. Throws the problem of a call that was
 * not taken, and of a record that was rejected: its key is used up all the same.
 */
export async function performCall(
  request: FastifyRequest,
  reply: FastifyReply,
  provide: ProvideDependencies,
  { body, ...what }: Pick<RecordCall, "action" | "contractId"> & { readonly body: RecordBody },
): Promise<ContractChange> {
  const { intake, audit } = provide();
  const insurer = getInsurer(request);
  const call = { ...what, reference: readKey(request), ...readExpected(request, what), values: readValues(body) };
  const submitted = await submitRecord(
    intake,
    {
      insurer,
      actor: request.caller!.clientId,
      alsoCommit: (tx, { contract, sha256, ...done }) =>
        recordWrite(request, tx, {
          status: statusOf(call, done),
          requestSha256: sha256,
          ...(contract && { persons: hashContractPersons(audit, [contract]) }),
        }),
    },
    call,
  ).catch((error: unknown) => {
    throw callProblem(error);
  });
  request.submissionId = submitted.submissionId;
  const language = answerLanguage(request, reply);
  reply.code(statusOf(call, submitted));
  return viewChange(reply, submitted, language);
}

function statusOf({ action }: Pick<RecordCall, "action">, { result }: Pick<SubmittedRecord, "result">): number {
  if (result.outcome === "rejected") return 400;
  return action === "new" && result.outcome !== "unchanged" ? 201 : 200;
}

function viewChange(reply: FastifyReply, { submissionId, result, contract }: SubmittedRecord, language: Language) {
  if (result.outcome === "rejected") throw rejectedProblem(result.findings, language);
  if (!contract) throw new Error("a record was accepted and there is no contract");
  const view = viewContract(contract, result.today);
  setEtag(reply, contract.version);
  if (reply.statusCode === 201) reply.header("Location", view.self);
  return {
    outcome: result.outcome,
    submission: { href: submissionPath(submissionId) },
    findings: result.findings.map((finding) => renderFinding(finding, language)),
    contract: view,
  };
}

export function setEtag(reply: FastifyReply, version: number): void {
  reply.header("ETag", `"${version}"`);
}

const KEY = /^[!#-~]{1,35}$/;

function readKey(request: FastifyRequest): string {
  const field = request.headers["idempotency-key"];
  if (typeof field !== "string" || !KEY.test(field)) throw keyMissing(field !== undefined);
  return field;
}

/** RFC 9110 section 13.1.1: only strong tags match, and `*` matches whatever is there. */
function readExpected(request: FastifyRequest, { contractId }: Pick<RecordCall, "contractId">) {
  if (contractId === undefined) return {};
  const field = request.headers["if-match"];
  if (field === undefined) throw preconditionMissing();
  if (field.trim() === "*") return {};
  const tags = field.split(",").map((tag) => /^"([1-9]\d{0,8})"$/.exec(tag.trim())?.[1]);
  return { expectedVersions: tags.flatMap((tag) => (tag === undefined ? [] : [Number(tag)])) };
}

function readValues(body: RecordBody): RecordCall["values"] {
  return Object.fromEntries(
    RECORD_FIELDS.filter((field) => body[field] !== undefined).map((field) => [
      field,
      collapseWhiteSpace(String(body[field])),
    ]),
  );
}
