import { Type } from "typebox";
import {
  type KeptReceipt,
  listFactFiles,
  listFactFindings,
  type TextedFinding,
} from "../../../advantage/facts/fact-files.ts";
import { FACT_FINDINGS } from "../../../advantage/facts/fact-findings.ts";
import { type FactsLoaded, loadFactFile } from "../../../operator/facts.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { digestMismatch, parseContentDigest } from "../../content-digest.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { limitBody, readBody } from "../../read-body.ts";
import { Count, Href, Instant, Link, oneOf } from "../../schema-parts.ts";
import { checkBodyHeaders, tooLarge, unsupported } from "../../transfer-headers.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { createdAnswer, jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/facts`;
const MEDIA_TYPES = ["application/x-ndjson", "application/jsonl"] as const;

const fields = {
  fileId: Type.String({ format: "uuid" }),
  name: Type.String(),
  sha256: Type.String({ description: "Of the bytes, in hexadecimal digits." }),
  loadedAt: Instant,
  loadedBy: Type.String(),
  lines: Count,
  accepted: Count,
  rejected: Count,
  findingCount: Count,
  changed: Type.Integer({ minimum: 0, description: "Rows of facts that are new or came out otherwise." }),
  persons: Type.Integer({ minimum: 0, description: "Whose facts changed; they are evaluated anew soon." }),
  findings: Link,
};
const FactFile = Type.Object({ self: Href, ...fields }, { title: "FactFile" });
const FactFileItem = Type.Object({ href: Href, ...fields }, { title: "FactFileItem" });
const FactFinding = Type.Object(
  {
    number: Count,
    line: Type.Integer({ minimum: 1 }),
    severity: oneOf(["error", "warning"]),
    code: oneOf(Object.keys(FACT_FINDINGS)),
    field: Type.Optional(Type.String()),
    text: Type.String(),
  },
  { title: "FactFinding" },
);

/** Findings are part of their file, not resources of their own. */
const FactFindingPage = Type.Object(
  { self: Href, findings: Type.Array(FactFinding), pageSize: Type.Integer(), next: Type.Optional(Href) },
  { title: "FactFindingPage" },
);

const EXAMPLE: KeptReceipt = {
  ...{ fileId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10", name: "pensions-2026-11.jsonl" },
  ...{ sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", loadedBy: "desk-1" },
  ...{
    loadedAt: new Date("2026-11-22T09:00:00.000Z"),
    lines: 3,
    accepted: 2,
    rejected: 1,
    findings: 1,
    changed: 2,
    persons: 2,
  },
};
const EXAMPLE_FINDING: TextedFinding = {
  ...{ number: 0, line: 2, severity: "error", code: "personUnknown", field: "inamiNumber" },
  text: FACT_FINDINGS.personUnknown.text,
};

const factFileNotFound = actProblem(new OperatorError("factFileNotFound", "There is no such file of facts."), [
  "fileId",
]);
const notFound = problemResponse("There is no such file.", { notFound: factFileNotFound });
const params = Type.Object({ fileId: Type.String({ format: "uuid", description: "As in the list." }) });

const factFile = {
  schema: {
    type: "string",
    format: "binary",
    description: "docs/facts.md: one JSON object a line",
    "x-examples": {
      pension: { summary: "A pension", value: '{"kind":"pension","inamiNumber":"10000007001","on":"2024-04-01"}\n' },
    },
  },
};

const loadSchema = {
  operationId: "loadFacts",
  summary: "Load a file of facts",
  description:
    "Lines that cannot be are left out and found; the others count at once, and whomever they concern is evaluated anew soon. The same " +
    "bytes again give the first receipt and change nothing. A `Content-Digest` need not be there; one that is must match.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    name: Type.Optional(
      Type.String({
        maxLength: 200,
        pattern: "^[^\\u0000]*$",
        description: "How the file is called, for whoever reads the list.",
      }),
    ),
    amountsAreCents: Type.Optional(
      Type.Boolean({ description: "Small amounts of money were looked at: they are no euros." }),
    ),
  }),
  body: { content: Object.fromEntries(MEDIA_TYPES.map((mediaType) => [mediaType, factFile])) },
  response: {
    200: jsonAnswer("Loaded before.", FactFile, { before: viewFile(EXAMPLE) }),
    201: createdAnswer("Loaded.", FactFile, { loaded: viewFile(EXAMPLE) }),
    400: problemResponse("The bytes are not those announced.", { digestMismatch: digestMismatch("sha-256") }),
    409: problemResponse("The whole file cannot be used.", {
      euros: actProblem(new OperatorError("factFileRefused", "Amounts of money in this file look like euros.")),
    }),
    413: problemResponse("It is too large.", { tooLarge: tooLarge(2_147_483_648) }),
    415: problemResponse("It is no file of facts.", {
      notLines: unsupported("A file of facts is JSON, one object a line.", MEDIA_TYPES),
    }),
  },
};

