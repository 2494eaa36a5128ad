import { Type } from "typebox";
import { ANSWER_CODES } from "../../../formats/exchange-file-name.ts";
import { OperatorError, type OperatorErrorCode } from "../../../operator/operator-change.ts";
import { breakWebhook } from "../../../spaces/simulations/break-webhook.ts";
import { changeRegister, REGISTER_CHANGES } from "../../../spaces/simulations/change-register.ts";
import { holdNext, releaseHeld } from "../../../spaces/simulations/hold-submission.ts";
import {
  ANSWER_FAULTS,
  doubleAnswer,
  MAXIMUM_ORDERS,
  spoilNextAnswer,
} from "../../../spaces/simulations/spoil-answer.ts";
import { DELIVERY_FAULTS } from "../../../webhooks/webhook.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Instant, oneOf } from "../../schema-parts.ts";
import { actProblem } from "../operator/operator-problems.ts";
import { Day, jsonAnswer, UUID_PATTERN } from "../operator/operator-schemas.ts";
import { checkDay, FOR_SIMULATIONS, noSpace, SIMULATION_TAGS, SIMULATIONS_ROOT, simulate } from "./simulate.ts";

const simulated = Type.Boolean();
const problemOf = (code: OperatorErrorCode, sentence: string) => actProblem(new OperatorError(code, sentence));
const badOnes = (examples: Readonly<Record<string, ReturnType<typeof problemOf>>>) =>
  problemResponse("The request is not as it should be.", examples);
const Inami = Type.String({
  pattern: "^\\d{8}(\\d{3})?$",
  description: "8 or 11 digits, one of the numbers of your space.",
});
const SubmissionId = Type.String({ pattern: UUID_PATTERN, description: "Its ticket." });
const EXAMPLE_SUBMISSION = "019aa9d2-5e11-7a0b-8c44-0b6f9a2d1e77";
const EXAMPLE_SUBSCRIPTION = "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d10";

const registerSchema = {
  operationId: "simulateRegisterChange",
  summary: "Change what the register says of a number of your space",
  description:
    "Validation only. As a load of the register does: your contracts are checked again (`contractRechecked`), and dossiers follow. " +
    "`restored` makes it valid again.",
  tags: SIMULATION_TAGS,
  body: Type.Object(
    {
      inamiNumber: Inami,
      change: oneOf(REGISTER_CHANGES),
      on: Type.Optional(
        Type.String({ ...Day, description: "Last day of validity or life; absent: the day of your space." }),
      ),
      replacedBy: Type.Optional(Inami),
    },
    {
      examples: [{ inamiNumber: "90010026000", change: "deceased", on: "2026-11-01" }],
      title: "SimulatedRegisterOrder",
    },
  ),
  response: {
    200: jsonAnswer(
      "The register says so.",
      Type.Object(
        {
          today: Type.String({ format: "date" }),
          changed: Type.Boolean({ description: "False: it said so before." }),
          simulated,
        },
        { title: "SimulatedRegisterChange" },
      ),
      { changed: { today: "2026-11-22", changed: true, simulated: true } },
    ),
    400: badOnes({
      notYours: problemOf(
        "providerNotOfSpace",
        "Only numbers of your own space that the register knows can be changed: see the table of synthetic numbers.",
      ),
      noSuccessor: problemOf("successorMissing", "Name another number of your space in replacedBy."),
    }),
    409: problemResponse("It cannot be.", { noSpace }),
  },
};

const holdSchema = {
  operationId: "simulateHold",
  summary: "Have your next submission held",
  description:
    "Validation only. The next file that would run, through either door, is `held` for `simulation` until you release it; deltas behind it " +
    "wait for it. Single contracts, dry runs and circuit tests are not held. Asked twice it is the same.",
  tags: SIMULATION_TAGS,
  response: {
    200: jsonAnswer("The next one will be held.", Type.Object({ simulated }, { title: "SimulatedHold" }), {
      ordered: { simulated: true },
    }),
  },
};

const releaseSchema = {
  operationId: "simulateRelease",
  summary: "Let a submission go on that was held so",
  description: "Validation only. It is taken up, and those behind it follow.",
  tags: SIMULATION_TAGS,
  body: Type.Object(
    { submissionId: SubmissionId },
    { examples: [{ submissionId: EXAMPLE_SUBMISSION }], title: "SimulatedReleaseOrder" },
  ),
  response: {
    200: jsonAnswer(
      "It waits for a worker.",
      Type.Object({ submissionId: Type.String({ format: "uuid" }), simulated }, { title: "SimulatedRelease" }),
      { released: { submissionId: EXAMPLE_SUBMISSION, simulated: true } },
    ),
    400: badOnes({ unknown: problemOf("submissionNotFound", "There is no submission with that id.") }),
    409: problemResponse("It is not held by a simulation.", {
      notHeld: problemOf(
        "notHeld",
        `Submission ${EXAMPLE_SUBMISSION} is processed: only one that a simulation holds can be released so.`,
      ),
    }),
  },
};

