import { Type } from "typebox";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Act } from "../../../operator/perform-act.ts";
import { getInsurer } from "../../../operator/registry-queries.ts";
import {
  confirmIban,
  type IbanChange,
  type InsurerIban,
  listInsurerIbans,
  proposeIban,
  rejectIban,
} from "../../../payments/insurer-ibans.ts";
import { IBAN_STATES } from "../../../payments/payment-states.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, perform } from "./operator-act.ts";
import { actProblem, registryProblem } from "./operator-problems.ts";
import { createdAnswer, EnterpriseNumber, jsonAnswer, listOf } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/insurers/:enterpriseNumber/ibans`;

const fields = {
  proposalId: Type.String({ format: "uuid" }),
  iban: Type.String(),
  state: oneOf(IBAN_STATES, "The one confirmed last is paid to."),
  proposedAt: Instant,
  proposedBy: Type.String(),
  decidedAt: Type.Optional(Instant),
  decidedBy: Type.Optional(Type.String()),
};
const IbanOne = Type.Object({ self: Href, ...fields }, { title: "InsurerIban" });
const IbanItem = Type.Object({ href: Href, ...fields }, { title: "InsurerIbanItem" });

const EXAMPLE: InsurerIban = {
  ...{ proposalId: "019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7d03", enterpriseNumber: "0403019261", iban: "BE68539007547034" },
  ...{ state: "proposed", proposedAt: new Date("2026-10-01T09:00:00.000Z"), proposedBy: "desk-1" },
  ...{ decidedAt: null, decidedBy: null },
};

const insurerParams = Type.Object({ enterpriseNumber: EnterpriseNumber });
const params = Type.Object({
  enterpriseNumber: EnterpriseNumber,
  proposalId: Type.String({ format: "uuid", description: "As in the list." }),
});
const insurerNotFound = registryProblem("insurerNotFound", "No insurer 0403019261 was admitted.", "enterpriseNumber");
const noInsurer = problemResponse("No such insurer was admitted.", { notFound: insurerNotFound });
const ibanNotFound = actProblem(
  new OperatorError("ibanNotFound", "There is no account proposed by that id that waits for a decision."),
  ["proposalId"],
);
const nothing = problemResponse("There is no such insurer, or no such account that waits for a decision.", {
  insurer: insurerNotFound,
  iban: ibanNotFound,
});

const listSchema = {
  operationId: "listInsurerIbans",
  summary: "List the accounts of an insurer, newest first",
  description: "Proposed, confirmed and rejected ones. The confirmed one that comes first is paid to.",
  tags: OPERATOR_TAGS,
  params: insurerParams,
  response: {
    200: jsonAnswer("All of them.", listOf(IbanItem, "InsurerIbanCollection"), {
      one: { self: ibansPath(EXAMPLE), items: [{ href: ibanPath(EXAMPLE), ...viewFields(EXAMPLE) }] },
    }),
    404: noInsurer,
  },
};

const proposeSchema = {
  operationId: "proposeInsurerIban",
  summary: "Propose an account of an insurer",
  description: "Nothing is paid to it before another operator confirms it.",
  tags: OPERATOR_TAGS,
  params: insurerParams,
  body: Type.Object(
    { iban: Type.String({ maxLength: 50, pattern: "^[^\\u0000]*$" }) },
    { examples: [{ iban: "BE68 5390 0754 7034" }] },
  ),
  response: {
    201: createdAnswer("Proposed.", IbanOne, { proposed: viewIban(EXAMPLE) }),
    400: problemResponse("It is no IBAN.", {
      invalid: actProblem(new OperatorError("invalidIban", "This is no IBAN: its form or check digits are wrong.")),
    }),
    404: noInsurer,
    409: problemResponse("Another account is proposed.", {
      proposed: actProblem(
        new OperatorError("ibanProposed", "Another account is proposed: confirm or reject it first."),
      ),
    }),
  },
};

const getSchema = {
  operationId: "getInsurerIban",
  summary: "Look at an account of an insurer",
  description: "Who proposed it, and who decided.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("The account.", IbanOne, { account: viewIban(EXAMPLE) }), 404: nothing },
};

const decisions = [
  {
    verb: "confirm",
    operationId: "confirmInsurerIban",
    summary: "Confirm an account of an insurer, as another operator than the one who proposed it",
    description: "From the next run on is paid to it. The insurer is told.",
    decide: confirmIban,
  },
  {
    verb: "reject",
    operationId: "rejectInsurerIban",
    summary: "Reject a proposed account of an insurer",
    description: "The account before it stays.",
    decide: rejectIban,
  },
] as const;

export function addInsurerIbanRoutes(app: Api, provide: ProvideDependencies): void {
  const list = (request: Parameters<typeof lookUp>[0], number: string) =>
    lookUp(request, provide, async (institute) =>
      listInsurerIbans(institute, (await getInsurer(institute, number)).enterpriseNumber),
    );
  const view = async (request: Parameters<typeof lookUp>[0], number: string, proposalId: string) => {
    const found = (await list(request, number)).find((one) => one.proposalId === proposalId);
    if (!found) throw ibanNotFound;
    return viewIban(found);
  };

  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, async (request) => {
    const { enterpriseNumber } = request.params;
    const items = (await list(request, enterpriseNumber)).map((one) => ({ href: ibanPath(one), ...viewFields(one) }));
    return { self: ibansPath({ enterpriseNumber }), items };
  });

  app.post(PATH, { schema: proposeSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { enterpriseNumber } = request.params;
    const act: Act<IbanChange> = (tx, actor) => proposeIban(tx, actor, { enterpriseNumber, iban: request.body.iban });
    const { proposalId } = await perform(request, reply, provide, { status: 201, act });
    const proposed = await view(request, enterpriseNumber, proposalId);
    reply.header("Location", proposed.self);
    return proposed;
  });

  app.get(`${PATH}/:proposalId`, { schema: getSchema, config: FOR_OPERATORS }, (request) =>
    view(request, request.params.enterpriseNumber, request.params.proposalId),
  );

  for (const { verb, decide, ...texts } of decisions) {
    const response = {
      200: jsonAnswer("As it is now.", IbanOne, { account: viewIban(EXAMPLE) }),
      404: nothing,
      409: problemResponse("Who proposed it cannot confirm it.", {
        same: actProblem(new OperatorError("sameOperator", "Who proposed the account cannot confirm it.")),
      }),
    };
    const schema = { ...texts, tags: OPERATOR_TAGS, params, response };
    app.post(`${PATH}/:proposalId/${verb}`, { schema, config: FOR_OPERATORS }, async (request, reply) => {
      const { enterpriseNumber, proposalId } = request.params;
      await view(request, enterpriseNumber, proposalId);
      const act: Act = (tx, actor) => decide(tx, actor, { proposalId });
      await perform(request, reply, provide, { status: 200, act });
      return await view(request, enterpriseNumber, proposalId);
    });
  }
}

function ibansPath({ enterpriseNumber }: Pick<InsurerIban, "enterpriseNumber">): string {
  return `${OPERATOR_ROOT}/insurers/${encodeURIComponent(enterpriseNumber)}/ibans`;
}

function ibanPath(iban: InsurerIban): string {
  return `${ibansPath(iban)}/${iban.proposalId}`;
}

function viewIban(iban: InsurerIban) {
  return { self: ibanPath(iban), ...viewFields(iban) };
}

function viewFields({ proposalId, iban, state, proposedAt, proposedBy, decidedAt, decidedBy }: InsurerIban) {
  return {
    ...{ proposalId, iban, state, proposedBy, proposedAt: proposedAt.toISOString() },
    ...(decidedAt && { decidedAt: decidedAt.toISOString() }),
    ...(decidedBy && { decidedBy }),
  };
}
