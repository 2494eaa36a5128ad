import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import {
  ADVANTAGE_STATUSES,
  type AdvantageFilter,
  listSocialAdvantages,
  readAdvantagesKnownAt,
} from "../../../advantage/social-advantages.ts";
import { CONTRACT_NUMBER_LENGTH } from "../../../formats/contract-file/contract-file-vocabulary.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { answerLanguage } from "../../answer.ts";
import { hashInamiRoots } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import { InamiNumber, Ssin } from "../../contract-view.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { withQuery } from "../../paths.ts";
import { Href, Instant, oneOf } from "../../schema-parts.ts";
import {
  EXAMPLE_ADVANTAGE,
  PremiumYear,
  SOCIAL_ADVANTAGES_PATH,
  SocialAdvantageItemSchema,
  viewSocialAdvantageItem,
} from "../../social-advantage-view.ts";
import { InstantText, readInstant } from "../contracts/instants.ts";

const QUERY_PATH = `${SOCIAL_ADVANTAGES_PATH}/query`;
const ROOT_DIGITS = 8;
const MAXIMUM_NUMBERS = 500;

const filterFields = {
  premiumYear: Type.Optional(PremiumYear),
  status: Type.Optional(oneOf(ADVANTAGE_STATUSES, "An outcome (`pending`, `payable`, `notPayable`), or a state.")),
};
const pageFields = {
  afterSocialAdvantage: Type.Optional(
    Type.String({
      pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      description: "The last one of the page before.",
    }),
  ),
  knownAt: Type.Optional(InstantText),
  pageSize: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Items of a page at most." }),
};
const pageQuery = Type.Object(pageFields);
type PageQuery = Static<typeof pageQuery>;

const page = (path: string) => ({
  200: {
    description: "One page.",
    content: {
      "application/json": {
        schema: Type.Object(
          {
            self: Href,
            items: Type.Array(SocialAdvantageItemSchema),
            knownAt: Instant,
            pageSize: Type.Integer(),
            next: Type.Optional(Href),
          },
          { title: "SocialAdvantageCollection" },
        ),
        examples: {
          page: {
            value: {
              self: `${path}?pageSize=1`,
              items: [viewSocialAdvantageItem(EXAMPLE_ADVANTAGE, "en")],
              knownAt: EXAMPLE_ADVANTAGE.changedAt.toISOString(),
              pageSize: 1,
              next: withQuery(path, {
                afterSocialAdvantage: EXAMPLE_ADVANTAGE.socialAdvantageId,
                knownAt: EXAMPLE_ADVANTAGE.changedAt.toISOString(),
                pageSize: 1,
              }),
            },
          },
        },
      },
    },
  },
});

const listSchema = {
  operationId: "listSocialAdvantages",
  summary: "List the status of your clients",
  description:
    "Each contract and each premium year that it covers, in the order of the ids. All pages are of one moment, `knownAt`, " +
    "whatever changes between them; ask for an earlier one to see what you could know then.",
  tags: ["Social advantages"],
  querystring: Type.Object({ ...filterFields, ...pageFields }),
  response: page(SOCIAL_ADVANTAGES_PATH),
};

const querySchema = {
  operationId: "querySocialAdvantages",
  summary: "Look the status of clients up",
  description:
    "What fits everything that is asked. Personal numbers are in the body, so the page is asked for by `POST`; send the same " +
    "body to `next`, until that is absent. All pages are of one moment, `knownAt`.",
  tags: ["Social advantages"],
  querystring: pageQuery,
  body: Type.Object(
    {
      ...filterFields,
      contractNumbers: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: CONTRACT_NUMBER_LENGTH }), {
          minItems: 1,
          maxItems: MAXIMUM_NUMBERS,
        }),
      ),
      inamiNumbers: Type.Optional(Type.Array(InamiNumber, { minItems: 1, maxItems: MAXIMUM_NUMBERS })),
      ssins: Type.Optional(
        Type.Array(Ssin, { minItems: 1, maxItems: MAXIMUM_NUMBERS, description: "As you declared them." }),
      ),
      changedSince: Type.Optional(InstantText),
    },
    { examples: [{ premiumYear: 2025, contractNumbers: ["PLCI-2019-000123"] }] },
  ),
  response: page(QUERY_PATH),
};

export function addSocialAdvantageListRoutes(app: Api, provide: ProvideDependencies): void {
  const scope = SCOPES.consultAdvantages;
  app.get(SOCIAL_ADVANTAGES_PATH, { schema: listSchema, config: { scope } }, async (request, reply) => {
    const { premiumYear, status, ...paging } = request.query;
    const asked = { ...(premiumYear !== undefined && { premiumYear }), ...(status !== undefined && { status }) };
    return await answerPage(request, reply, provide, { filter: asked, paging, path: SOCIAL_ADVANTAGES_PATH, asked });
  });
  const config = { scope, reads: true };
  app.post(QUERY_PATH, { schema: querySchema, config }, async (request, reply) => {
    const { inamiNumbers, changedSince, ...others } = request.body;
    const since = readInstant(changedSince, "changedSince", "body");
    const filter = {
      ...others,
      ...(inamiNumbers && { inamiRoots: inamiNumbers.map((number) => number.slice(0, ROOT_DIGITS)) }),
      ...(since && { changedSince: since }),
    };
    return await answerPage(request, reply, provide, { filter, paging: request.query, path: QUERY_PATH, asked: {} });
  });
}

interface Asked {
  readonly filter: AdvantageFilter;
  readonly paging: PageQuery;
  readonly path: string;
  /** Fields of the query besides those of the page. */
  readonly asked: Readonly<Record<string, string | number>>;
}

async function answerPage(
  request: FastifyRequest,
  reply: FastifyReply,
  provide: ProvideDependencies,
  { filter, paging, path, asked }: Asked,
) {
  const { pageSize, afterSocialAdvantage } = paging;
  const language = answerLanguage(request, reply);
  const instant = readInstant(paging.knownAt, "knownAt");
  const tenant = getTenant(request, provide);
  const { insurerId } = tenant;
  const { knownAt, found } = await tenant.run(async (tx) => {
    const knownAt = await readAdvantagesKnownAt(tx, insurerId, instant);
    const after = afterSocialAdvantage !== undefined && { after: afterSocialAdvantage };
    // One more than asked for tells whether there is a next page.
    return {
      knownAt,
      found: await listSocialAdvantages(tx, insurerId, filter, { knownAt, limit: pageSize + 1, ...after }),
    };
  });
  const items = found.slice(0, pageSize);
  request.persons = hashInamiRoots(provide().audit, items);
  const last = items.at(-1);
  const moment = knownAt.toISOString();
  return {
    self: withQuery(path, { ...asked, ...paging }),
    items: items.map((item) => viewSocialAdvantageItem(item, language)),
    knownAt: moment,
    pageSize,
    ...(found.length > pageSize &&
      last && {
        next: withQuery(path, { ...asked, afterSocialAdvantage: last.socialAdvantageId, knownAt: moment, pageSize }),
      }),
  };
}
