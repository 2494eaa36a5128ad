import { Type } from "typebox";
import {
  CONTRACT_STATES,
  countPortfolio,
  listPortfolio,
  type PortfolioContract,
  type PortfolioFilter,
  readKnownAt,
} from "../../../contracts/portfolio.ts";
import type { Tenant } from "../../../database/tenant-scope.ts";
import { CONTRACT_KINDS } from "../../../formats/contract-file/contract-file-vocabulary.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { answerMediaType, notAcceptable, sendParts } from "../../answer.ts";
import { auditContractPages, hashContractPersons } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import {
  ContractSchema,
  EXAMPLE_CONTRACT,
  EXAMPLE_TODAY,
  InamiNumber,
  Ssin,
  viewContract,
} from "../../contract-view.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { API_ROOT, withQuery } from "../../paths.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, oneOf, referTo } from "../../schema-parts.ts";
import { CONTRACT_TAGS } from "./change-contract.ts";
import { InstantText, readInstant } from "./instants.ts";

const QUERY_PATH = `${API_ROOT}/contracts/query`;
const SNAPSHOT_MEDIA_TYPES = ["application/x-ndjson"] as const;
const SNAPSHOT_PAGE = 500;
const ROOT_DIGITS = 8;
const MAXIMUM_NUMBERS = 500;

const querySchema = {
  operationId: "queryContracts",
  summary: "Look contracts up",
  description:
    "Contracts that fit everything that is asked, in the order of their ids. Personal numbers are in the body, so the page is " +
    "asked for by `POST`; send the same body to `next`, until that is absent. All pages are of one moment, `knownAt`, whatever " +
    "changes between them. A contract is found under the number it is kept under: that of the register when it was declared.",
  tags: CONTRACT_TAGS,
  querystring: Type.Object({
    afterContract: Type.Optional(
      Type.String({
        pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description: "The last contract of the page before.",
      }),
    ),
    knownAt: Type.Optional(InstantText),
    pageSize: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: "Items of a page at most." }),
  }),
  body: Type.Object(
    {
      inamiNumbers: Type.Optional(Type.Array(InamiNumber, { minItems: 1, maxItems: MAXIMUM_NUMBERS })),
      ssins: Type.Optional(Type.Array(Ssin, { minItems: 1, maxItems: MAXIMUM_NUMBERS })),
      contractKind: Type.Optional(oneOf(CONTRACT_KINDS, "In one of its periods.")),
      state: Type.Optional(oneOf(CONTRACT_STATES)),
      changedSince: Type.Optional(InstantText),
    },
    { examples: [{ inamiNumbers: ["12345625001"], state: "active" }] },
  ),
  response: {
    200: {
      description: "One page.",
      content: {
        "application/json": {
          schema: Type.Object(
            {
              self: Href,
              items: Type.Array(referTo(ContractSchema)),
              knownAt: Instant,
              pageSize: Type.Integer(),
              next: Type.Optional(Href),
            },
            { title: "ContractCollection" },
          ),
          examples: {
            page: {
              value: {
                self: `${QUERY_PATH}?pageSize=1`,
                items: [viewContract(EXAMPLE_CONTRACT, EXAMPLE_TODAY)],
                knownAt: EXAMPLE_CONTRACT.changedAt.toISOString(),
                pageSize: 1,
                next: withQuery(QUERY_PATH, {
                  afterContract: EXAMPLE_CONTRACT.contractId,
                  knownAt: EXAMPLE_CONTRACT.changedAt.toISOString(),
                  pageSize: 1,
                }),
              },
            },
          },
        },
      },
    },
  },
};

const snapshotSchema = {
  operationId: "getContractSnapshot",
  summary: "Get the portfolio as held",
  description:
    "Every contract, those that ended or were cancelled too, as JSON lines: the first line tells the moment (`knownAt`) and how " +
    "many contracts follow (`contractCount`), each further line is one contract as `getContract` gives it. With `knownAt`, as " +
    "known then. Fewer lines than announced: the transfer broke off.",
  tags: CONTRACT_TAGS,
  querystring: Type.Object({ knownAt: Type.Optional(InstantText) }),
  response: {
    200: {
      description: "JSON lines, one contract each after the first.",
      content: {
        [SNAPSHOT_MEDIA_TYPES[0]]: {
          schema: { type: "string", format: "binary" },
          examples: {
            one: {
              value: `${JSON.stringify({ knownAt: EXAMPLE_CONTRACT.changedAt, contractCount: 1 })}\n${JSON.stringify(viewContract(EXAMPLE_CONTRACT, EXAMPLE_TODAY))}\n`,
            },
          },
        },
      },
    },
    406: problemResponse("Accept names another media type.", { notAcceptable: notAcceptable(SNAPSHOT_MEDIA_TYPES) }),
  },
};

