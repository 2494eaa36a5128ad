import { Type } from "typebox";
import { OperatorError } from "../../../operator/operator-change.ts";
import { moveClock } from "../../../spaces/simulations/move-clock.ts";
import { decideSpace, evaluateSpace } from "../../../spaces/simulations/move-year.ts";
import { paySpace } from "../../../spaces/simulations/pay-space.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { badRequest } from "../../problems.ts";
import { Count, oneOf } from "../../schema-parts.ts";
import { PremiumYear } from "../../social-advantage-view.ts";
import { actProblem } from "../operator/operator-problems.ts";
import { Day, jsonAnswer } from "../operator/operator-schemas.ts";
import { checkDay, FOR_SIMULATIONS, noSpace, SIMULATION_TAGS, SIMULATIONS_ROOT, simulate } from "./simulate.ts";

const today = Type.String({ format: "date", description: "The business day of your space." });
const evaluated = {
  evaluated: Count,
  moved: Type.Integer({ minimum: 0, description: "Dossiers that came out otherwise." }),
};

const problemOf = (code: "clockBackwards" | "clockTooFar" | "nothingToPay" | "premiumYearUnknown", sentence: string) =>
  actProblem(new OperatorError(code, sentence));
const bothOrNone = "Send one of today and days.";
const unknownYear = problemResponse("The request is not as it should be.", {
  unknownYear: problemOf("premiumYearUnknown", "No rules of premium year 2042 are known."),
});

const clockSchema = {
  operationId: "moveSimulationClock",
  summary: "Move the business day of your space",
  description:
    "Validation only. Forwards, to a day or by days, ten years at most: periods, cut-offs, the calendar of premium years and files of " +
    "status follow it, and what it makes due is evaluated at once. Tokens, certificates, the audit trail and instants stay real. " +
    "Never backwards: reset your space for that.",
  tags: SIMULATION_TAGS,
  body: Type.Object(
    {
      today: Type.Optional(Type.String({ ...Day, description: "The day it becomes." })),
      days: Type.Optional(Type.Integer({ minimum: 0, maximum: 3652, description: "So many calendar days on." })),
    },
    { examples: [{ today: "2027-07-01" }], title: "ClockMove" },
  ),
  response: {
    200: jsonAnswer(
      "It is that day now.",
      Type.Object(
        {
          today,
          daysAhead: Type.Integer({ minimum: 0, description: "Of everybody else." }),
          ...evaluated,
          simulated: Type.Boolean(),
        },
        { title: "SimulatedClock" },
      ),
      { july: { today: "2027-07-01", daysAhead: 221, evaluated: 61, moved: 61, simulated: true } },
    ),
    400: problemResponse("The request is not as it should be.", {
      neither: badRequest(bothOrNone, { kind: "requiredInput", in: "body", name: "today", detail: bothOrNone }),
      tooFar: problemOf("clockTooFar", "The day of a space can be 2036-11-22 at most, not 2042-01-01."),
    }),
    409: problemResponse("It cannot be.", {
      backwards: problemOf(
        "clockBackwards",
        "The day of the space is 2027-07-01 and does not go back to 2027-01-01: what was decided since would lie ahead. Reset the space to begin anew.",
      ),
      noSpace,
    }),
  },
};

const YearBody = Type.Object(
  { premiumYear: PremiumYear },
  { examples: [{ premiumYear: 2026 }], title: "SimulatedYear" },
);

const evaluationSchema = {
  operationId: "simulateEvaluation",
  summary: "Run the July evaluation of your space",
  description:
    "Validation only. Evaluates every person of your numbers for a premium year now, whatever the calendar says; moving the clock past " +
    "the day does it too.",
  tags: SIMULATION_TAGS,
  body: YearBody,
  response: {
    200: jsonAnswer(
      "Evaluated.",
      Type.Object(
        { premiumYear: PremiumYear, today, ...evaluated, simulated: Type.Boolean() },
        { title: "SimulatedEvaluation" },
      ),
      { evaluated: { premiumYear: 2026, today: "2027-07-01", evaluated: 61, moved: 61, simulated: true } },
    ),
    400: unknownYear,
    409: problemResponse("It cannot be.", { noSpace }),
  },
};

