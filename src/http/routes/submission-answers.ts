import { Type } from "typebox";
import { ANSWER_STATES, type AnswerView, listAnswersAbout, reviveAnswers } from "../../exchange/answers.ts";
import { ANSWER_CODES } from "../../formats/exchange-file-name.ts";
import { SCOPES } from "../../identity/scopes.ts";
import { recordWrite } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import { EXAMPLE_SUBMISSION_ID } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { getOwnSubmission, SubmissionParams, submissionNotFound } from "../own-submission.ts";
import { API_ROOT, submissionPath } from "../paths.ts";
import { problemResponse } from "../problem-schema.ts";
import { Href, Instant, oneOf } from "../schema-parts.ts";

const Answer = Type.Object(
  {
    href: Type.String({ format: "uri-reference", description: "The same over REST: of a receipt, or of a report." }),
    code: oneOf(ANSWER_CODES, "`ACRF`: receipt. `NOTI`: report. `INVR`: result of a verification."),
    fileName: Type.String({ description: "Its name in `OUT`; the number in it stays." }),
    answeredName: Type.String({ description: "The file in `IN` that it answers." }),
    state: oneOf(ANSWER_STATES, "`due`: to be written to `OUT`. `removed`: it was not fetched in time."),
    createdAt: Instant,
  },
  { title: "SftpAnswer" },
);
const Collection = Type.Object({ self: Href, items: Type.Array(Answer) }, { title: "SftpAnswerCollection" });

const EXAMPLE: AnswerView = {
  fileName: "FO.ACRF.0403019261.20261122.00001.S",
  code: "ACRF",
  answeredName: "FI.DICO.0403019261.20261122.00001.S",
  state: "fetched",
  createdAt: new Date("2026-11-22T09:00:00.000Z"),
};

const answersAs = (description: string, state: AnswerView["state"]) => ({
  description,
  content: {
    "application/json": {
      schema: Collection,
      examples: { [state]: { value: viewAnswers(EXAMPLE_SUBMISSION_ID, [{ ...EXAMPLE, state }]) } },
    },
  },
});
const notFound = problemResponse("No submission of yours has this id.", { notFound: submissionNotFound() });

const listSchema = {
  operationId: "listSubmissionAnswers",
  summary: "List the answers to SFTP accounts about a submission",
  description: "Receipt and report as files in `OUT`, and where they are. Empty where the file came over REST.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: { 200: answersAs("All of them.", "fetched"), 404: notFound },
};

const publishSchema = {
  operationId: "publishSubmissionAnswers",
  summary: "Have the answers about a submission written to OUT again",
  description:
    "Whatever became of them: same numbers, same content, seconds later. Empty, and nothing is written, where the file " +
    "came over REST.",
  tags: ["Submissions"],
  params: SubmissionParams,
  response: { 200: answersAs("They will be written.", "due"), 404: notFound },
};

export function submissionAnswersRoutes(app: Api, provide: ProvideDependencies): void {
  const path = `${API_ROOT}/submissions/:submissionId/answers`;

  app.get(path, { schema: listSchema, config: { scope: SCOPES.consult } }, async (request) => {
    const { submissionId } = await getOwnSubmission(request, request.params.submissionId, provide);
    const tenant = getTenant(request, provide);
    return viewAnswers(submissionId, await tenant.run((tx) => listAnswersAbout(tx, tenant.insurerId, submissionId)));
  });

  app.post(`${path}/publish`, { schema: publishSchema, config: { scope: SCOPES.submit } }, async (request) => {
    const { submissionId } = await getOwnSubmission(request, request.params.submissionId, provide);
    const { insurerId, run } = getTenant(request, provide);
    return await run(async (tx) => {
      await reviveAnswers(tx, { insurerId, submissionId });
      await recordWrite(request, tx, { status: 200 });
      return viewAnswers(submissionId, await listAnswersAbout(tx, insurerId, submissionId));
    });
  });
}

function viewAnswers(submissionId: string, answers: readonly AnswerView[]) {
  const path = submissionPath(submissionId);
  const items = answers.map(({ code, createdAt, ...answer }) => ({
    href: `${path}/${code === "ACRF" ? "receipt" : "report"}`,
    code,
    ...answer,
    createdAt: createdAt.toISOString(),
  }));
  return { self: `${path}/answers`, items };
}
