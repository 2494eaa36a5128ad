import { Type } from "typebox";
import type { PaymentOrder } from "../../../formats/payment/payment-order.ts";
import { renderPaymentCsv } from "../../../formats/payment/render-payment-csv.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { type MadeRun, makeRun } from "../../../payments/make-run.ts";
import { orderRun, withdrawRun } from "../../../payments/order-run.ts";
import { type PaymentListRead, readPaymentList } from "../../../payments/payment-list.ts";
import { PAYMENT_STATES, RUN_STATES } from "../../../payments/payment-states.ts";
import { getRun, listRunAdvices, listRuns, type RunAdvice, type RunRow } from "../../../payments/run-queries.ts";
import { answerMediaType, notAcceptable } from "../../answer.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Count, Href, Instant, Link, oneOf } from "../../schema-parts.ts";
import { PremiumYear } from "../../social-advantage-view.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { answerPage } from "./operator-list.ts";
import { actProblem } from "./operator-problems.ts";
import { createdAnswer, EnterpriseNumber, jsonAnswer, PageSize, pageOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/paymentRuns`;
const Cents = Type.Integer({ description: "Euro cents." });
const MEDIA_TYPES = ["application/json", "text/csv"] as const;

const fields = {
  runId: Type.String({ format: "uuid" }),
  premiumYear: PremiumYear,
  runNumber: Type.Integer({ minimum: 1, description: "Within the premium year." }),
  state: oneOf(RUN_STATES),
  madeAt: Instant,
  madeBy: Type.String(),
  endedAt: Type.Optional(Instant),
  endedBy: Type.Optional(Type.String({ description: "Who ordered or withdrew it." })),
  advices: Count,
  totalCents: Type.Integer({ description: "What is transferred to insurers, in euro cents." }),
  providers: Count,
  providersCents: Type.Integer({ description: "What is transferred to providers' own accounts." }),
  list: Link,
};
const Advice = Type.Object(
  {
    adviceId: Type.String({ format: "uuid" }),
    enterpriseNumber: EnterpriseNumber,
    reference: Type.String({ description: "Structured communication of the transfer." }),
    iban: Type.String(),
    lineCount: Count,
    ...{ linesCents: Cents, carriedInCents: Cents, totalCents: Cents, carriedOutCents: Cents },
    state: oneOf(PAYMENT_STATES),
    executedOn: Type.Optional(Type.String({ format: "date" })),
    returnedOn: Type.Optional(Type.String({ format: "date" })),
    returnReason: Type.Optional(Type.String()),
  },
  { title: "RunAdvice" },
);
const RunOne = Type.Object({ self: Href, ...fields, remittances: Type.Array(Advice) }, { title: "PaymentRun" });
const RunItem = Type.Object({ href: Href, ...fields }, { title: "PaymentRunItem" });

const EXAMPLE: RunRow = {
  ...{ runId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d01", premiumYear: 2025, runNumber: 1, state: "prepared" },
  ...{ madeAt: new Date("2026-10-01T09:00:00.000Z"), madeBy: "desk-1", endedAt: null, endedBy: null },
  ...{ advices: 1, totalCents: 300_012, providers: 0, providersCents: 0 },
};
const EXAMPLE_ADVICE: RunAdvice = {
  ...{ adviceId: "019aa9d2-7b21-7d4c-9e32-6c0f1d8b5521", enterpriseNumber: "0403019261", reference: "900000000187" },
  ...{ iban: "BE68539007547034", lineCount: 1, linesCents: 318_012, carriedInCents: -18_000, totalCents: 300_012 },
  ...{ carriedOutCents: 0, state: "prepared", executedOn: null, returnedOn: null, returnReason: null },
};

const params = Type.Object({ runId: Type.String({ format: "uuid", description: "As in the list." }) });
const runNotFound = actProblem(new OperatorError("runNotFound", "There is no payment run with that id."), ["runId"]);
const notFound = problemResponse("There is no such run.", { notFound: runNotFound });
const notPrepared = problemResponse("It was ordered or withdrawn before.", {
  ended: actProblem(new OperatorError("runNotPrepared", "Run 1 of premium year 2025 is ordered.")),
});

const listSchema = {
  operationId: "listPaymentRuns",
  summary: "List the payment runs, newest first",
  description: "Of all premium years. Follow `next` until it is absent.",
  tags: OPERATOR_TAGS,
  querystring: Type.Object({
    afterRun: Type.Optional(Type.String({ pattern: UUID_PATTERN, description: "The last run of the page before." })),
    pageSize: PageSize,
  }),
  response: {
    200: jsonAnswer("One page.", pageOf(RunItem, "PaymentRunCollection"), {
      page: { self: `${PATH}?pageSize=20`, items: [viewItem(EXAMPLE)], pageSize: 20 },
    }),
  },
};

const makeSchema = {
  operationId: "makePaymentRun",
  summary: "Make the next run of a premium year",
  description:
    "What is decided becomes `toPay`; lines, sums, accounts and what is carried forward stand. One run is prepared at a time.",
  tags: OPERATOR_TAGS,
  body: Type.Object({ premiumYear: PremiumYear }, { examples: [{ premiumYear: 2025 }] }),
  response: {
    201: createdAnswer("Made.", RunOne, { made: viewRun(EXAMPLE, [EXAMPLE_ADVICE]) }),
    400: problemResponse("No rules of the premium year are known.", {
      unknown: actProblem(new OperatorError("premiumYearUnknown", "No rules of premium year 2999 are known.")),
    }),
    409: problemResponse("A run is prepared, or nothing can be paid.", {
      nothing: actProblem(new OperatorError("nothingToPay", "Of premium year 2025 nothing can be paid now.")),
    }),
  },
};

const getSchema = {
  operationId: "getPaymentRun",
  summary: "Look at a payment run",
  description: "With its advices.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("As it is now.", RunOne, { run: viewRun(EXAMPLE, [EXAMPLE_ADVICE]) }), 404: notFound },
};

const Order = Type.Object(
  {
    reference: Type.String(),
    kind: oneOf(["insurer", "provider", "claim"], "`claim`: what a provider is to give back, no transfer."),
    beneficiary: Type.String(),
    number: Type.String({ description: "Enterprise number, or root of the INAMI number." }),
    iban: Type.Optional(Type.String()),
    amountCents: Cents,
  },
  { title: "PaymentOrder" },
);
const EXAMPLE_ORDER: PaymentOrder & { readonly iban: string } = {
  ...{ reference: "900000000187", kind: "insurer", beneficiary: "Alpha", number: "0403019261" },
  ...{ iban: "BE68539007547034", amountCents: 300_012 },
};

const paymentListSchema = {
  operationId: "getPaymentList",
  summary: "Get the list of an ordered run, for whoever pays",
  description: "As JSON or CSV, the same each time.",
  tags: OPERATOR_TAGS,
  params,
  response: {
    200: {
      description: "The list.",
      content: {
        "application/json": {
          schema: Type.Object({ self: Href, orders: Type.Array(Order) }, { title: "PaymentList" }),
          examples: { list: { value: { self: `${runPath(EXAMPLE)}/paymentList`, orders: [EXAMPLE_ORDER] } } },
        },
        "text/csv": {
          schema: { type: "string" },
          examples: {
            list: {
              value: renderPaymentCsv({
                premiumYear: 2025,
                runNumber: 1,
                orderedAt: EXAMPLE.madeAt,
                orders: [EXAMPLE_ORDER],
              }),
            },
          },
        },
      },
    },
    404: problemResponse("There is no such run, or it was not ordered and so has no list.", {
      notFound: runNotFound,
      notOrdered: actProblem(
        new OperatorError("runNotOrdered", "Run 1 of premium year 2025 is prepared: it has no list."),
        ["runId"],
      ),
    }),
    406: problemResponse("Accept names none of the media types.", { notAcceptable: notAcceptable(MEDIA_TYPES) }),
  },
};

const endings = [
  {
    verb: "order",
    operationId: "orderPaymentRun",
    summary: "Order a prepared run",
    description: "Insurers see their advices; what moved since it was made is withheld. It cannot be taken back.",
    end: orderRun,
  },
  {
    verb: "withdraw",
    operationId: "withdrawPaymentRun",
    summary: "Give a prepared run up",
    description: "What it would have paid is due again.",
    end: withdrawRun,
  },
] as const;

export function addPaymentRunRoutes(app: Api, provide: ProvideDependencies): void {
  const view = (request: Parameters<typeof lookUp>[0], runId: string) =>
    lookUp(request, provide, async (institute) =>
      viewRun(await getRun(institute, runId), await listRunAdvices(institute, runId)),
    );

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, (request) => {
    const { afterRun } = request.query;
    const after = afterRun === undefined ? {} : { before: afterRun };
    return answerPage({
      ...{ path: PATH, query: request.query, cursor: "afterRun", view: viewItem },
      list: (limit) => lookUp(request, provide, (institute) => listRuns(institute, { limit, ...after })),
      idOf: ({ runId }) => runId,
    });
  });

  app.post(PATH, { schema: makeSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { premiumYear } = request.body;
    const today = provide().intake.clock.today();
    const act: Act<MadeRun> = (tx, actor) => makeRun(tx, actor, { premiumYear, today });
    const { runId } = await perform(request, reply, provide, { status: 201, act });
    const made = await view(request, runId);
    reply.header("Location", made.self);
    return made;
  });

  app.get(`${PATH}/:runId`, { schema: getSchema, config: FOR_OPERATORS }, (request) =>
    view(request, request.params.runId),
  );

  app.get(
    `${PATH}/:runId/paymentList`,
    { schema: paymentListSchema, config: FOR_OPERATORS },
    async (request, reply) => {
      const mediaType = answerMediaType(request, reply, MEDIA_TYPES);
      const { runId } = request.params;
      const act: Act<PaymentListRead> = (tx, actor) => readPaymentList(tx, actor, runId);
      const { list } = await perform(request, reply, provide, { status: 200, act });
      if (mediaType === "text/csv") return reply.type("text/csv; charset=utf-8").send(renderPaymentCsv(list));
      const orders = list.orders.map(({ iban, ...order }) => ({ ...order, ...(iban !== null && { iban }) }));
      return { self: `${runPath({ runId })}/paymentList`, orders };
    },
  );

  for (const { verb, end, ...texts } of endings) {
    const response = {
      200: jsonAnswer("As it is now.", RunOne, { run: viewRun(EXAMPLE, [EXAMPLE_ADVICE]) }),
      ...{ 404: notFound, 409: notPrepared },
    };
    const schema = { ...texts, tags: OPERATOR_TAGS, params, response };
    app.post(`${PATH}/:runId/${verb}`, { schema, config: FOR_OPERATORS }, async (request, reply) => {
      const { runId } = request.params;
      const today = provide().intake.clock.today();
      const act: Act = (tx, actor) => end(tx, actor, { runId, today });
      await perform(request, reply, provide, { status: 200, act });
      return await view(request, runId);
    });
  }
}

function runPath({ runId }: Pick<RunRow, "runId">): string {
  return `${PATH}/${runId}`;
}

function viewRun(run: RunRow, advices: readonly RunAdvice[]) {
  return { self: runPath(run), ...viewFields(run), remittances: advices.map(viewAdvice) };
}

function viewItem(run: RunRow) {
  return { href: runPath(run), ...viewFields(run) };
}

function viewFields({ madeAt, endedAt, endedBy, ...run }: RunRow) {
  return {
    ...run,
    madeAt: madeAt.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(endedBy && { endedBy }),
    list: { href: `${runPath(run)}/paymentList` },
  };
}

function viewAdvice({ executedOn, returnedOn, returnReason, ...advice }: RunAdvice) {
  return {
    ...advice,
    ...(executedOn !== null && { executedOn }),
    ...(returnedOn !== null && { returnedOn }),
    ...(returnReason !== null && { returnReason }),
  };
}
