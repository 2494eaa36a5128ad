import { Type } from "typebox";
import { renderPain001 } from "../../../formats/payment/render-pain001.ts";
import { parseIban } from "../../../identifiers/iban.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { type PaymentListRead, readPaymentList } from "../../../payments/payment-list.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { badRequest } from "../../problems.ts";
import { FOR_OPERATORS, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { Day, Name } from "./operator-schemas.ts";

const EXAMPLE = { payerName: "Institute", payerIban: "BE68539007547034", executeOn: "2026-10-05" };
const EXAMPLE_FILE = renderPain001(
  {
    premiumYear: 2025,
    runNumber: 1,
    orderedAt: new Date("2026-10-01T09:00:00.000Z"),
    orders: [
      {
        ...{ reference: "900000000187", kind: "insurer", beneficiary: "Alpha", number: "0403019261" },
        ...{ iban: "BE68539007547034", amountCents: 300_012 },
      },
    ],
  },
  { name: EXAMPLE.payerName, iban: EXAMPLE.payerIban, executeOn: EXAMPLE.executeOn },
);
const invalidIban = badRequest("That is no IBAN.", {
  ...{ kind: "invalidStructure", in: "body", name: "payerIban", detail: "That is no IBAN." },
});

const schema = {
  operationId: "renderCreditTransfer",
  summary: "Get the list of an ordered run as an ISO 20022 file",
  description:
    "A pain.001.001.09 for SEPA: all transfers of the list, claims left out. The same payer and day give the same bytes. It " +
    "changes nothing, and asks for the payer in the body, since accounts are part of no URL.",
  tags: OPERATOR_TAGS,
  params: Type.Object({ runId: Type.String({ format: "uuid", description: "As in the list." }) }),
  body: Type.Object(
    {
      payerName: Name,
      payerIban: Type.String({ minLength: 1, maxLength: 50, description: "The account that pays." }),
      executeOn: Day,
    },
    { examples: [EXAMPLE] },
  ),
  response: {
    200: {
      description: "The file.",
      content: {
        "application/xml": {
          schema: { type: "string", description: "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" },
          examples: { file: { value: EXAMPLE_FILE } },
        },
      },
    },
    400: problemResponse("The account is none.", { iban: invalidIban }),
    404: problemResponse("There is no such run, or it was not ordered.", {
      notFound: actProblem(new OperatorError("runNotFound", "There is no payment run with that id."), ["runId"]),
      notOrdered: actProblem(
        new OperatorError("runNotOrdered", "Run 1 of premium year 2025 is prepared: it has no list."),
        ["runId"],
      ),
    }),
  },
};

export function addCreditTransferRoute(app: Api, provide: ProvideDependencies): void {
  app.post(
    `${OPERATOR_ROOT}/paymentRuns/:runId/creditTransfer`,
    { schema, config: { ...FOR_OPERATORS, reads: true } },
    async (request, reply) => {
      const { payerName: name, payerIban, executeOn } = request.body;
      const iban = parseIban(payerIban);
      if (iban === undefined) throw invalidIban;
      const { runId } = request.params;
      const act: Act<PaymentListRead> = (tx, actor) => readPaymentList(tx, actor, runId);
      const { list } = await perform(request, reply, provide, { status: 200, act });
      return reply.type("application/xml; charset=utf-8").send(renderPain001(list, { name, iban, executeOn }));
    },
  );
}
