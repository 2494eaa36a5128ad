import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { DRY_RUN_EFFECTS, type ListedDryRunRow } from "../../intake/dry-run.ts";
import { listDryRunRows } from "../../intake/submission-queries.ts";
import { answerMediaType, notAcceptable } from "../answer.ts";
import { hashInamiRoots } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import { EXAMPLE_SUBMISSION_ID } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT, contractPath, submissionPath, withQuery } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Href, Link, oneOf } from "../schema-parts.ts";

const MEDIA_TYPES = ["application/json"] as const;

const Row = Type.Object(
  {
    href: Type.String({ format: "uri-reference", description: "The outcome of the record, or the missing contract." }),
    rowNumber: Type.Integer({ minimum: 1 }),
    effect: oneOf(
      DRY_RUN_EFFECTS,
      "What would become of it; `closed`: ended or cancelled; `missing`: a contract that a full file does not name.",
    ),
    recordNumber: Type.Optional(Type.Integer({ minimum: 1, description: "Place of the record in the file, from 1." })),
    senderReference: Type.Optional(Type.String()),
    contract: Type.Optional(Link),
    contractNumber: Type.Optional(Type.String({ description: "Of the contract." })),
    inamiRoot: Type.Optional(Type.String({ pattern: "^\\d{8}$", description: "Of the contract, as it is kept." })),
    fields: Type.Optional(
      Type.Array(Type.String(), {
        description: "Where a full file says otherwise than the store: fields of the contract file that differ.",
      }),
    ),
  },
  { title: "DryRunEffect" },
);

const EXAMPLE_ROW: ListedDryRunRow = {
  rowNumber: 1,
  effect: "changed",
  recordNumber: 1,
  senderReference: "R-000001",
  contractId: "019aa9d2-0000-7000-8000-2f1c5f0e7a10",
  contractNumber: "PLCI-2019-000123",
  inamiRoot: "12345625",
  fields: "contractKind, solidarity",
};
const examplePath = `${submissionPath(EXAMPLE_SUBMISSION_ID)}/effects`;
const schema = {
  operationId: "listDryRunEffects",
  summary: "List what a dry run would do",
  description:
    "The records in the order of the file, then the contracts that the full file of a comparison does not name. Empty where the " +
    "submission is no dry run, or has not ended. Follow `next` until it is absent.",
  tags: ["Submissions"],
  params: SubmissionParams,
  querystring: Type.Object({
    effect: Type.Optional(oneOf(DRY_RUN_EFFECTS, "Only rows with this effect.")),
    afterRow: Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      default: 0,
      description: "The last row of the page before.",
    }),
    pageSize: Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: "Items of a page at most." }),
  }),
  response: {
    200: {
      description: "One page.",
      content: {
        "application/json": {
          schema: Type.Object(
            { self: Href, items: Type.Array(Row), pageSize: Type.Integer(), next: Type.Optional(Href) },
            { title: "DryRunEffectCollection" },
          ),
          examples: {
            changed: {
              value: {
                self: `${examplePath}?effect=changed&afterRow=0&pageSize=1`,
                items: [viewRow(EXAMPLE_SUBMISSION_ID, EXAMPLE_ROW)],
                pageSize: 1,
              },
            },
          },
        },
      },
    },
    404: problemResponse("No submission of yours has this id.", { notFound: submissionNotFound() }),
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

export function listDryRunEffectsRoute(app: Api, provide: ProvideDependencies): void {
  app.get(
    `${API_ROOT}/submissions/:submissionId/effects`,
    { schema, config: { scope: SCOPES.consult } },
    async (request, reply) => {
      answerMediaType(request, reply, MEDIA_TYPES);
      const { effect, afterRow, pageSize } = request.query;
      const { submissionId } = await getOwnSubmission(request, request.params.submissionId, provide);
      // One more than asked for tells whether there is a next page.
      const page = { afterRow, limit: pageSize + 1, ...(effect && { effect }) };
      const found = await listDryRunRows(getTenant(request, provide), submissionId, page);
      const rows = found.slice(0, pageSize);
      const last = rows.at(-1);
      request.persons = hashInamiRoots(
        provide().audit,
        rows.flatMap(({ inamiRoot }) => (inamiRoot === null ? [] : { inamiRoot })),
      );
      const path = `${submissionPath(submissionId)}/effects`;
      return {
        self: withQuery(path, { effect, afterRow, pageSize }),
        items: rows.map((row) => viewRow(submissionId, row)),
        pageSize,
        ...(found.length > pageSize &&
          last && { next: withQuery(path, { effect, afterRow: last.rowNumber, pageSize }) }),
      };
    },
  );
}

function viewRow(submissionId: string, row: ListedDryRunRow) {
  const { rowNumber, effect, recordNumber, senderReference, contractId, contractNumber, inamiRoot, fields } = row;
  const isMissing = recordNumber === null && contractId !== null;
  return {
    href: isMissing ? contractPath(contractId) : `${submissionPath(submissionId)}/records/${recordNumber}`,
    rowNumber,
    effect,
    ...(recordNumber !== null && { recordNumber }),
    ...(senderReference !== null && { senderReference }),
    ...(contractId !== null && { contract: { href: contractPath(contractId) } }),
    ...(contractNumber !== null && { contractNumber }),
    ...(inamiRoot !== null && { inamiRoot }),
    ...(fields !== null && { fields: fields.split(", ") }),
  };
}
