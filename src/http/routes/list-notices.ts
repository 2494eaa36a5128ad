import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { listNotices } from "../../operator/notices.ts";
import { answerLanguage } from "../answer.ts";
import { getTenant } from "../authorize.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { EXAMPLE_NOTICE, NOTICES_PATH, NoticeItemSchema, viewNoticeItem } from "../notice-view.ts";
import { withQuery } from "../paths.ts";
import { Href } from "../schema-parts.ts";

const query = Type.Object({
  afterNotice: Type.Optional(
    Type.String({
      pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
      description: "The last notice of the page before.",
    }),
  ),
  pageSize: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Items of a page at most." }),
});

const collection = Type.Object(
  { self: Href, items: Type.Array(NoticeItemSchema), pageSize: Type.Integer(), next: Type.Optional(Href) },
  { title: "NoticeCollection" },
);

const schema = {
  operationId: "listNotices",
  summary: "List what the institute tells you, newest first",
  description:
    "Certificates and keys of your clients that expire: told 60, 30, 14, 7 days and 1 day before. Follow `next` until it is absent.",
  tags: ["Notices"],
  querystring: query,
  response: {
    200: {
      description: "One page.",
      content: {
        "application/json": {
          schema: collection,
          examples: {
            page: {
              value: {
                self: `${NOTICES_PATH}?pageSize=20`,
                items: [viewNoticeItem(EXAMPLE_NOTICE, "en")],
                pageSize: 20,
              },
            },
          },
        },
      },
    },
  },
};

export function listNoticesRoute(app: Api, provide: ProvideDependencies): void {
  app.get(NOTICES_PATH, { schema, config: { scope: SCOPES.consult } }, async (request, reply) => {
    const { afterNotice, pageSize } = request.query;
    // One more than asked for tells whether there is a next page.
    const page = { ...(afterNotice !== undefined && { before: afterNotice }), limit: pageSize + 1 };
    const found = await listNotices(getTenant(request, provide), page);
    const language = answerLanguage(request, reply);
    const items = found.slice(0, pageSize);
    const last = items.at(-1);
    return {
      self: withQuery(NOTICES_PATH, { afterNotice, pageSize }),
      items: items.map((notice) => viewNoticeItem(notice, language)),
      pageSize,
      ...(found.length > pageSize &&
        last && { next: withQuery(NOTICES_PATH, { afterNotice: last.noticeId, pageSize }) }),
    };
  });
}
