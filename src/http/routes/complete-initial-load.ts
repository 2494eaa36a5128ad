import { SCOPES } from "../../identity/scopes.ts";
import { endInitialLoad } from "../../intake/complete-initial-load.ts";
import { recordWrite } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { API_ROOT } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";

const schema = {
  operationId: "completeInitialLoad",
  summary: "End the initial load",
  description:
    'Says that every contract was declared, as a file with `complete="true"` does. From then on only deltas are accepted; those ' +
    "that were held until now run. Ending it twice is the same as once.",
  tags: ["Submissions"],
  response: {
    204: { description: "The initial load has ended.", type: "null" },
    409: problemResponse("It cannot end now.", { busy: busy(), notOpen: notOpen() }),
  },
};

export function completeInitialLoadRoute(app: Api, provide: ProvideDependencies): void {
  app.post(`${API_ROOT}/initialLoad/complete`, { schema, config: { scope: SCOPES.submit } }, async (request, reply) => {
    const result = await endInitialLoad(getTenant(request, provide), new Date(), (tx) =>
      recordWrite(request, tx, { status: 204 }),
    );
    if (result === "busy") throw busy();
    if (result === "notLoading") throw notOpen();
    return reply.code(204).send();
  });
}

function busy(): Problem {
  return new Problem(
    "initialLoadBusy",
    "A file of the initial load has not ended yet: wait for its report, or cancel it.",
  );
}

function notOpen(): Problem {
  return new Problem(
    "initialLoadNotOpen",
    "The initial load of this insurer has not begun: ask the institute's operators.",
  );
}
