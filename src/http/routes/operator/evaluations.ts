import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { Sql } from "../../../database/sql.ts";
import type { Actor } from "../../../identity/registry-error.ts";
import { decideYear, evaluateYear, orderYear } from "../../../operator/dossiers.ts";
import { type OperatorChange, OperatorError } from "../../../operator/operator-change.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Count } from "../../schema-parts.ts";
import { PremiumYear } from "../../social-advantage-view.ts";
import { FOR_OPERATORS, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { jsonAnswer } from "./operator-schemas.ts";

const Asked = Type.Object({ premiumYear: PremiumYear }, { examples: [{ premiumYear: 2025 }] });
const done = { premiumYear: PremiumYear, businessDate: Type.String({ format: "date", description: "The day it is." }) };
const EXAMPLE = { premiumYear: 2025, businessDate: "2026-07-01" };
const unknownYear = problemResponse("No rules of the premium year are known.", {
  unknown: actProblem(new OperatorError("premiumYearUnknown", "There are no rules for premium year 2999.")),
});

const Evaluation = Type.Object(
  { ...done, evaluated: Count, moved: Type.Integer({ minimum: 0, description: "Dossiers that moved." }) },
  { title: "Evaluation" },
);
const Decision = Type.Object(
  { ...done, decided: Count, left: Type.Integer({ minimum: 0, description: "Evaluated, and not to be decided yet." }) },
  { title: "Decision" },
);

const evaluateSchema = {
  operationId: "evaluatePremiumYear",
  summary: "Evaluate everybody for a premium year now",
  description:
    "As in July; workers do so by themselves when its day has come, or facts, contracts or rules change. Takes up to half a " +
    "minute. It is done in parts: after an answer that never came, ask again.",
  tags: OPERATOR_TAGS,
  body: Asked,
  response: {
    200: jsonAnswer("Evaluated.", Evaluation, { done: { ...EXAMPLE, evaluated: 69_418, moved: 69_418 } }),
    400: unknownYear,
  },
};

const decideSchema = {
  operationId: "decidePremiumYear",
  summary: "Decide what is evaluated and awaits nothing",
  description:
    "From the day of the decision on, as the calendar of the premium year says; before it nothing is decided. It is done in " +
    "parts: after an answer that never came, ask again.",
  tags: OPERATOR_TAGS,
  body: Asked,
  response: {
    200: jsonAnswer("Decided.", Decision, {
      done: { ...EXAMPLE, businessDate: "2026-10-01", decided: 69_020, left: 398 },
    }),
    400: unknownYear,
  },
};

type Order = Parameters<typeof orderYear>[2];
type YearAsked = Parameters<typeof evaluateYear>[2];

export function addEvaluationRoutes(app: Api, provide: ProvideDependencies): void {
  /** Begins once the order is on record. */
  const work = async (
    request: FastifyRequest,
    reply: FastifyReply,
    premiumYear: number,
    { act, run }: { act: Order; run: (institute: Sql, actor: Actor, asked: YearAsked) => Promise<OperatorChange> },
  ) => {
    const { intake } = provide();
    const asked = { premiumYear, businessDate: intake.clock.today() };
    const ordered = await perform(request, reply, provide, {
      status: 200,
      act: (tx, actor) => orderYear(tx, actor, act, asked),
    });
    const { details } = await run(intake.database.institute, ordered.actor, asked);
    return { ...asked, ...details };
  };

  app.post(
    `${OPERATOR_ROOT}/evaluations`,
    { schema: evaluateSchema, config: FOR_OPERATORS },
    async (request, reply) => {
      const order = { act: "evaluationOrdered", run: evaluateYear } as const;
      return (await work(request, reply, request.body.premiumYear, order)) as Static<typeof Evaluation>;
    },
  );

  app.post(`${OPERATOR_ROOT}/decisions`, { schema: decideSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const order = { act: "decisionOrdered", run: decideYear } as const;
    return (await work(request, reply, request.body.premiumYear, order)) as Static<typeof Decision>;
  });
}
