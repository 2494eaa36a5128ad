import { Type } from "typebox";
import { findSocialAdvantage, readAdvantagesKnownAt } from "../../../advantage/social-advantages.ts";
import { SCOPES } from "../../../identity/scopes.ts";
import { answerLanguage } from "../../answer.ts";
import { hashInamiRoots } from "../../audit-answers.ts";
import { getTenant } from "../../authorize.ts";
import { setEtag } from "../../contract-call.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { isUuid } from "../../own-submission.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Problem } from "../../problems.ts";
import {
  EXAMPLE_ADVANTAGE,
  EXAMPLE_REFUSED,
  SOCIAL_ADVANTAGES_PATH,
  SocialAdvantageSchema,
  viewSocialAdvantage,
} from "../../social-advantage-view.ts";
import { InstantText, readInstant } from "../contracts/instants.ts";

const schema = {
  operationId: "getSocialAdvantage",
  summary: "Get the status of a client on a contract",
  description:
    "What became of the social advantage of a premium year, as far as it concerns the contract: whether it is paid there, how " +
    "much and when, and if not, why. With `knownAt`, as you could know it then: that answer never changes.",
  tags: ["Social advantages"],
  params: Type.Object({ socialAdvantageId: Type.String({ format: "uuid", description: "As in the list." }) }),
  querystring: Type.Object({ knownAt: Type.Optional(InstantText) }),
  response: {
    200: {
      description: "The status.",
      headers: { ETag: { type: "string", description: "Another one after every change." } },
      content: {
        "application/json": {
          schema: SocialAdvantageSchema,
          examples: {
            payable: { value: viewSocialAdvantage(EXAMPLE_ADVANTAGE, "en") },
            refused: { value: viewSocialAdvantage(EXAMPLE_REFUSED, "en") },
          },
        },
      },
    },
    404: problemResponse("Nothing of yours has this id, or it was not shown then.", { notFound: advantageNotFound() }),
  },
};

export function addSocialAdvantageReadRoute(app: Api, provide: ProvideDependencies): void {
  const config = { scope: SCOPES.consultAdvantages };
  app.get(`${SOCIAL_ADVANTAGES_PATH}/:socialAdvantageId`, { schema, config }, async (request, reply) => {
    const { socialAdvantageId } = request.params;
    const language = answerLanguage(request, reply);
    if (!isUuid(socialAdvantageId)) throw advantageNotFound();
    const asked = readInstant(request.query.knownAt, "knownAt");
    const tenant = getTenant(request, provide);
    const { insurerId } = tenant;
    const found = await tenant.run(async (tx) => {
      const knownAt = asked && (await readAdvantagesKnownAt(tx, insurerId, asked));
      return await findSocialAdvantage(tx, insurerId, socialAdvantageId, knownAt);
    });
    if (!found) throw advantageNotFound();
    request.persons = hashInamiRoots(provide().audit, [found]);
    setEtag(reply, found.version);
    return viewSocialAdvantage(found, language);
  });
}

function advantageNotFound(): Problem {
  const detail = "There is no such social advantage.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "socialAdvantageId", detail }],
  });
}