export function addContractQueryRoute(app: Api, provide: ProvideDependencies): void {
  const config = { scope: SCOPES.consult, reads: true };
  app.post(QUERY_PATH, { schema: querySchema, config }, async (request, reply) => {
    // A page is hundreds of periods: the serializer that follows the schema takes three times as long, and leaves garbage.
    reply.type("application/json; charset=utf-8").serializer(JSON.stringify);
    const { pageSize, afterContract } = request.query;
    const asked = readInstant(request.query.knownAt, "knownAt");
    const filter = readFilter(request.body);
    const { audit, intake } = provide();
    const tenant = getTenant(request, provide);
    const today = await intake.clock.todayOf(tenant.insurerId);
    const { knownAt, found } = await tenant.run(async (tx) => {
      const knownAt = await readKnownAt(tx, tenant.insurerId, asked);
      // One more than asked for tells whether there is a next page.
      const page = { knownAt, limit: pageSize + 1, ...(afterContract !== undefined && { after: afterContract }) };
      return { knownAt, found: await listPortfolio(tx, tenant.insurerId, filter, today, page) };
    });
    const contracts = found.slice(0, pageSize);
    request.persons = hashContractPersons(audit, contracts);
    const last = contracts.at(-1);
    return {
      self: withQuery(QUERY_PATH, request.query),
      items: contracts.map((contract) => viewContract(contract, today)),
      knownAt: knownAt.toISOString(),
      pageSize,
      ...(found.length > pageSize &&
        last && {
          next: withQuery(QUERY_PATH, { afterContract: last.contractId, knownAt: knownAt.toISOString(), pageSize }),
        }),
    };
  });
}

export function addSnapshotRoute(app: Api, provide: ProvideDependencies): void {
  const config = { scope: SCOPES.consult };
  app.get(`${API_ROOT}/contracts/snapshot`, { schema: snapshotSchema, config }, async (request, reply) => {
    const mediaType = answerMediaType(request, reply, SNAPSHOT_MEDIA_TYPES);
    const asked = readInstant(request.query.knownAt, "knownAt");
    const tenant = getTenant(request, provide);
    const today = await provide().intake.clock.todayOf(tenant.insurerId);
    const { knownAt, contractCount } = await tenant.run(async (tx) => {
      const knownAt = await readKnownAt(tx, tenant.insurerId, asked);
      return { knownAt, contractCount: await countPortfolio(tx, tenant.insurerId, knownAt) };
    });
    const pages = auditContractPages(request, provide, iteratePortfolio(tenant, today, knownAt));
    async function* lines() {
      yield `${JSON.stringify({ knownAt, contractCount })}\n`;
      for await (const page of pages) {
        yield page.map((contract) => `${JSON.stringify(viewContract(contract, today))}\n`).join("");
      }
    }
    return sendParts(request, reply.type(`${mediaType}; charset=utf-8`), lines());
  });
}

interface Query extends Omit<PortfolioFilter, "inamiRoots" | "changedSince"> {
  readonly inamiNumbers?: readonly string[];
  readonly changedSince?: string;
}

function readFilter({ inamiNumbers, changedSince, ...others }: Query): PortfolioFilter {
  const since = readInstant(changedSince, "changedSince", "body");
  return {
    ...others,
    ...(inamiNumbers && { inamiRoots: inamiNumbers.map((number) => number.slice(0, ROOT_DIGITS)) }),
    ...(since && { changedSince: since }),
  };
}

/** Page by page in transactions of their own: what was known at an instant needs no snapshot held open. */
async function* iteratePortfolio(tenant: Tenant, today: string, knownAt: Date): AsyncGenerator<PortfolioContract[]> {
  for (let after: string | undefined; ; ) {
    const page = { knownAt, limit: SNAPSHOT_PAGE, ...(after !== undefined && { after }) };
    const contracts = await tenant.run((tx) => listPortfolio(tx, tenant.insurerId, {}, today, page));
    if (contracts.length === 0) return;
    yield contracts;
    after = contracts.at(-1)!.contractId;
  }
}
