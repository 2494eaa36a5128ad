import { Type } from "typebox";
import { DOSSIER_STATES } from "../../../advantage/dossier-states.ts";
import { OUTCOMES } from "../../../advantage/evaluate-dossier.ts";
import { REASONS } from "../../../advantage/reasons.ts";
import { contest, explain, findDossiers, revise, withdraw } from "../../../operator/dossiers.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, oneOf } from "../../schema-parts.ts";
import { EXAMPLE_DOSSIER, EXAMPLE_EXPLAINED, viewDossier, viewExplained } from "./dossier-view.ts";
import { FOR_OPERATORS, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem } from "./operator-problems.ts";
import { Day, jsonAnswer, listOf, UUID_PATTERN } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/dossiers`;

const conclusion = {
  outcome: Type.Optional(oneOf(OUTCOMES)),
  awaiting: Type.Optional(Type.Boolean()),
  profession: Type.Optional(Type.String()),
  level: Type.Optional(Type.String()),
  months: Type.Optional(Type.Integer()),
  amountCents: Type.Optional(Type.Integer()),
  reasons: Type.Optional(Type.Array(oneOf(Object.keys(REASONS)))),
};
const Move = Type.Object(
  {
    href: Href,
    moveNumber: Type.Integer({ minimum: 1 }),
    fromState: Type.Optional(oneOf(DOSSIER_STATES)),
    toState: oneOf(DOSSIER_STATES),
    movedAt: Instant,
    movedBy: Type.String(),
    cause: Type.String(),
    ...conclusion,
  },
  { title: "DossierMove" },
);
const Check = Type.Object(
  {
    rule: Type.String(),
    source: Type.String(),
    about: Type.Optional(Type.String({ description: "A profession, a level, a contract; absent: the person." })),
    passed: Type.Optional(Type.Boolean({ description: "Absent: what is known does not tell." })),
    seen: Type.Array(Type.String(), { description: "Empty text: not known." }),
    bound: Type.Array(Type.String()),
    rulesVersion: Type.Integer(),
  },
  { title: "DossierCheck" },
);
const ExplainedDossier = Type.Object(
  {
    self: Href,
    premiumYear: Type.Integer(),
    moveNumber: Type.Integer({ description: "The move that is explained." }),
    state: oneOf(DOSSIER_STATES),
    moves: Type.Array(Move),
    explanation: Type.Optional(
      Type.Object(
        {
          rulesVersion: Type.Integer(),
          rulesFingerprint: Type.String(),
          businessDate: Type.String({ format: "date" }),
          reproduced: Type.Boolean({
            description: "True: evaluated again from what was known then, it is what it was, byte by byte.",
          }),
          checks: Type.Array(Check),
        },
        { title: "DossierExplanation" },
      ),
    ),
  },
  { title: "ExplainedDossier" },
);
const DossierItem = Type.Object(
  { href: Href, premiumYear: Type.Integer(), state: oneOf(DOSSIER_STATES), ...conclusion },
  { title: "DossierItem" },
);

const params = Type.Object({
  personId: Type.String({ format: "uuid", description: "As in the links of a query." }),
  premiumYear: Type.String({ pattern: "^20\\d\\d$", description: "The year that the advantage is for." }),
});

const NAME = new RegExp(`${UUID_PATTERN.slice(0, -1)} 20\\d\\d$`);

/** Parameters of a path are text, and anything; what names no dossier is answered like one that is not there. */
function readName<Params extends { personId: string; premiumYear: string }>({ personId, premiumYear }: Params) {
  if (!NAME.test(`${personId} ${premiumYear}`)) throw actProblem(dossierNotFound, ["personId"]);
  return { personId, premiumYear: Number(premiumYear) };
}
const dossierNotFound = new OperatorError("dossierNotFound", "There is no such dossier, or no such move of it.");
const notFound = problemResponse("There is no such dossier.", {
  notFound: actProblem(dossierNotFound, ["personId"]),
});
const explainedAnswer = (description: string) =>
  jsonAnswer(description, ExplainedDossier, { explained: viewExplained(PATH, EXAMPLE_DOSSIER, EXAMPLE_EXPLAINED) });
const notMoved = problemResponse("It cannot move so now.", {
  state: actProblem(
    new OperatorError(
      "dossierNotMoved",
      "A dossier in the state open cannot be contested, only one that is decided or toPay or paid.",
    ),
  ),
});

const querySchema = {
  operationId: "findDossiers",
  summary: "Find the dossiers of a person",
  description:
    "By one number, INAMI or national; in the body, for numbers of persons are part of no URL. It is put on record.",
  tags: OPERATOR_TAGS,
  body: Type.Object(
    { number: Type.String({ pattern: "^(\\d{8}|\\d{11})$", description: "INAMI number (8 or 11 digits) or SSIN." }) },
    { examples: [{ number: "10000007001" }] },
  ),
  response: {
    200: jsonAnswer("The dossiers, by premium year.", listOf(DossierItem, "DossierCollection"), {
      found: { self: `${PATH}/query`, items: [viewDossier(PATH, EXAMPLE_DOSSIER)] },
    }),
    400: problemResponse("Nobody has that number.", {
      unknown: actProblem(new OperatorError("personNotFound", "Nobody with that number is known.")),
    }),
  },
};

const explainSchema = {
  operationId: "explainDossier",
  summary: "Why a dossier stands where it does",
  description:
    "Its moves, and each condition of its last evaluation: what was seen, what was asked, by which rules. It is put on record.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: explainedAnswer("Explained."), 404: notFound },
};

const explainMoveSchema = {
  operationId: "explainDossierMove",
  summary: "Why a dossier stood where it did after a move",
  description: "Evaluated again from what was known then: facts, contracts, day and rules. It is put on record.",
  tags: OPERATOR_TAGS,
  params: Type.Object({
    ...params.properties,
    moveNumber: Type.String({ pattern: "^[1-9]\\d{0,5}$", description: "As in the list of moves." }),
  }),
  response: { 200: explainedAnswer("Explained."), 404: notFound },
};

const moveSchema = (operationId: string, summary: string, description: string) => ({
  operationId,
  summary,
  description,
  tags: OPERATOR_TAGS,
  params,
  response: { 200: explainedAnswer("Moved."), 404: notFound, 409: notMoved },
});
const contestSchema = {
  ...moveSchema("contestDossier", "Enter a contest of the decision", "Within its term: 60 days, as the calendar says."),
  body: Type.Object({ on: Type.Optional(Day) }, { examples: [{ on: "2026-10-01" }] }),
};
const reviseSchema = moveSchema(
  "reviseDossier",
  "End a contest",
  "With what facts and contracts give now; by somebody else than who entered it.",
);
const withdrawSchema = moveSchema("withdrawDossier", "Withdraw a dossier", "One that was not decided.");

export function addDossierRoutes(app: Api, provide: ProvideDependencies): void {
  const explainNow = (
    request: Parameters<typeof perform>[0],
    reply: Parameters<typeof perform>[1],
    name: { personId: string; premiumYear: number; moveNumber?: number },
  ) =>
    perform(request, reply, provide, { status: 200, act: (tx, actor) => explain(tx, actor, name) }).then(
      ({ explained }) => viewExplained(PATH, name, explained),
    );

  app.post(`${PATH}/query`, { schema: querySchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { number } = request.body;
    const { dossiers } = await perform(request, reply, provide, {
      status: 200,
      act: (tx, actor) => findDossiers(tx, actor, number),
    });
    return { self: `${PATH}/query`, items: dossiers.map((dossier) => viewDossier(PATH, dossier)) };
  });

  app.get(`${PATH}/:personId/:premiumYear`, { schema: explainSchema, config: FOR_OPERATORS }, (request, reply) =>
    explainNow(request, reply, readName(request.params)),
  );

  app.get(
    `${PATH}/:personId/:premiumYear/moves/:moveNumber`,
    { schema: explainMoveSchema, config: FOR_OPERATORS },
    (request, reply) =>
      explainNow(request, reply, { ...readName(request.params), moveNumber: Number(request.params.moveNumber) }),
  );

  app.post(
    `${PATH}/:personId/:premiumYear/contest`,
    { schema: contestSchema, config: FOR_OPERATORS },
    async (request, reply) => {
      const { on } = request.body;
      const name = { ...readName(request.params), businessDate: provide().intake.clock.today(), on };
      await perform(request, reply, provide, { status: 200, act: (tx, actor) => contest(tx, actor, name) });
      return await explainNow(request, reply, readName(request.params));
    },
  );

  app.post(
    `${PATH}/:personId/:premiumYear/revise`,
    { schema: reviseSchema, config: FOR_OPERATORS },
    async (request, reply) => {
      const name = { ...readName(request.params), businessDate: provide().intake.clock.today() };
      await perform(request, reply, provide, { status: 200, act: (tx, actor) => revise(tx, actor, name) });
      return await explainNow(request, reply, readName(request.params));
    },
  );

  app.post(
    `${PATH}/:personId/:premiumYear/withdraw`,
    { schema: withdrawSchema, config: FOR_OPERATORS },
    async (request, reply) => {
      const name = { ...readName(request.params), businessDate: provide().intake.clock.today() };
      await perform(request, reply, provide, { status: 200, act: (tx, actor) => withdraw(tx, actor, name) });
      return await explainNow(request, reply, readName(request.params));
    },
  );
}