const listSchema = {
  operationId: "listFactFiles",
  summary: "List the files of facts, newest first",
  description: "Their receipts. Follow `next` until it is absent.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    afterFile: Type.Optional(Type.String({ pattern: UUID_PATTERN, description: "The last file of the page before." })),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(FactFileItem, "FactFileCollection"), {
      page: { self: `${PATH}?pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
  },
};

const getSchema = {
  operationId: "getFactFile",
  summary: "Look at the receipt of a file of facts",
  description: "Who loaded it, when, and what it did.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("The receipt.", FactFile, { receipt: viewFile(EXAMPLE) }), 404: notFound },
};

const findingsSchema = {
  operationId: "listFactFindings",
  summary: "List what was found in a file of facts",
  description: "In the order of its lines; never a value. The first 10,000 are kept.",
  tags: OPERATOR_TAGS,
  params,
  querystring: Type.Object({
    afterFinding: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description: "Number of the last finding of the page before.",
      }),
    ),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", FactFindingPage, {
      page: { self: `${PATH}/${EXAMPLE.fileId}/findings?pageSize=20`, findings: [EXAMPLE_FINDING], pageSize: 20 },
    }),
    404: notFound,
  },
};

export async function addFactRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  await app.register(async (scope) => {
    // Bodies are streams here, of any media type: the handler says which ones it takes.
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    scope.post(PATH, { schema: loadSchema, config: FOR_OPERATORS }, async (request, reply) => {
      const { intake } = provide();
      const { name = "facts", amountsAreCents = false } = request.query as { name?: string; amountsAreCents?: boolean };
      checkBodyHeaders(request.headers, intake.maximumBytes, MEDIA_TYPES, "A file of facts");
      const digest = request.headers["content-digest"];
      const announced = digest === undefined ? undefined : parseContentDigest(String(digest)).sha256.toString("hex");
      const body = limitBody(readBody(request.raw), intake.maximumBytes);
      const upload = { body, name, amountsAreCents, businessDate: intake.clock.today() };
      const act: Act<FactsLoaded> = async (tx, actor) => {
        const loaded = await loadFactFile(tx, actor, upload);
        if (announced !== undefined && announced !== loaded.receipt.sha256) throw digestMismatch("sha-256");
        return loaded;
      };
      const { receipt } = await perform(request, reply, provide, { status: 201, act });
      reply.code(receipt.isRepeated ? 200 : 201).header("Location", `${PATH}/${receipt.fileId}`);
      return viewFile(receipt);
    });
  });

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, (request) =>
    answerPage({
      ...{ path: PATH, query: request.query, cursor: "afterFile", view: viewItem },
      list: (limit) =>
        lookUp(request, provide, (institute) => listFactFiles(institute, { before: request.query.afterFile, limit })),
      idOf: ({ fileId }) => fileId,
    }),
  );

  app.get(`${PATH}/:fileId`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const fileId = readFileId(request.params);
    const [found] = await lookUp(request, provide, (institute) => listFactFiles(institute, { fileId, limit: 1 }));
    if (!found) throw factFileNotFound;
    return viewFile(found);
  });

  app.get(`${PATH}/:fileId/findings`, { schema: findingsSchema, config: FOR_OPERATORS }, async (request) => {
    const fileId = readFileId(request.params);
    const { items: findings, ...page } = await answerPage({
      ...{ path: `${PATH}/${fileId}/findings`, query: request.query, cursor: "afterFinding" },
      async list(limit) {
        const [[file], found] = await lookUp(request, provide, (institute) =>
          Promise.all([
            listFactFiles(institute, { fileId, limit: 1 }),
            listFactFindings(institute, fileId, { after: request.query.afterFinding, limit }),
          ]),
        );
        if (!file) throw factFileNotFound;
        return found;
      },
      view: (finding) => finding,
      idOf: ({ number }) => number,
    });
    return { ...page, findings };
  });
}

function readFileId({ fileId }: { fileId: string }): string {
  if (!new RegExp(UUID_PATTERN).test(fileId)) throw factFileNotFound;
  return fileId;
}

function viewFile(receipt: KeptReceipt) {
  return { self: `${PATH}/${receipt.fileId}`, ...viewFields(receipt) };
}

function viewItem(receipt: KeptReceipt) {
  return { href: `${PATH}/${receipt.fileId}`, ...viewFields(receipt) };
}

function viewFields({ loadedAt, findings, fileId, name, sha256, loadedBy, ...counts }: KeptReceipt) {
  const { lines, accepted, rejected, changed, persons } = counts;
  return {
    ...{ fileId, name, sha256, loadedBy, lines, accepted, rejected, changed, persons },
    loadedAt: loadedAt.toISOString(),
    findingCount: findings,
    findings: { href: `${PATH}/${fileId}/findings` },
  };
}
