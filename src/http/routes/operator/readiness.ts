import { Type } from "typebox";
import { getInsurer } from "../../../operator/registry-queries.ts";
import { computeReadiness } from "../../../readiness/compute-readiness.ts";
import { findInsurerId, listAdmissions, type ReadinessAdmission } from "../../../readiness/readiness-admissions.ts";
import { answerLanguage } from "../../answer.ts";
import type { Api } from "../../fastify-types.ts";
import type { ProvideDependencies } from "../../http-dependencies.ts";
import { problemResponse } from "../../problem-schema.ts";
import { EXAMPLE_READINESS, READINESS_FIELDS, viewReadiness } from "../../readiness-view.ts";
import { Href, Instant } from "../../schema-parts.ts";
import { FOR_OPERATORS, lookUp, OPERATOR_ROOT, OPERATOR_TAGS } from "./operator-act.ts";
import { registryProblem } from "./operator-problems.ts";
import { EnterpriseNumber, jsonAnswer } from "./operator-schemas.ts";

const PATH = `${OPERATOR_ROOT}/insurers/:enterpriseNumber/readiness`;

const Admission = Type.Object(
  {
    statementId: Type.Optional(Type.String({ format: "uuid" })),
    reason: Type.Optional(Type.String({ description: "Where there was no statement." })),
    admittedBy: Type.String({ description: "Client id of the operator, or `account:` and an account." }),
    admittedAt: Instant,
  },
  { title: "ReadinessAdmission" },
);

const { ready, checklist, statement } = READINESS_FIELDS;
const schema = {
  operationId: "getInsurerReadiness",
  summary: "See whether an insurer is ready for production",
  description:
    "In validation its checklist, with the signed statement once every item is fulfilled. In production why it was let into the initial " +
    "load: its statements, or operators' reasons.",
  tags: OPERATOR_TAGS,
  params: Type.Object({ enterpriseNumber: EnterpriseNumber }),
  response: {
    200: jsonAnswer(
      "What is known of it here.",
      Type.Object(
        {
          self: Href,
          enterpriseNumber: EnterpriseNumber,
          ready: Type.Optional(ready),
          checklist: Type.Optional(checklist),
          statement,
          admissions: Type.Array(Admission),
        },
        { title: "InsurerReadiness" },
      ),
      {
        validation: {
          self: pathOf("0403019261"),
          enterpriseNumber: "0403019261",
          ...viewReadiness(EXAMPLE_READINESS, "en"),
          admissions: [],
        },
        production: {
          self: pathOf("0403019261"),
          enterpriseNumber: "0403019261",
          admissions: [
            {
              statementId: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
              admittedBy: "desk-1",
              admittedAt: "2026-11-22T09:00:00.000Z",
            },
          ],
        },
      },
    ),
    404: problemResponse("No such insurer was admitted.", {
      notFound: registryProblem("insurerNotFound", "No insurer 0403019261 was admitted.", "enterpriseNumber"),
    }),
  },
};

export function addReadinessRoute(app: Api, provide: ProvideDependencies): void {
  app.get(PATH, { schema, config: FOR_OPERATORS }, async (request, reply) => {
    const { intake, readiness } = provide();
    const { enterpriseNumber } = await lookUp(request, provide, (sql) =>
      getInsurer(sql, request.params.enterpriseNumber),
    );
    const admissions = await lookUp(request, provide, (sql) => listAdmissions(sql, enterpriseNumber));
    const known = { self: pathOf(enterpriseNumber), enterpriseNumber, admissions: admissions.map(viewAdmission) };
    if (intake.environmentName === "production") return known;
    const insurerId = await lookUp(request, provide, (sql) => findInsurerId(sql, enterpriseNumber));
    const computed = await computeReadiness(intake.database, insurerId, readiness);
    const signed = computed.ready ? await readiness.sign(enterpriseNumber) : undefined;
    return { ...known, ...viewReadiness(computed, answerLanguage(request, reply), signed) };
  });
}

function pathOf(enterpriseNumber: string): string {
  return PATH.replace(":enterpriseNumber", enterpriseNumber);
}

function viewAdmission({ statementId, reason, admittedBy, admittedAt }: ReadinessAdmission) {
  return {
    ...(statementId !== null && { statementId }),
    ...(reason !== null && { reason }),
    admittedBy,
    admittedAt: admittedAt.toISOString(),
  };
}
