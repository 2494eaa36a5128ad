import { Type } from "typebox";
import { SCOPES } from "../../identity/scopes.ts";
import { computeReadiness } from "../../readiness/compute-readiness.ts";
import { answerLanguage } from "../answer.ts";
import { getInsurer } from "../authorize.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";
import { EXAMPLE_READINESS, READINESS_FIELDS, viewReadiness } from "../readiness-view.ts";
import { Href } from "../schema-parts.ts";
import { jsonAnswer } from "./operator/operator-schemas.ts";

const PATH = `${API_ROOT}/readiness`;

const schema = {
  operationId: "getReadiness",
  summary: "See whether you are ready for production",
  description:
    "A checklist of what you really did in validation, computed from what is stored there. Once every item is fulfilled the answer " +
    "carries a signed statement: hand it to the institute, which imports it when it lets you into the initial load of production. " +
    "In validation alone.",
  tags: ["Connection tests"],
  response: {
    200: jsonAnswer(
      "The checklist as it is now.",
      Type.Object({ self: Href, ...READINESS_FIELDS }, { title: "Readiness" }),
      {
        notYet: { self: PATH, ...viewReadiness(EXAMPLE_READINESS, "en") },
      },
    ),
    404: problemResponse("This is production.", { production: inProduction() }),
  },
};

export function getReadinessRoute(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema, config: { scope: SCOPES.consult } }, async (request, reply) => {
    const { intake, readiness } = provide();
    if (intake.environmentName === "production") throw inProduction();
    const { insurerId, enterpriseNumber } = getInsurer(request);
    const computed = await computeReadiness(intake.database, insurerId, readiness);
    const statement = computed.ready ? await readiness.sign(enterpriseNumber) : undefined;
    return { self: PATH, ...viewReadiness(computed, answerLanguage(request, reply), statement) };
  });
}

function inProduction(): Problem {
  return new Problem("resourceNotFound", "Readiness is shown in validation.");
}