const decisionSchema = {
  operationId: "simulateDecisions",
  summary: "Decide the dossiers of your space",
  description:
    "Validation only. Decides what is evaluated, awaits nothing and whose day of decision has come on the day of your space: move the " +
    "clock there first.",
  tags: SIMULATION_TAGS,
  body: YearBody,
  response: {
    200: jsonAnswer(
      "Decided.",
      Type.Object(
        {
          premiumYear: PremiumYear,
          today,
          decided: Count,
          left: Type.Integer({ minimum: 0, description: "Evaluated, and awaiting something or their day." }),
          simulated: Type.Boolean(),
        },
        { title: "SimulatedDecisions" },
      ),
      { decided: { premiumYear: 2026, today: "2027-09-01", decided: 58, left: 3, simulated: true } },
    ),
    400: unknownYear,
    409: problemResponse("It cannot be.", { noSpace }),
  },
};

const paymentSchema = {
  operationId: "simulatePayment",
  summary: "Pay what is decided in your space",
  description:
    "Validation only. A payment run for your space alone, ordered, executed and booked on its day: remittance advice, lines and events " +
    "are those of a real one. With `returned` the transfer comes back.",
  tags: SIMULATION_TAGS,
  body: Type.Object(
    {
      premiumYear: PremiumYear,
      outcome: Type.Optional(
        oneOf(["executed", "returned"], "What becomes of the transfer; `executed` where it is absent."),
      ),
    },
    { examples: [{ premiumYear: 2026, outcome: "executed" }], title: "SimulatedPaymentOrder" },
  ),
  response: {
    200: jsonAnswer(
      "Paid.",
      Type.Object(
        {
          premiumYear: PremiumYear,
          today,
          adviceId: Type.Optional(
            Type.String({ format: "uuid", description: "Your remittance advice; absent: none was due." }),
          ),
          lines: Count,
          totalCents: Type.Integer({ minimum: 0, description: "Of the transfer, in euro cents." }),
          simulated: Type.Boolean(),
        },
        { title: "SimulatedPayment" },
      ),
      {
        paid: {
          ...{ premiumYear: 2026, today: "2027-10-01", adviceId: "019aa9d2-7b21-7d4c-9e32-6c0f1d8b5521" },
          ...{ lines: 41, totalCents: 15_318_379, simulated: true },
        },
      },
    ),
    400: unknownYear,
    409: problemResponse("Nothing is due, or there is no space.", {
      nothing: problemOf("nothingToPay", "Of premium year 2026 nothing can be paid or taken back now."),
      noSpace,
    }),
  },
};

/** Time, evaluation, decision, payment: what a premium year goes through. */
export function addTimeRoutes(app: Api, provide: ProvideDependencies): void {
  const config = FOR_SIMULATIONS;
  app.post(`${SIMULATIONS_ROOT}/clock`, { schema: clockSchema, config }, async (request, reply) => {
    const { today: day, days } = request.body;
    if ((day === undefined) === (days === undefined))
      throw badRequest(bothOrNone, { kind: "requiredInput", in: "body", name: "today", detail: bothOrNone });
    checkDay("today", day);
    const to = day === undefined ? { days: days! } : { day };
    const moved = await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => moveClock(tx, actor, { ...frame, to }),
    );
    return {
      today: moved.today,
      daysAhead: moved.daysAhead,
      evaluated: moved.evaluated,
      moved: moved.moved,
      simulated: true,
    };
  });

  app.post(`${SIMULATIONS_ROOT}/evaluations`, { schema: evaluationSchema, config }, async (request, reply) => {
    const { premiumYear } = request.body;
    const done = await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => evaluateSpace(tx, actor, { ...frame, premiumYear }),
    );
    return { premiumYear, today: done.today, evaluated: done.evaluated, moved: done.moved, simulated: true };
  });

  app.post(`${SIMULATIONS_ROOT}/decisions`, { schema: decisionSchema, config }, async (request, reply) => {
    const { premiumYear } = request.body;
    const done = await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => decideSpace(tx, actor, { ...frame, premiumYear }),
    );
    return { premiumYear, today: done.today, decided: done.decided, left: done.left, simulated: true };
  });

  app.post(`${SIMULATIONS_ROOT}/payments`, { schema: paymentSchema, config }, async (request, reply) => {
    const { premiumYear, outcome = "executed" } = request.body;
    const paid = await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => paySpace(tx, actor, { ...frame, premiumYear, outcome }),
    );
    const { adviceId, lines, totalCents } = paid;
    return { premiumYear, today: paid.today, ...(adviceId && { adviceId }), lines, totalCents, simulated: true };
  });
}