const answerSchema = {
  operationId: "simulateAnswerFault",
  summary: "Lose, delay or double an answer at the SFTP door",
  description:
    "Validation only. Of the next answer, of one kind where `code` is there: `lost` is never written to OUT (ask for it again with " +
    "`publishAnswers`), `delayed` is written later, `doubled` once more after you fetched it. With `fileName` an answer that you got " +
    "already comes once more.",
  tags: SIMULATION_TAGS,
  body: Type.Object(
    {
      fault: oneOf(ANSWER_FAULTS),
      code: Type.Optional(oneOf(ANSWER_CODES, "Absent: whichever comes next.")),
      delaySeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, description: "60 where it is absent." })),
      fileName: Type.Optional(
        Type.String({ maxLength: 100, pattern: "^FO\\.[A-Za-z0-9.]+$", description: "Of an answer to double." }),
      ),
    },
    { examples: [{ fault: "lost", code: "ACRF" }], title: "SimulatedAnswerOrder" },
  ),
  response: {
    200: jsonAnswer(
      "It will be so.",
      Type.Object({ fault: oneOf(ANSWER_FAULTS), simulated }, { title: "SimulatedAnswerFault" }),
      {
        ordered: { fault: "lost", simulated: true },
      },
    ),
    400: badOnes({ unknown: problemOf("answerNotFound", "There is no answer of that name that is or was in OUT.") }),
    409: problemResponse("Too many wait.", {
      full: problemOf("tooManyOrders", `${MAXIMUM_ORDERS} faults wait for their answers: they come first.`),
    }),
  },
};

const webhookSchema = {
  operationId: "simulateWebhookFault",
  summary: "Break one of your webhooks for a time",
  description:
    "Validation only. Until then nothing is sent and every attempt fails in the way you choose: delivery log, retries and what follows of " +
    "too many failures are the real ones. With 0 seconds it is mended, and tried again at once.",
  tags: SIMULATION_TAGS,
  body: Type.Object(
    {
      subscriptionId: Type.String({ pattern: UUID_PATTERN }),
      fault: oneOf(DELIVERY_FAULTS),
      seconds: Type.Integer({ minimum: 0, maximum: 86_400, description: "How long." }),
    },
    {
      examples: [{ subscriptionId: EXAMPLE_SUBSCRIPTION, fault: "timedOut", seconds: 600 }],
      title: "SimulatedWebhookOrder",
    },
  ),
  response: {
    200: jsonAnswer(
      "It will be so.",
      Type.Object(
        { subscriptionId: Type.String({ format: "uuid" }), brokenUntil: Type.Optional(Instant), simulated },
        { title: "SimulatedWebhookFault" },
      ),
      { broken: { subscriptionId: EXAMPLE_SUBSCRIPTION, brokenUntil: "2026-11-22T09:10:00.000Z", simulated: true } },
    ),
    400: badOnes({ unknown: problemOf("subscriptionNotFound", "There is no webhook subscription with that id.") }),
  },
};

/** What goes wrong, or changes, behind an insurer's back. */
export function addFaultRoutes(app: Api, provide: ProvideDependencies): void {
  const config = FOR_SIMULATIONS;
  app.post(`${SIMULATIONS_ROOT}/registerChanges`, { schema: registerSchema, config }, async (request, reply) => {
    const order = request.body;
    checkDay("on", order.on);
    const done = await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => changeRegister(tx, actor, { ...frame, ...order }),
    );
    return { today: done.today, changed: done.isChanged, simulated: true };
  });

  app.post(`${SIMULATIONS_ROOT}/holds`, { schema: holdSchema, config }, async (request, reply) => {
    await simulate(request, reply, provide, (frame) => (tx, actor) => holdNext(tx, actor, frame));
    return { simulated: true };
  });

  app.post(`${SIMULATIONS_ROOT}/releases`, { schema: releaseSchema, config }, async (request, reply) => {
    const { submissionId } = request.body;
    await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => releaseHeld(tx, actor, { ...frame, submissionId }),
    );
    return { submissionId, simulated: true };
  });

  app.post(`${SIMULATIONS_ROOT}/answerFaults`, { schema: answerSchema, config }, async (request, reply) => {
    const { fileName, ...order } = request.body;
    await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) =>
        fileName !== undefined && order.fault === "doubled"
          ? doubleAnswer(tx, actor, { ...frame, fileName })
          : spoilNextAnswer(tx, actor, { ...frame, ...order }),
    );
    return { fault: order.fault, simulated: true };
  });

  app.post(`${SIMULATIONS_ROOT}/webhookFaults`, { schema: webhookSchema, config }, async (request, reply) => {
    const order = request.body;
    const { brokenUntil } = await simulate(
      request,
      reply,
      provide,
      (frame) => (tx, actor) => breakWebhook(tx, actor, { ...frame, ...order }),
    );
    const { subscriptionId } = order;
    return { subscriptionId, ...(brokenUntil && { brokenUntil: brokenUntil.toISOString() }), simulated: true };
  });
}
