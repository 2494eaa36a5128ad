import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { SCOPES } from "../../../identity/scopes.ts";
import { receiveSubmission, TransferRefused } from "../../../intake/receive-submission.ts";
import { CallRefused } from "../../../intake/record-call.ts";
import {
  findStanding,
  MAXIMUM_VERIFICATION_BYTES,
  type StandingVerification,
  verifyAtOnce,
} from "../../../intake/verify-submission.ts";
import { listNamedPersons } from "../../../verification/named-persons.ts";
import { answerLanguage } from "../../answer.ts";
import { recordWrite } from "../../audit-answers.ts";
import { getInsurer } from "../../authorize.ts";
import { digestMismatch, parseContentDigest, verifySha512 } from "../../content-digest.ts";
import { callHeaders, readKey } from "../../contract-call.ts";
import { callProblem, exampleOf, keyMissing } from "../../contract-problems.ts";
import { EXAMPLE_DIGEST } from "../../examples.ts";
import type { Api } from "../../fastify-types.ts";
import type { HttpDependencies, ProvideDependencies } from "../../http-dependencies.ts";
import { requestTimeout } from "../../limits/slow-body.ts";
import { API_ROOT, verificationPath } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Problem } from "../../problems.ts";
import { readBody } from "../../read-body.ts";
import { referTo } from "../../schema-parts.ts";
import { checkBodyHeaders, tooLarge, unsupported, VERIFICATION_MEDIA_TYPES } from "../../transfer-headers.ts";
import { BODY_IS_A_STREAM } from "../../validation.ts";
import {
  EXAMPLE_VERIFICATION,
  EXAMPLE_WAITING_VERIFICATION,
  VerificationSchema,
  viewVerification,
} from "../../verification-view.ts";
import { VERIFICATION_TAGS } from "./get-verification.ts";

/** What is no longer than this is answered while the sender waits: some thousand rows. */
const AT_ONCE_BYTES = 64 * 1024;
const PAGE = { afterRow: 0, pageSize: 1_000 };

const JsonRows = Type.Object(
  {
    rows: Type.Array(
      Type.Object(
        {
          number: Type.String({
            description: "A NISS, or an INAMI number of 8 or 11 digits. Text: leading zeros count.",
          }),
          contractNumber: Type.Optional(
            Type.String({ description: "The contract it is for. Optional in the phase `access` alone." }),
          ),
        },
        { title: "VerificationRow" },
      ),
      { minItems: 1, maxItems: 100_000 },
    ),
  },
  {
    title: "VerificationRows",
    ...BODY_IS_A_STREAM,
    examples: [{ rows: [{ number: "85073003328", contractNumber: "C-1" }] }],
  },
);

const text = (example: string) => ({
  schema: {
    type: "string",
    format: "binary",
    description: "Number (A) and contract number (B) without header, UTF-8; `;`, `,` or tab between them.",
    "x-examples": { rows: { summary: "Two rows", value: example } },
  },
});

