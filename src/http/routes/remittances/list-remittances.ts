import { Type } from "typebox";
import { SCOPES } from "../../../identity/scopes.ts";
import { listRemittances } from "../../../payments/remittances.ts";
import { getTenant } from "../../authorize.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { withQuery } from "../../paths.ts";
import {
  EXAMPLE_REMITTANCE,
  REMITTANCES_PATH,
  RemittanceItemSchema,
  viewRemittanceItem,
} from "../../remittance-view.ts";
import { Href } from "../../schema-parts.ts";
import { PremiumYear } from "../../social-advantage-view.ts";

export const REMITTANCE_TAGS = ["Payments"];

const schema = {
  operationId: "listRemittanceAdvices",
  summary: "List what is paid to you, newest first",
  description: "An advice for each transfer, from its announcement on. Follow `next` until it is absent.",
  tags: REMITTANCE_TAGS,
  querystring: Type.Object({
    premiumYear: Type.Optional(PremiumYear),
    afterAdvice: Type.Optional(
      Type.String({
        pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description: "The last advice of the page before.",
      }),
    ),
    pageSize: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Items of a page at most." }),
  }),
  response: {
    200: {
      description: "One page.",
      content: {
        "application/json": {
          schema: Type.Object(
            {
              self: Href,
              items: Type.Array(RemittanceItemSchema),
              pageSize: Type.Integer(),
              next: Type.Optional(Href),
            },
            { title: "RemittanceAdviceCollection" },
          ),
          examples: {
            page: {
              value: {
                self: `${REMITTANCES_PATH}?premiumYear=2025&pageSize=20`,
                items: [viewRemittanceItem(EXAMPLE_REMITTANCE)],
                pageSize: 20,
              },
            },
          },
        },
      },
    },
  },
};

export function listRemittancesRoute(app: Api, provide: ProvideDependencies): void {
  app.get(REMITTANCES_PATH, { schema, config: { scope: SCOPES.consultAdvantages } }, async (request) => {
    const { premiumYear, afterAdvice, pageSize } = request.query;
    // One more than asked for tells whether there is a next page.
    const found = await listRemittances(getTenant(request, provide), {
      ...(premiumYear !== undefined && { premiumYear }),
      ...(afterAdvice !== undefined && { before: afterAdvice }),
      limit: pageSize + 1,
    });
    const items = found.slice(0, pageSize);
    const last = items.at(-1);
    return {
      self: withQuery(REMITTANCES_PATH, { premiumYear, afterAdvice, pageSize }),
      items: items.map(viewRemittanceItem),
      pageSize,
      ...(found.length > pageSize &&
        last && { next: withQuery(REMITTANCES_PATH, { premiumYear, afterAdvice: last.adviceId, pageSize }) }),
    };
  });
}
