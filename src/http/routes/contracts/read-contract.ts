import { Type } from "typebox";
import { type ContractVersion, listContractVersions } from "../../../contracts/contract-versions.ts";
import { findContract } from "../../../contracts/portfolio.ts";
import { VERSION_ACTIONS } from "../../../contracts/version-action.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { hashContractPersons } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import { etagHeader, setEtag } from "../../contract-call.ts";
import { contractNotFound } from "../../contract-problems.ts";
import {
  ContractSchema,
  EndReasonSchema,
  EXAMPLE_CONTRACT,
  EXAMPLE_TODAY,
  periodFields,
  viewContract,
  viewPeriod,
} from "../../contract-view.ts";
import { EXAMPLE_SUBMISSION_ID } from "../../examples.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { isUuid } from "../../own-submission.ts";
import { API_ROOT, contractPath, submissionPath, withQuery } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { DAY_PATTERN, Href, Instant, Link, oneOf, referTo } from "../../schema-parts.ts";
import { CONTRACT_TAGS, ContractParams } from "./change-contract.ts";
import { InstantText, readDay, readInstant } from "./instants.ts";

const nothing = problemResponse("No contract of yours has this id.", { notFound: contractNotFound() });

const getSchema = {
  operationId: "getContract",
  summary: "Get a contract",
  description: "As it is known now, with all its periods.",
  tags: CONTRACT_TAGS,
  params: ContractParams,
  response: {
    200: {
      description: "The contract.",
      headers: etagHeader,
      content: {
        "application/json": {
          schema: referTo(ContractSchema),
          examples: { active: { value: viewContract(EXAMPLE_CONTRACT, EXAMPLE_TODAY) } },
        },
      },
    },
    404: nothing,
  },
};

const Version = Type.Object(
  {
    href: Type.String({
      format: "uri-reference",
      description: "The outcome of the record that it came from; of a `transfer`, these versions.",
    }),
    version: Type.Integer({ minimum: 1 }),
    ...periodFields,
    endOn: Type.Optional(Type.String({ format: "date", description: "Last day covered by the contract." })),
    endReason: Type.Optional(EndReasonSchema),
    recordedAt: Instant,
    supersededAt: Type.Optional(
      Type.String({ format: "date-time", description: "Since when we know better. Absent: it is what we know." }),
    ),
    action: oneOf(VERSION_ACTIONS, "Of the record that it came from, or `transfer` of the portfolio by an operator."),
    reason: Type.Optional(Type.String({ description: "As sent with the record." })),
    submission: Type.Optional(Link),
    recordNumber: Type.Optional(Type.Integer({ minimum: 1 })),
    transferId: Type.Optional(
      Type.String({ format: "uuid", description: "Instead of a submission, of a `transfer`." }),
    ),
  },
  { title: "ContractVersion" },
);

const versionsPath = (contractId: string) => `${contractPath(contractId)}/versions`;
const { periods } = EXAMPLE_CONTRACT;
const EXAMPLE_VERSION: ContractVersion = {
  ...periods[1]!,
  version: 3,
  endOn: null,
  endReason: null,
  recordedAt: EXAMPLE_CONTRACT.changedAt,
  supersededAt: null,
  action: "modify",
  submissionId: EXAMPLE_SUBMISSION_ID,
  recordNumber: 1,
  reason: null,
  actor: null,
};

const versionsSchema = {
  operationId: "listContractVersions",
  summary: "List the versions of a contract",
  description:
    "What held when, since when we knew, where it came from. With `knownAt`, as it was known then: that answer never changes. " +
    "With `validOn`, only what covered that day. With neither, every version ever recorded.",
  tags: CONTRACT_TAGS,
  params: ContractParams,
  querystring: Type.Object({
    validOn: Type.Optional(Type.String({ format: "date", pattern: DAY_PATTERN, description: "A day (yyyy-mm-dd)." })),
    knownAt: Type.Optional(InstantText),
  }),
  response: {
    200: {
      description: "All of them: in the order of their days, then of their recording.",
      content: {
        "application/json": {
          schema: Type.Object(
            {
              self: Href,
              knownAt: Type.Optional(
                Type.String({
                  format: "date-time",
                  description:
                    "The instant the answer is about, where one was asked for: never later than the last change.",
                }),
              ),
              items: Type.Array(Version),
            },
            { title: "ContractVersionCollection" },
          ),
          examples: {
            asKnown: {
              value: {
                self: withQuery(versionsPath(EXAMPLE_CONTRACT.contractId), { validOn: EXAMPLE_TODAY }),
                items: [viewVersion(EXAMPLE_VERSION, EXAMPLE_CONTRACT.contractId)],
              },
            },
          },
        },
      },
    },
    404: nothing,
  },
};

export function addContractReadRoutes(app: Api, provide: ProvideDependencies): void {
  const config = { scope: SCOPES.consult };
  app.get(`${API_ROOT}/contracts/:contractId`, { schema: getSchema, config }, async (request, reply) => {
    const { contractId } = request.params;
    if (!isUuid(contractId)) throw contractNotFound();
    const tenant = getTenant(request, provide);
    const contract = await tenant.run((tx) => findContract(tx, tenant.insurerId, contractId));
    if (!contract) throw contractNotFound();
    const { audit, intake } = provide();
    request.persons = hashContractPersons(audit, [contract]);
    setEtag(reply, contract.version);
    return viewContract(contract, await intake.clock.todayOf(tenant.insurerId));
  });

  app.get(`${API_ROOT}/contracts/:contractId/versions`, { schema: versionsSchema, config }, async (request) => {
    const { contractId } = request.params;
    if (!isUuid(contractId)) throw contractNotFound();
    const knownAt = readInstant(request.query.knownAt, "knownAt");
    const validOn = readDay(request.query.validOn);
    const tenant = getTenant(request, provide);
    const answer = await tenant.run(async (tx) => {
      const contract = await findContract(tx, tenant.insurerId, contractId);
      const question = { ...(validOn !== undefined && { validOn }), ...(knownAt !== undefined && { knownAt }) };
      return contract && (await listContractVersions(tx, tenant.insurerId, contract.contractId, question));
    });
    if (!answer) throw contractNotFound();
    request.persons = hashContractPersons(provide().audit, [{ periods: answer.versions }]);
    return {
      self: withQuery(versionsPath(contractId), request.query),
      ...(knownAt && answer.knownAt && { knownAt: answer.knownAt.toISOString() }),
      items: answer.versions.map((version) => viewVersion(version, contractId)),
    };
  });
}

function viewVersion(version: ContractVersion, contractId: string) {
  const { endOn, endReason, recordedAt, supersededAt, action, reason, submissionId, recordNumber } = version;
  const isTransfer = action === "transfer";
  return {
    href: isTransfer ? versionsPath(contractId) : `${submissionPath(submissionId)}/records/${recordNumber}`,
    version: version.version,
    ...viewPeriod(version),
    ...(endOn !== null && { endOn }),
    ...(endReason !== null && { endReason }),
    recordedAt: recordedAt.toISOString(),
    ...(supersededAt !== null && { supersededAt: supersededAt.toISOString() }),
    action,
    ...(reason !== null && { reason }),
    ...(isTransfer
      ? { transferId: submissionId }
      : { submission: { href: submissionPath(submissionId) }, recordNumber }),
  };
}