const schema = {
  operationId: "createInamiVerification",
  summary: "Verify INAMI numbers",
  description:
    "Rows with a NISS or an INAMI number and the number of the contract they are for, up to 100,000; the answer to each. From the " +
    "phase `loading` on a row is answered for a contract that you hold for that person, and is `unknown` otherwise; in the phase " +
    "`access` no contract is needed. A quota for each day stands beside it. What the body is shows in its content, whichever of the " +
    "media types is named. Bodies up to 64 kB are answered at once (200); others are processed in turn (202): follow `Location`. " +
    "A file that is refused as a whole has the state `refused` and its findings, and uses up neither key nor quota. " +
    "`Content-Digest` need not be there; one that is must match.",
  tags: VERIFICATION_TAGS,
  headers: {
    type: "object",
    required: ["Idempotency-Key"],
    properties: {
      ...callHeaders,
      "Content-Digest": { type: "string", description: "RFC 9530, with `sha-256`.", examples: [EXAMPLE_DIGEST] },
    },
  },
  body: {
    content: {
      "application/json": { schema: JsonRows },
      "text/plain": text("85073003328\n12345625\n"),
      "text/csv": text("85073003328;C-1\n12345625001;C-2\n"),
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": text("PK…"),
    },
  },
  response: {
    200: {
      description: "Answered, or refused: `state` says which.",
      headers: { Location: { type: "string", format: "uri-reference", description: "Where the answers stay." } },
      content: {
        "application/json": {
          schema: referTo(VerificationSchema),
          examples: { processed: { value: EXAMPLE_VERIFICATION } },
        },
      },
    },
    202: {
      description: "Stored, and waits for its turn.",
      headers: { Location: { type: "string", format: "uri-reference", description: "Where the answers will be." } },
      content: {
        "application/json": {
          schema: referTo(VerificationSchema),
          examples: { received: { value: EXAMPLE_WAITING_VERIFICATION } },
        },
      },
    },
    400: problemResponse("The key is missing, or the transfer cannot be trusted; nothing was stored.", {
      keyMissing: keyMissing(false),
      digestMismatch: digestMismatch("sha-256"),
    }),
    408: problemResponse("It arrived too slowly; nothing was stored.", { tooSlow: requestTimeout() }),
    413: problemResponse("More bytes than a hundred thousand rows can have; nothing was stored.", {
      tooLarge: tooLarge(MAXIMUM_VERIFICATION_BYTES),
    }),
    415: problemResponse("None of the media types, or compressed; nothing was stored.", {
      notTaken: unsupported("A verification is JSON, text, CSV or an XLSX workbook.", VERIFICATION_MEDIA_TYPES),
    }),
    422: problemResponse("The key was used for something else; nothing was stored.", {
      keyReused: exampleOf("keyReused"),
    }),
    429: problemResponse("Too many files are being received at this moment; nothing was stored.", {
      tooManyTransfers: new Problem("tooManyRequests", "Too many files are being received at this moment.", {
        retryAfterSec: 30,
      }),
    }),
  },
};

export async function createVerificationRoute(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    // Bodies are streams here, as those of submissions.
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    const path = `${API_ROOT}/inamiVerifications`;
    scope.post(path, { schema, config: { scope: SCOPES.submit } }, async (request, reply) => {
      const standing = await receive(request, provide());
      const { submissionId, endedAt } = standing.submission;
      request.submissionId = submissionId;
      reply.code(endedAt ? 200 : 202).header("Location", verificationPath(submissionId));
      return viewVerification(standing, PAGE, answerLanguage(request, reply));
    });
  });
}

/** What is answered is read in the transaction that puts on record whom it names. */
async function receive(request: FastifyRequest, { intake, audit }: HttpDependencies): Promise<StandingVerification> {
  const insurer = getInsurer(request);
  const reference = readKey(request);
  const maximumBytes = Math.min(intake.maximumBytes, MAXIMUM_VERIFICATION_BYTES);
  checkBodyHeaders(request.headers, maximumBytes, VERIFICATION_MEDIA_TYPES, "A verification");
  const field = request.headers["content-digest"];
  const digests = field === undefined ? undefined : parseContentDigest(Array.isArray(field) ? field.join(", ") : field);
  const bytes = readBody(request.raw);
  let standing: StandingVerification | undefined;
  await receiveSubmission(intake, {
    insurers: [insurer],
    channel: "rest",
    actor: request.caller!.clientId,
    body: digests?.sha512 ? verifySha512(bytes, digests.sha512) : bytes,
    ...(digests && { expectedSha256: digests.sha256 }),
    maximumBytes,
    header: {
      sender: insurer.enterpriseNumber,
      reference,
      environment: intake.environmentName === "production" ? "R" : "S",
      kind: "inamiVerification",
    },
    async alsoCommit(tx, { submissionId, receipt: { receipt }, repeated, sha256 }) {
      if (receipt.findings.some(({ code }) => code === "referenceReused")) throw new CallRefused("keyReused");
      const isSmall = !repeated && receipt.state === "received" && receipt.byteLength <= AT_ONCE_BYTES;
      if (isSmall) await verifyAtOnce(intake, tx, { insurerId: insurer.insurerId, submissionId });
      standing = await findStanding(tx, insurer.insurerId, submissionId, PAGE);
      if (!standing) throw new CallRefused("keyReused");
      await recordWrite(request, tx, {
        status: standing.submission.endedAt ? 200 : 202,
        requestSha256: sha256,
        persons: listNamedPersons(audit.persons, standing.rows.slice(0, PAGE.pageSize)),
      });
    },
  }).catch((error: unknown) => {
    const isTooLarge = error instanceof TransferRefused && error.code === "payloadTooLarge";
    throw isTooLarge ? tooLarge(maximumBytes) : callProblem(error);
  });
  return standing!;
}
