import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { parse } from "csv-parse/sync";
import { XmlDocument } from "libxml2-wasm";
import t from "tap";
import { isObject, type Json, type JsonObject } from "../../openapi/belgif/json.ts";
import { PROBLEM_TYPES } from "../../src/http/problems.ts";
import { PROBLEM_MEDIA_TYPE } from "../../src/http/send-problem.ts";
import { createXsdCheck } from "../formats/report/xsd.ts";
import {
  type Body,
  listDocumentOperations,
  listProblemTypes,
  type Operation,
  readPublished,
} from "./document-operations.ts";
import { findUndocumented } from "./documented-problems.ts";

const document = readPublished();
const operations = listDocumentOperations(document);

/** Bodies, taken or answered, that lack what a reader needs. A sentence for each. */
function findUnshown(of: readonly Operation[]): string[] {
  return of.flatMap(({ name, answers, requestBodies }) => [
    ...[...requestBodies, ...answers.flatMap(({ bodies }) => bodies)]
      .filter(({ examples }) => examples.size === 0)
      .map((body) => `${body.name}: add an example`),
    ...(answers.some(({ status }) => status.startsWith("2"))
      ? []
      : [`${name}: say what success looks like (a 2xx answer)`]),
    ...answers
      .filter(({ status, bodies }) => !["202", "204", "default"].includes(status) && bodies.length === 0)
      .map(({ status }) => `${name}, ${status}: add a body with an example`),
  ]);
}

/** Problems that follow from what an operation is, and are its route's to declare. A sentence for each that is missing. */
function findUndeclared(of: readonly Operation[]): string[] {
  return of.flatMap((operation) => {
    const { name, path, node } = operation;
    const parameters = Array.isArray(node.parameters) ? node.parameters.filter(isObject) : [];
    const takes = (header: string) => parameters.some((parameter) => parameter.name === header);
    const offered = operation.answers.find(({ status }) => status === "200")?.bodies ?? [];
    const needs: [boolean, keyof typeof PROBLEM_TYPES][] = [
      [path.includes("{"), "resourceNotFound"],
      [offered.length > 1, "notAcceptable"],
      [takes("If-Match"), "preconditionFailed"],
      [takes("Idempotency-Key"), "idempotencyKeyReused"],
    ];
    return needs
      .filter(([isNeeded, kind]) => {
        const { status, type } = PROBLEM_TYPES[kind];
        return isNeeded && !listProblemTypes(operation, String(status)).includes(type);
      })
      .map(([, kind]) => `${name}: declare ${PROBLEM_TYPES[kind].status} ${kind}, with an example`);
  });
}

t.test("every operation shows what it takes, what success looks like, and each problem it can answer", async (t) => {
  t.ok(operations.length > 100);
  t.same(findUnshown(operations), []);
  t.same(findUndeclared(operations), []);
  for (const { name, answers } of operations) {
    const statuses = answers.map(({ status }) => status);
    t.ok(
      ["400", "414", "415", "429", "500", "503", "default"].every((status) => statuses.includes(status)),
      name,
    );
  }
});

t.test("what is missing is said, with the operation", async (t) => {
  const empty: Body = {
    name: "GET /things, 200, application/json",
    mediaType: "text/csv",
    schema: {},
    examples: new Map(),
  };
  const parameters = [{ name: "If-Match" }, { name: "Idempotency-Key" }];
  const answers = [
    { status: "200", bodies: [empty] },
    { status: "409", bodies: [] },
  ];
  const things = { name: "GET /things/{id}", method: "GET", path: "/things/{id}", requestBodies: [] };
  t.same(findUnshown([{ ...things, node: {}, answers }]), [
    "GET /things, 200, application/json: add an example",
    "GET /things/{id}, 409: add a body with an example",
  ]);
  t.match(findUnshown([{ ...things, node: {}, answers: [] }]), [/a 2xx answer/]);
  t.same(
    findUndeclared([{ ...things, node: { parameters }, answers }]).map((fault) => fault.split(" ").at(3)),
    ["404", "412", "422"],
  );
});

t.test("a problem that was answered and is not documented is found, with what to do", async (t) => {
  const asked = { method: "GET", path: "/submissions/1/report", status: 404, type: PROBLEM_TYPES.reportNotReady.type };
  t.equal(findUndocumented(asked), undefined);
  t.match(
    findUndocumented({ ...asked, status: 409 }),
    /^GET \/submissions\/\{submissionId\}\/report answered 409 .*add 409:/,
  );
  t.match(findUndocumented({ ...asked, type: PROBLEM_TYPES.notLive.type }), /npm run openapi/);
  t.equal(findUndocumented({ ...asked, path: "/nothing/here" }), undefined, "no operation was asked");
  const query = { method: "POST", path: "/contracts/query", status: 404, type: PROBLEM_TYPES.resourceNotFound.type };
  t.match(findUndocumented(query), /^POST \/contracts\/query /, "the path without names goes first");
});

t.test("every problem the gateway knows is shown by an operation that answers it", async (t) => {
  const shown = new Set(
    operations.flatMap((operation) => operation.answers.flatMap(({ status }) => listProblemTypes(operation, status))),
  );
  for (const [kind, { type }] of Object.entries(PROBLEM_TYPES)) {
    // The answer to methods that are no operations.
    if (kind !== "methodNotAllowed") t.ok(shown.has(type), kind);
  }
});

