import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { Language } from "../findings/language.ts";
import { renderFinding } from "../findings/render-finding.ts";
import { RECORD_FIELDS, REFERENCE_LENGTH } from "../formats/contract-file/contract-file-vocabulary.ts";
import { collapseWhiteSpace } from "../formats/contract-file/token-text.ts";
import type { RecordCall } from "../intake/record-call.ts";
import { RECORD_OUTCOMES } from "../intake/submission.ts";
import { type SubmittedRecord, submitRecord } from "../intake/submit-record.ts";
import { answerLanguage } from "./answer.ts";
import { hashContractPersons, recordWrite } from "./audit-answers.ts";
import { getInsurer } from "./authorize.ts";
import {
  callProblem,
  keyMissing,
  preconditionMalformed,
  preconditionMissing,
  preconditionWeak,
  rejectedProblem,
} from "./contract-problems.ts";
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
      "1 to 255 visible characters of your choice, a UUID for example, with or without quotation marks around them. The same " +
      "call under the same key gets its first answer again, so a retry is always safe. The key is the reference of the call " +
      "among your submissions: a UUID without its hyphens; of any other key longer than 35 characters the first 35 " +
      "hexadecimal digits of its SHA-256.",
    examples: ["7f3a9c51-e0d8-4b6f-a2c4-90ee16ac7bd3"],
  },
};
export const preconditionHeaders = {
  ...callHeaders,
  "If-Match": {
    type: "string",
    description: "The ETag that you have seen, in its quotation marks, or `*`.",
    examples: ['"3"'],
  },
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
  if (result.outcome === "rejected") throw rejectedProblem({ submissionId, findings: result.findings }, language);
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

const KEY = /^(?:"([!#-~]{1,255})"|([!#-~]{1,255}))$/;

/** The key of the request. Throws the problem of one that is missing, or is none. */
export function readKey(request: FastifyRequest): string {
  const field = request.headers["idempotency-key"];
  const [, quoted, plain] = (typeof field === "string" && KEY.exec(field)) || [];
  const key = quoted ?? plain;
  if (key === undefined) throw keyMissing(field !== undefined);
  return referenceOf(key);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** References have 35 characters at most, as in files, and share their space: one key is one reference. */
function referenceOf(key: string): string {
  if (key.length <= REFERENCE_LENGTH) return key;
  if (UUID.test(key)) return key.replaceAll("-", "").toLowerCase();
  return createHash("sha256").update(key).digest("hex").slice(0, REFERENCE_LENGTH);
}

/** RFC 9110 section 13.1.1: only strong tags match, and `*` matches whatever is there. */
function readExpected(request: FastifyRequest, { contractId }: Pick<RecordCall, "contractId">) {
  if (contractId === undefined) return {};
  const field = request.headers["if-match"];
  if (field === undefined) throw preconditionMissing();
  if (field.trim() === "*") return {};
  const strong = readTags(field).filter((tag) => !tag.startsWith("W/"));
  if (strong.length === 0) throw preconditionWeak();
  return { expectedVersions: strong.filter((tag) => VERSION_TAG.test(tag)).map((tag) => Number(tag.slice(1, -1))) };
}

const TAG = /(?:W\/)?"[!#-~\u0080-\u00ff]*"/g;
const VERSION_TAG = /^"[1-9]\d{0,8}"$/;

/** The tags of a list (RFC 9110 section 8.8.3). Throws the problem of what is no such list. */
function readTags(field: string): string[] {
  const tags = field.match(TAG) ?? [];
  const places = field.replaceAll(TAG, '""').split(",");
  const isList = places.every((place) => ["", '""'].includes(place.trim()));
  if (!isList || tags.length === 0) throw preconditionMalformed();
  return tags;
}

function readValues(body: RecordBody): RecordCall["values"] {
  return Object.fromEntries(
    RECORD_FIELDS.filter((field) => body[field] !== undefined).map((field) => [
      field,
      collapseWhiteSpace(String(body[field])),
    ]),
  );
}
