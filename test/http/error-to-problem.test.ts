import t from "tap";
import { describeError } from "../../src/http/describe-error.ts";
import { errorToProblem } from "../../src/http/error-to-problem.ts";
import { Problem, renderProblem } from "../../src/http/problems.ts";
import { TransferRefused } from "../../src/intake/receive-submission.ts";

const TRACE_ID = "0b7f2f62-6f0d-4a3e-9d40-6a1f0a8d0b11";
const MAXIMUM_BYTES = 1_000;

const fail = (name: string, code: string) => Object.assign(new Error(), { name, code });

t.test("what nobody expected says nothing of itself", async (t) => {
  const secrets = [
    new Error("secret"),
    Object.assign(new Error("secret"), { code: "23505", detail: "secret", query: "secret" }),
    Object.assign(new Error("secret"), { code: 7 }),
    "secret",
    undefined,
    { statusCode: 404, message: "secret" },
  ];
  for (const secret of secrets) {
    const text = JSON.stringify(renderProblem(errorToProblem(secret, MAXIMUM_BYTES), TRACE_ID));
    t.match(text, "urn:problem-type:belgif:internalServerError");
    t.notMatch(text, "secret");
  }
});

t.test("refused transfers and what is away for a while have problems of their own", async (t) => {
  const kinds: [unknown, string][] = [
    [new TransferRefused("payloadTooLarge"), "payloadTooLarge"],
    [new TransferRefused("digestMismatch"), "badRequest"],
    [new TransferRefused("tooManyTransfers"), "tooManyRequests"],
    [Object.assign(new Error(), { code: "CONNECT_TIMEOUT" }), "serviceUnavailable"],
    [Object.assign(new Error(), { code: "40001" }), "serviceUnavailable"],
    ...["57P03", "53100", "08006"].map((code): [Error, string] => [fail("PostgresError", code), "serviceUnavailable"]),
    ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH"].map((code): [Error, string] => [
      Object.assign(fail("Error", code), { syscall: "read" }),
      "serviceUnavailable",
    ]),
    [Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }), "serviceUnavailable"],
    [fail("PostgresError", "22P02"), "internalServerError"],
    [new Problem("notAcceptable", "no"), "notAcceptable"],
  ];
  for (const [error, kind] of kinds) t.equal(errorToProblem(error, MAXIMUM_BYTES).kind, kind);
});

t.test("of a hundred faults fifty are told, by their path", async (t) => {
  const fault = { keyword: "type", instancePath: "/records/3/startOn", params: {}, message: "must be string" };
  const error = Object.assign(new Error(), { validation: Array(100).fill(fault), validationContext: "body" });
  const { issues } = errorToProblem(error, MAXIMUM_BYTES);
  t.equal(issues.length, 50);
  t.match(issues[0], { in: "body", name: "records[3].startOn", detail: "records[3].startOn must be string." });
});

t.test("an unknown name is repeated only if it cannot be a personal number", async (t) => {
  const nameOf = (name: string) => {
    const fault = { keyword: "additionalProperties", instancePath: "", params: { additionalProperty: name } };
    const error = Object.assign(new Error(), { validation: [fault], validationContext: "querystring" });
    return errorToProblem(error, MAXIMUM_BYTES).issues[0]?.name;
  };
  t.equal(nameOf("pagesize"), "pagesize");
  for (const name of ["85073003328", "n85073003328", "85.07.30-033.28", "<script>", "x".repeat(51), ""])
    t.equal(nameOf(name), undefined, name);
});

t.test("a log line masks what a message quotes, but for names of tables and constraints", async (t) => {
  const messages: [string, string][] = [
    ['invalid input syntax for type uuid: "wanda"', 'invalid input syntax for type uuid: "…"'],
    [
      'duplicate key value violates unique constraint "client_pkey"',
      'duplicate key value violates unique constraint "client_pkey"',
    ],
    [`Unexpected token 'W', "Wanda Plan"... is not valid JSON`, `Unexpected token 'W', "…"... is not valid JSON`],
    ['the end is missing: "Wanda', 'the end is missing: "…"'],
  ];
  for (const [message, said] of messages) t.equal(describeError(new Error(message)).message, said);
  const forged = describeError(new Error("one\n    at Wanda (secret)"));
  t.notMatch(forged.frames.join(), /secret/);
});

t.test("a log line masks long numbers and leaves out what drivers add", async (t) => {
  const error = Object.assign(new Error("Key (ssin)=(85.07.30-033.28) and 85073003328 exist, code 42"), {
    code: "23505",
    detail: "85073003328",
    parameters: ["85073003328"],
  });
  const description = describeError(error);
  t.equal(description.message, "Key (ssin)=(…) and … exist, code 42");
  t.equal(description.code, "23505");
  t.notMatch(JSON.stringify(description), "85073003328");
  t.ok(description.frames.length > 0);
  t.equal(describeError(undefined).name, "undefined");
});
