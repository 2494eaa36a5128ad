import { Type } from "typebox";
import {
  CONTRACT_STATES,
  countPortfolio,
  listPortfolio,
  type PortfolioFilter,
  type PortfolioPage,
  readKnownAt,
} from "../../../contracts/portfolio.ts";
import type { Tenant } from "../../../database/tenant-scope.ts";
import { CONTRACT_KINDS } from "../../../formats/contract-file/contract-file-vocabulary.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { answerMediaType, notAcceptable, sendParts, sendText } from "../../answer.ts";
import { auditNamed, createNamedPersons } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import {
  ContractSchema,
  EXAMPLE_CONTRACT,
  EXAMPLE_TODAY,
  InamiNumber,
  renderContract,
  Ssin,
  viewContract,
} from "../../contract-view.ts";
import type { Api } from "../../fastify-types.ts";
import type { HttpDependencies, ProvideDependencies } from "../../http-dependencies.ts";
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
    "changes between them.",
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
      inamiNumbers: Type.Optional(
        Type.Array(InamiNumber, {
          minItems: 1,
          maxItems: MAXIMUM_NUMBERS,
          description:
            "A contract is found under the number it was declared with, and under every number that replaced it since or that " +
            "it replaced, as the register has them now. Only the first eight digits count.",
        }),
      ),
      ssins: Type.Optional(
        Type.Array(Ssin, {
          minItems: 1,
          maxItems: MAXIMUM_NUMBERS,
          description: "Finds only contracts that were declared with one of these SSINs, in one of their periods.",
        }),
      ),
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
    const { pageSize, afterContract } = request.query;
    const asked = readInstant(request.query.knownAt, "knownAt");
    const filter = readFilter(request.body);
    const { audit, intake } = provide();
    const tenant = getTenant(request, provide);
    const today = await intake.clock.todayOf(tenant.insurerId);
    const page = { asked, limit: pageSize, after: afterContract };
    const { texts, persons, last, hasMore, ...found } = await renderPage(tenant, audit, filter, today, page);
    request.persons = persons;
    const self = withQuery(QUERY_PATH, request.query);
    const knownAt = found.knownAt.toISOString();
    const next = hasMore && withQuery(QUERY_PATH, { afterContract: last, knownAt, pageSize });
    const rest = JSON.stringify({ knownAt, pageSize, ...(next && { next }) });
    const text = `{"self":${JSON.stringify(self)},"items":[${texts.join(",")}],${rest.slice(1)}`;
    // As it is: the serializer that follows the schema takes three times as long.
    return sendText(reply.type("application/json; charset=utf-8"), text);
  });
}

interface RenderedPage {
  readonly knownAt: Date;
  /** The JSON of each contract. */
  readonly texts: readonly string[];
  /** Whom they name. */
  readonly persons: Buffer[];
  /** Id of the last contract. */
  readonly last: string | undefined;
  readonly hasMore: boolean;
}

/** Renders each contract as it comes: a page is hundreds of periods, and what is there at once is copied by each collection of garbage. */
async function renderPage(
  tenant: Tenant,
  audit: HttpDependencies["audit"],
  filter: PortfolioFilter,
  today: string,
  page: PortfolioPage,
): Promise<RenderedPage> {
  const named = createNamedPersons(audit);
  const texts: string[] = [];
  let last: string | undefined;
  let hasMore = false;
  // One more than asked for tells whether there is a next page.
  const knownAt = await listPortfolio(tenant, filter, today, { ...page, limit: page.limit + 1 }, (contract) => {
    hasMore = texts.length === page.limit;
    if (hasMore) return;
    texts.push(renderContract(contract, today));
    named.add(contract.periodLines);
    last = contract.contractId;
  });
  return { knownAt, texts, persons: named.hash(), last, hasMore };
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
    const rendered = renderPortfolio(tenant, provide().audit, today, knownAt);
    const pages = auditNamed(request, provide, rendered, ({ persons }) => persons);
    async function* lines() {
      yield `${JSON.stringify({ knownAt, contractCount })}\n`;
      for await (const { texts } of pages) yield texts.map((text) => `${text}\n`).join("");
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

/** Page by page in statements of their own: what was known at an instant needs no snapshot held open. */
async function* renderPortfolio(
  tenant: Tenant,
  audit: HttpDependencies["audit"],
  today: string,
  knownAt: Date,
): AsyncGenerator<RenderedPage> {
  for (let after: string | undefined; ; ) {
    const page = await renderPage(tenant, audit, {}, today, { asked: knownAt, limit: SNAPSHOT_PAGE, after });
    if (page.texts.length > 0) yield page;
    if (!page.hasMore) return;
    after = page.last;
  }
}
