import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { receiveSubmission } from "../../intake/receive-submission.ts";
import { answerLanguage } from "../answer.ts";
import { recordWrite } from "../audit-answers.ts";
import { listCandidateInsurers, settleInsurer } from "../authorize.ts";
import { digestMismatch, parseContentDigest, verifySha512 } from "../content-digest.ts";
import { EXAMPLE_CONTRACT_FILE, EXAMPLE_DIGEST, EXAMPLE_JWS, EXAMPLE_RECEIPT } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { requestTimeout } from "../limits/slow-body.ts";
import { API_ROOT, submissionPath } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";
import { readBody } from "../read-body.ts";
import { ReceiptSchema, viewReceipt } from "../receipt-view.ts";
import { referTo } from "../schema-parts.ts";
import { CONTRACT_FILE_MEDIA_TYPES, checkTransferHeaders, tooLarge } from "../transfer-headers.ts";

const contractFile = {
  schema: {
    type: "string",
    format: "binary",
    description: "schemas/contract-file/1/contract-file.xsd",
    "x-examples": { initialLoad: { summary: "One contract of an initial load", value: EXAMPLE_CONTRACT_FILE } },
  },
};

const schema = {
  operationId: "createSubmission",
  summary: "Send a contract file",
  description:
    "The body is streamed to durable storage and answered with a receipt once it is stored. Whatever is wrong with the content is " +
    "said in receipt and report; only what is wrong with the transfer is a problem, and then nothing was stored. Sending the same " +
    "bytes under the same reference again gives the first receipt again, so a retry is always safe. With `Expect: 100-continue` a " +
    "transfer that would be refused is refused before the body is sent. A client that may act for several insurers need not name " +
    "one in `Infoss-Insurer`: the sender in the root of the file does, and the receipt says under which insurer the file stands.",
  tags: ["Submissions"],
  querystring: Type.Object({
    dryRun: Type.Optional(
      Type.Boolean({
        description:
          "Only to learn what the file would do: checked and merged against the real state, then forgotten but for its findings " +
          "and effects. It ends as `tested`. Of kind `initialLoad` it compares a full file with what is held, in every phase.",
      }),
    ),
  }),
  headers: {
    type: "object",
    required: ["Content-Digest"],
    properties: {
      "Content-Digest": {
        type: "string",
        description: "RFC 9530. `sha-256` is required; `sha-512` is verified too when it is there.",
        examples: [EXAMPLE_DIGEST],
      },
    },
  },
  body: { content: Object.fromEntries(CONTRACT_FILE_MEDIA_TYPES.map((mediaType) => [mediaType, contractFile])) },
  response: {
    202: {
      description: "Stored. The state in the receipt says whether the file was refused at once.",
      headers: {
        Location: { type: "string", format: "uri-reference", description: "Where to follow the submission." },
      },
      content: {
        "application/json": {
          schema: referTo(ReceiptSchema),
          examples: { received: { value: viewReceipt({ receipt: EXAMPLE_RECEIPT, jws: EXAMPLE_JWS }, "en") } },
        },
      },
    },
    400: problemResponse("The transfer cannot be trusted; nothing was stored.", {
      digestMissing: thrownBy(() => parseContentDigest(undefined)),
      digestMismatch: digestMismatch("sha-256"),
    }),
    408: problemResponse(
      "It arrived too slowly: at least 10 kB must come in each minute, and all of it within an hour. Nothing was stored: " +
        "send the same bytes again. The connection is closed.",
      { tooSlow: requestTimeout() },
    ),
    413: problemResponse("Announced or found too large; nothing was stored.", { tooLarge: tooLarge(2_147_483_648) }),
    415: problemResponse("Not XML, or compressed; nothing was stored.", {
      notXml: thrownBy(() => checkTransferHeaders({ "content-type": "application/json" }, 1)),
    }),
    429: problemResponse("Too many files are being received at this moment; nothing was stored.", {
      tooManyTransfers: new Problem("tooManyRequests", "Too many files are being received at this moment.", {
        retryAfterSec: 30,
      }),
    }),
  },
};

export async function createSubmissionRoute(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    // Bodies are streams here, of any media type: the handler says which ones it takes.
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    scope.post(`${API_ROOT}/submissions`, { schema, config: { scope: SCOPES.submit } }, async (request, reply) => {
      const { intake } = provide();
      const { dryRun } = request.query as { readonly dryRun?: boolean };
      const insurers = listCandidateInsurers(request);
      const { sha256, sha512 } = checkTransferHeaders(request.headers, intake.maximumBytes);
      if (/100-continue/i.test(request.headers.expect ?? "")) reply.raw.writeContinue();
      const bytes = readBody(request.raw);
      const body = sha512 ? verifySha512(bytes, sha512) : bytes;
      const { submissionId, receipt } = await receiveSubmission(intake, {
        insurers,
        channel: "rest",
        isDryRun: dryRun === true,
        ...(request.caller && { actor: request.caller.clientId }),
        body,
        expectedSha256: sha256,
        onInsurer: (insurer) => settleInsurer(request, insurer),
        alsoCommit: (tx, { sha256: requestSha256 }) => recordWrite(request, tx, { status: 202, requestSha256 }),
      });
      request.submissionId = submissionId;
      reply.code(202).header("Location", submissionPath(submissionId));
      return viewReceipt(receipt, answerLanguage(request, reply));
    });
  });
}

/** The problem that a check throws, for an example that cannot differ from it. */
function thrownBy(check: () => unknown): Problem {
  try {
    check();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error("the check of an example threw no problem");
}