t.test("a problem stands under its own status, with a type that the gateway knows", async (t) => {
  const types = new Map<unknown, number>(Object.values(PROBLEM_TYPES).map(({ type, status }) => [type, status]));
  for (const { name, answers } of operations) {
    for (const { status, bodies } of answers) {
      const problems = bodies.filter(({ mediaType }) => mediaType === PROBLEM_MEDIA_TYPE);
      for (const example of problems.flatMap(({ examples }) => [...examples.values()])) {
        const { type, status: own } = isObject(example) ? example : {};
        const isRight = types.get(type) === own && (status === "default" || status === String(own));
        if (!isRight) t.fail(`${name}, ${status}: ${type} is a ${types.get(type) ?? "type nobody knows"}`);
      }
    }
  }
});

t.test("every example fits its schema, and shows no field that is not described", async (t) => {
  const check = createSchemaCheck(document);
  let count = 0;
  for (const body of operations.flatMap(({ requestBodies, answers }) => [
    ...requestBodies,
    ...answers.flatMap(({ bodies }) => bodies),
  ])) {
    for (const [name, example] of body.examples) {
      count += 1;
      const fault = check(body.schema, example) ?? CHECKS[body.mediaType]?.(String(example));
      if (fault) t.fail(`${body.name}, example ${name}: ${fault}`);
    }
  }
  t.ok(count > 500, `${count} examples`);
  t.match(check({ type: "object", properties: {} }, { other: 1 }), /additional/);
  t.match(check({ $ref: "#/components/schemas/Problem" }, { type: "x" }), /required/);
});

t.test("what is wrong with an example in another media type is found", async (t) => {
  const report = operations.find(({ name }) => name === "GET /submissions/{submissionId}/report");
  const bodies = report?.answers.find(({ status }) => status === "200")?.bodies ?? [];
  const exampleOf = (mediaType: string) =>
    String([...(bodies.find((body) => body.mediaType === mediaType)?.examples.values() ?? [])][0]);
  const xml = exampleOf("application/xml");
  t.equal(CHECKS["application/xml"]?.(xml), undefined);
  t.match(CHECKS["application/xml"]?.(xml.replaceAll("recordNumber", "recordNo")), /recordNo/);
  t.match(CHECKS["application/xml"]?.(xml.replace("infoss:report:1", "infoss:unknown:1")), /no schema/);
  const csv = exampleOf("text/csv");
  t.equal(CHECKS["text/csv"]?.(csv), undefined);
  t.match(CHECKS["text/csv"]?.(csv.replace(",rejected", "")), /Record Length/);
  t.match(CHECKS["application/x-ndjson"]?.('{"a":1}\n{'), /JSON/);
  t.match(CHECKS["application/jose"]?.("a.b"), /three parts/);
});

/** Says what is wrong with a text of a media type that JSON Schema says nothing of. */
const CHECKS: Readonly<Record<string, (text: string) => string | undefined>> = {
  "application/xml": checkXml,
  "text/xml": checkXml,
  "text/csv": (text) => faultOf(() => parse(text, { delimiter: [",", ";"] })),
  "application/x-ndjson": checkLines,
  "application/jsonl": checkLines,
  "application/jose": (text) => (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) ? undefined : "a compact JWS has three parts"),
};

const XSDS = ["contract-file", "receipt", "report", "status", "verification-result"].map((name) => {
  const path = `${name}/1/${name}.xsd`;
  const text = readFileSync(new URL(`../../schemas/${path}`, import.meta.url), "utf8");
  return { namespace: /targetNamespace="([^"]+)"/.exec(text)?.[1], check: createXsdCheck(path) };
});

function checkXml(xml: string): string | undefined {
  const namespace = /xmlns="([^"]+)"/.exec(xml)?.[1];
  const xsd = XSDS.find((one) => one.namespace === namespace);
  // The schema is ISO's; test/formats/payment looks at what is in it.
  if (namespace?.startsWith("urn:iso:std:iso:20022:")) return faultOf(() => XmlDocument.fromString(xml).dispose());
  return xsd ? faultOf(() => xsd.check.validate(xml)) : `there is no schema of the namespace ${namespace}`;
}

function checkLines(text: string): string | undefined {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => faultOf(() => JSON.parse(line))).find((fault) => fault !== undefined);
}

function faultOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Compiles each schema once, with every object in it closed. */
function createSchemaCheck(root: JsonObject) {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  formats.default(ajv);
  ajv.addFormat("binary", true).addSchema({ ...close(root), $id: "closed" }, "closed");
  const compiled = new Map<string, ReturnType<Ajv["compile"]>>();
  return (schema: JsonObject, value: Json): string | undefined => {
    const text = JSON.stringify(close(schema)).replaceAll('"$ref":"#/', '"$ref":"closed#/');
    let validate = compiled.get(text);
    if (!validate) {
      validate = ajv.compile(JSON.parse(text));
      compiled.set(text, validate);
    }
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

function close(node: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(node, (_name, member) =>
      isObject(member) && member.type === "object" && isObject(member.properties)
        ? { additionalProperties: false, ...member }
        : member,
    ),
  );
}
