import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { findNotice } from "../../operator/notices.ts";
import { answerLanguage } from "../answer.ts";
import { getTenant } from "../authorize.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { EXAMPLE_NOTICE, NOTICES_PATH, NoticeSchema, viewNotice } from "../notice-view.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const schema = {
  operationId: "getNotice",
  summary: "Look at one notice",
  description: "What the institute told you, in the language you ask for.",
  tags: ["Notices"],
  params: Type.Object({ noticeId: Type.String({ format: "uuid", description: "As in the list." }) }),
  response: {
    200: {
      description: "The notice.",
      content: {
        "application/json": {
          schema: NoticeSchema,
          examples: { certificate: { value: viewNotice(EXAMPLE_NOTICE, "en") } },
        },
      },
    },
    404: problemResponse("No notice of yours has this id.", { notFound: noticeNotFound() }),
  },
};

export function getNoticeRoute(app: Api, provide: ProvideDependencies): void {
  app.get(`${NOTICES_PATH}/:noticeId`, { schema, config: { scope: SCOPES.consult } }, async (request, reply) => {
    const { noticeId } = request.params;
    const notice = UUID.test(noticeId) ? await findNotice(getTenant(request, provide), noticeId) : undefined;
    if (!notice) throw noticeNotFound();
    return viewNotice(notice, answerLanguage(request, reply));
  });
}

function noticeNotFound(): Problem {
  const detail = "There is no such notice.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "noticeId", detail }],
  });
}
