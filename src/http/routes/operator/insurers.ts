import { Type } from "typebox";
import { INSURER_PHASES } from "../../../identity/identity-kinds.ts";
import { admitWithReadiness, moveToPhase } from "../../../operator/admit-to-load.ts";
import type { OperatorChange } from "../../../operator/operator-change.ts";
import { OperatorError } from "../../../operator/operator-change.ts";
import type { Acts } from "../../../operator/perform-act.ts";
import { getInsurer, type InsurerRow, listInsurers } from "../../../operator/registry-queries.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { Href, Instant, Link, oneOf } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS, performAll } from "./operator-act.ts";
import { actProblem, registryProblem } from "./operator-problems.ts";
import { createdAnswer, EnterpriseNumber, jsonAnswer, listOf, Name } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/insurers`;
const Phase = oneOf(INSURER_PHASES, "`access`: verification, circuit tests and dry runs; then `loading`, then `live`.");

const fields = {
  enterpriseNumber: EnterpriseNumber,
  name: Type.String(),
  phase: Phase,
  initialLoadCompletedAt: Type.Optional(Instant),
  contacts: Link,
};
const Insurer = Type.Object({ self: Href, ...fields }, { title: "Insurer" });
const InsurerItem = Type.Object({ href: Href, ...fields }, { title: "InsurerItem" });

/** Asked for in production alone, where an insurer comes to declare real contracts: one of the two. */
const readinessGrounds = {
  readinessStatement: Type.Optional(
    Type.String({
      maxLength: 16_384,
      pattern: "^[^\\u0000]*$",
      description: "Production, into `loading`: the statement that validation signed (`GET /readiness`), compact JWS.",
    }),
  ),
  reason: Type.Optional(
    Type.String({
      maxLength: 500,
      pattern: "^[^\\u0000]*$",
      description: "Production, into `loading`: why without a statement.",
    }),
  ),
};

const EXAMPLE: InsurerRow = {
  enterpriseNumber: "0403019261",
  name: "Alpha",
  phase: "access",
  initialLoadCompletedAt: null,
};

const params = Type.Object({ enterpriseNumber: EnterpriseNumber });
const insurerNotFound = problemResponse("No such insurer was admitted.", {
  notFound: registryProblem("insurerNotFound", "No insurer 0403019261 was admitted.", "enterpriseNumber"),
});

const listSchema = {
  operationId: "listInsurers",
  summary: "List the insurers",
  description: "All that were ever admitted, with the phase each is in.",
  tags: OPERATOR_TAGS,
  response: {
    200: jsonAnswer("All insurers.", listOf(InsurerItem, "InsurerCollection"), {
      one: { self: PATH, items: [viewItem(EXAMPLE)] },
    }),
  },
};

const admitSchema = {
  operationId: "admitInsurer",
  summary: "Let an insurer in",
  description: "Its clients, keys and certificates are registered afterwards.",
  tags: OPERATOR_TAGS,
  body: Type.Object(
    { enterpriseNumber: EnterpriseNumber, name: Name, phase: Type.Optional(Phase), ...readinessGrounds },
    { examples: [{ enterpriseNumber: "0403019261", name: "Alpha" }] },
  ),
  response: {
    201: createdAnswer("Admitted.", Insurer, { admitted: viewInsurer(EXAMPLE) }),
    409: problemResponse("It was admitted before.", {
      exists: registryProblem("insurerExists", "An insurer 0403019261 was admitted before."),
    }),
  },
};

const getSchema = {
  operationId: "getInsurer",
  summary: "Look at an insurer",
  description: "Its name and the phase it is in.",
  tags: OPERATOR_TAGS,
  params,
  response: { 200: jsonAnswer("The insurer.", Insurer, { insurer: viewInsurer(EXAMPLE) }), 404: insurerNotFound },
};

const phaseSchema = {
  operationId: "setPhase",
  summary: "Move an insurer to another phase",
  description:
    "A suspended insurer is refused by every resource within a minute. `live` follows the end of the initial load. Production lets an " +
    "insurer into `loading` with its statement of readiness, or for a reason.",
  tags: OPERATOR_TAGS,
  params,
  body: Type.Object({ phase: Phase, ...readinessGrounds }, { examples: [{ phase: "suspended" }] }),
  response: {
    200: jsonAnswer("Moved.", Insurer, { moved: viewInsurer({ ...EXAMPLE, phase: "suspended" }) }),
    400: problemResponse("The statement of readiness is not good, or not asked for here.", {
      expired: actProblem(
        new OperatorError("readinessRefused", "The statement expired on 2026-11-01: ask for a new one."),
      ),
    }),
    404: insurerNotFound,
    409: problemResponse("It cannot be in that phase now.", {
      notReady: actProblem(
        new OperatorError(
          "readinessMissing",
          "Insurer 0403019261 has not shown that it is ready: give its statement of readiness from validation, or a reason why it may load without one.",
        ),
      ),
      same: registryProblem("phaseNotAllowed", "Insurer 0403019261 is in the phase suspended already."),
    }),
  },
};

export function addInsurerRoutes(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema: listSchema, config: FOR_OPERATORS }, async (request) => {
    const insurers = await lookUp(request, provide, (institute) => listInsurers(institute));
    return { self: PATH, items: insurers.map(viewItem) };
  });

  app.post(PATH, { schema: admitSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { enterpriseNumber, name, phase, readinessStatement: statement, reason } = request.body;
    const insurer = { enterpriseNumber, name, ...(phase && { phase }), statement, reason };
    const acts: Acts<readonly OperatorChange[]> = (tx, actor) =>
      admitWithReadiness(tx, actor, insurer, rulesOf(provide));
    await performAll(request, reply, provide, { status: 201, acts });
    reply.header("Location", insurerPath(enterpriseNumber));
    return viewInsurer(await lookUp(request, provide, (institute) => getInsurer(institute, enterpriseNumber)));
  });

  app.get(`${PATH}/:enterpriseNumber`, { schema: getSchema, config: FOR_OPERATORS }, async (request) => {
    const { enterpriseNumber } = request.params;
    return viewInsurer(await lookUp(request, provide, (institute) => getInsurer(institute, enterpriseNumber)));
  });

  app.put(`${PATH}/:enterpriseNumber/phase`, { schema: phaseSchema, config: FOR_OPERATORS }, async (request, reply) => {
    const { enterpriseNumber } = request.params;
    const { phase, readinessStatement: statement, reason } = request.body;
    const acts: Acts<readonly OperatorChange[]> = (tx, actor) =>
      moveToPhase(tx, actor, { enterpriseNumber, phase, statement, reason }, rulesOf(provide));
    await performAll(request, reply, provide, { status: 200, acts });
    return viewInsurer(await lookUp(request, provide, (institute) => getInsurer(institute, enterpriseNumber)));
  });
}

function rulesOf(provide: ProvideDependencies) {
  const { intake, readiness } = provide();
  return { environment: intake.environmentName, keySetFile: readiness.keySetFile };
}

function insurerPath(enterpriseNumber: string): string {
  return `${PATH}/${encodeURIComponent(enterpriseNumber)}`;
}

function viewInsurer(row: InsurerRow) {
  return { self: insurerPath(row.enterpriseNumber), ...view(row) };
}

function viewItem(row: InsurerRow) {
  return { href: insurerPath(row.enterpriseNumber), ...view(row) };
}

function view({ enterpriseNumber, name, phase, initialLoadCompletedAt }: InsurerRow) {
  return {
    enterpriseNumber,
    name,
    phase,
    ...(initialLoadCompletedAt && { initialLoadCompletedAt: initialLoadCompletedAt.toISOString() }),
    contacts: { href: `${insurerPath(enterpriseNumber)}/contacts` },
  };
}
