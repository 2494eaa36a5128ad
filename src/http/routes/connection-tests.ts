import { Type } from "typebox";
import type { SeenCall } from "../../connection-tests/connection-test.ts";
import {
  findConnectionTest,
  insertConnectionTest,
  isPassed,
  listConnectionTests,
} from "../../connection-tests/connection-tests.ts";
import { findConnectionFindings } from "../../connection-tests/find-connection-findings.ts";
import { SCOPES, SCOPES_BY_KIND } from "../../identity/scopes.ts";
import { answerLanguage } from "../answer.ts";
import { recordWrite } from "../audit-answers.ts";
import { getTenant } from "../authorize.ts";
import {
  CONNECTION_TESTS_PATH,
  ConnectionTestSchema,
  ConnectionTestSummarySchema,
  connectionTestPath,
  EXAMPLE_CONNECTION_TEST,
  viewConnectionTest,
  viewConnectionTestSummary,
} from "../connection-test-view.ts";
import { EXAMPLE_DIGEST } from "../examples.ts";
import type { Api } from "../fastify-types.ts";
import type { ProvideDependencies } from "../http-dependencies.ts";
import { acceptJson } from "../json-body.ts";
import { isUuid } from "../own-submission.ts";
import { problemResponse } from "../problem-schema.ts";
import { Problem } from "../problems.ts";
import { Href, referTo } from "../schema-parts.ts";
import { seeBody, seeCall } from "../see-call.ts";
import { createdAnswer, jsonAnswer } from "./operator/operator-schemas.ts";

const TAGS = ["Connection tests"];
const EXAMPLE_VIEW = viewConnectionTest(EXAMPLE_CONNECTION_TEST, "en");
const { self: _self, connectionTestId: _id, ...EXAMPLE_UNKEPT } = EXAMPLE_VIEW;

const createSchema = {
  operationId: "createConnectionTest",
  summary: "Test your connection",
  description:
    "Tells what the gateway sees of this very call: TLS version and cipher suite, client certificate with its chain, claims of the " +
    "token, the difference of the clocks, source address, Content-Digest; and what to mend. In every environment. Send `Date` and " +
    "`Content-Digest` as you do with files. The newest hundred are kept. A client that may act for several insurers and names none is " +
    "answered (200), and nothing is kept.",
  tags: TAGS,
  headers: {
    type: "object",
    properties: {
      "Content-Digest": { type: "string", description: "RFC 9530, with `sha-256`.", examples: [EXAMPLE_DIGEST] },
    },
  },
  body: Type.Object(
    { probe: Type.Optional(Type.String({ maxLength: 1_000, description: "Anything; it is not kept." })) },
    { title: "ConnectionProbe", examples: [{ probe: "circuit 1" }] },
  ),
  response: {
    200: jsonAnswer("How it looks. Not kept, for no insurer is named.", referTo(ConnectionTestSchema), {
      notKept: EXAMPLE_UNKEPT,
    }),
    201: createdAnswer("How it looks, and where that stays.", referTo(ConnectionTestSchema), { tested: EXAMPLE_VIEW }),
  },
};

const listSchema = {
  operationId: "listConnectionTests",
  summary: "List your connection tests",
  description: "Newest first, over REST and SFTP: a file with the letter `T` is one too.",
  tags: TAGS,
  response: {
    200: jsonAnswer(
      "The newest.",
      Type.Object(
        { self: Href, items: Type.Array(ConnectionTestSummarySchema) },
        { title: "ConnectionTestCollection" },
      ),
      { one: { self: CONNECTION_TESTS_PATH, items: [viewConnectionTestSummary(EXAMPLE_CONNECTION_TEST)] } },
    ),
  },
};

const getSchema = {
  operationId: "getConnectionTest",
  summary: "Look at a connection test",
  description: "As it was answered, with the texts in the language you ask for.",
  tags: TAGS,
  params: Type.Object({ connectionTestId: Type.String({ format: "uuid", description: "As in the list." }) }),
  response: {
    200: jsonAnswer("The test.", referTo(ConnectionTestSchema), { tested: EXAMPLE_VIEW }),
    404: problemResponse("No connection test of yours has this id.", { notFound: testNotFound() }),
  },
};

export async function connectionTestRoutes(app: Api, provide: ProvideDependencies): Promise<void> {
  const bodies = new WeakMap<object, SeenCall["body"]>();
  await app.register(async (scope) => {
    acceptJson(scope, (bytes, request) => bodies.set(request, seeBody(bytes, request)));
    const config = { scope: SCOPES.submit };
    scope.post(CONNECTION_TESTS_PATH, { schema: createSchema, config }, async (request, reply) => {
      const now = new Date();
      const seen = seeCall(request, bodies.get(request)!, now);
      const findings = findConnectionFindings(seen, now, SCOPES_BY_KIND.insurer);
      const { clientId } = request.caller!;
      const language = answerLanguage(request, reply);
      if (!request.insurer) {
        const unkept = { clientId, submissionId: null, seen, findings, isPassed: isPassed(findings), testedAt: now };
        return viewConnectionTest(unkept, language);
      }
      const { insurerId } = request.insurer;
      const test = await getTenant(request, provide).run(async (tx) => {
        const inserted = await insertConnectionTest(tx, insurerId, { clientId, seen, findings });
        await recordWrite(request, tx, { status: 201 });
        return inserted;
      });
      reply.code(201).header("Location", connectionTestPath(test.connectionTestId));
      return viewConnectionTest(test, language);
    });
  });

  const config = { scope: SCOPES.consult };
  app.get(CONNECTION_TESTS_PATH, { schema: listSchema, config }, async (request) => {
    const tests = await listConnectionTests(getTenant(request, provide));
    return { self: CONNECTION_TESTS_PATH, items: tests.map(viewConnectionTestSummary) };
  });

  app.get(`${CONNECTION_TESTS_PATH}/:connectionTestId`, { schema: getSchema, config }, async (request, reply) => {
    const { connectionTestId } = request.params;
    const tenant = getTenant(request, provide);
    const test = isUuid(connectionTestId) ? await findConnectionTest(tenant, connectionTestId) : undefined;
    if (!test) throw testNotFound();
    return viewConnectionTest(test, answerLanguage(request, reply));
  });
}

function testNotFound(): Problem {
  const detail = "There is no such connection test.";
  return new Problem("resourceNotFound", detail, {
    issues: [{ kind: "invalidInput", in: "path", name: "connectionTestId", detail }],
  });
}
