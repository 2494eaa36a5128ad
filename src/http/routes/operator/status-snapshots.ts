import { Type } from "typebox";
import { requestStatusSnapshot } from "../../../operator/answers.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { ClientParams } from "./clients.ts";
import { FOR_OPERATORS, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { EnterpriseNumber } from "./operator-schemas.ts";

const schema = {
  operationId: "orderStatusFile",
  summary: "Have the status of all clients of an insurer written to OUT",
  description:
    "A full FO.STAT beside those of the daily changes, soon. Asked for again on the same day the same file is written again.",
  tags: OPERATOR_TAGS,
  params: ClientParams,
  body: Type.Object(
    { enterpriseNumber: EnterpriseNumber },
    { examples: [{ enterpriseNumber: "0403019261" }], description: "An insurer for which the client may act." },
  ),
  response: {
    204: { description: "It will be written.", type: "null" },
    404: problemResponse("There is no such client, it has no account, or may not act for the insurer.", {
      notFound: actProblem(
        new OperatorError("accountNotFound", "There is no account of that name that may act for the insurer."),
        ["clientId"],
      ),
    }),
  },
};

export function addStatusSnapshotRoute(app: Api, provide: ProvideDependencies): void {
  app.post(
    `${OPERATOR_ROOT}/clients/:clientId/sftpAccount/statusSnapshots`,
    { schema, config: FOR_OPERATORS },
    async (request, reply) => {
      const { clientId } = request.params;
      const { enterpriseNumber } = request.body;
      const dayOf = (insurerId: number) => provide().intake.clock.todayOf(insurerId);
      const act: Act = (tx, actor) => requestStatusSnapshot(tx, actor, { clientId, enterpriseNumber, dayOf });
      await perform(request, reply, provide, { status: 204, act });
      return reply.send();
    },
  );
}
