import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";

const ROOT = join(import.meta.dirname, "../..");
const FILE = join(ROOT, "openapi/digital-contracts.json");

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

const document: JsonObject = JSON.parse(readFileSync(FILE, "utf8"));

t.test("every operation has an id, a summary, a description, a tag and a 2xx answer", async (t) => {
  for (const [path, item] of Object.entries(object(document.paths))) {
    for (const [method, operation] of Object.entries(object(item ?? {}))) {
      t.match(
        operation,
        { operationId: /^[a-z]+[A-Za-z]+$/, summary: /\S/, description: /\S/, tags: [/\S/] },
        `${method} ${path}`,
      );
      t.ok(Object.keys(object(object(operation).responses)).some((status) => status.startsWith("2")));
    }
  }
});

t.test(
  "every operation that is not public names the scope of the token it takes, and every answer has a trace id",
  async (t) => {
    const scopes = at(document, "components", "securitySchemes", "AccessToken", "flows", "clientCredentials", "scopes");
    for (const [path, item] of Object.entries(object(document.paths))) {
      for (const [method, operation] of Object.entries(object(item ?? {}))) {
        const { security, parameters = [], responses } = object(operation);
        const required = (security as { AccessToken: string[] }[]).flatMap(({ AccessToken }) => AccessToken);
        const isPublic = /^\/(health|doc|refData|admissions|\.well-known)/.test(path);
        t.equal(required.length, isPublic ? 0 : 1, `${method} ${path}`);
        for (const scope of required) t.type(scopes[scope], "string", scope);
        const namesInsurer = JSON.stringify(parameters).includes("#/components/parameters/InfossInsurer");
        t.equal(namesInsurer, !isPublic && !path.startsWith("/operator"), `${method} ${path}`);
        for (const [status, response] of Object.entries(object(responses))) {
          const { headers } = follow(response);
          t.match(JSON.stringify(headers ?? null), "BelGov-Trace-Id", `${method} ${path} ${status}`);
        }
      }
    }
  },
);

t.test("a number in a query has an end, before the database's own", async (t) => {
  for (const [path, item] of Object.entries(object(document.paths))) {
    for (const [method, operation] of Object.entries(object(item ?? {}))) {
      for (const parameter of (object(operation).parameters ?? []) as Json[]) {
        const { name = null, schema = null } = follow(parameter);
        const { type = null, maximum = null } = object(schema);
        if (type === "integer") t.type(maximum, "number", `${method} ${path} ${name}`);
      }
    }
  }
});

t.test("nothing published closes an object, and no personal number can be part of a URL", async (t) => {
  const text = JSON.stringify(document);
  t.notMatch(text, '"additionalProperties":false');
  t.notMatch(Object.keys(object(document.paths)).join(), /ssin|niss|insz/i);
});

t.test(
  "a document that is not what the routes say fails the check with a sentence that tells what to do",
  async (t) => {
    const check = () => run(process.execPath, ["src/http/write-openapi.ts", "--check"]);
    t.same(await check(), { code: 0, output: "" });
    const file = join(t.testdir(), "changed.json");
    writeFileSync(file, readFileSync(FILE, "utf8").replace("3.0.3", "3.0.2"));
    const changed = await run(process.execPath, ["src/http/write-openapi.ts", "--check", file]);
    t.equal(changed.code, 1);
    t.match(changed.output, /npm run openapi/);
  },
);

t.test("every collection has a link to itself, and each of its items one to it", async (t) => {
  for (const [path, item] of Object.entries(object(document.paths))) {
    const { schema } = jsonOf(object(item ?? {}).get) ?? {};
    const { properties, required } = schema ? follow(schema) : {};
    if (!properties || !("items" in object(properties)) || path.startsWith("/doc")) continue;
    t.match(JSON.stringify(required), /"self".*"items"|"items".*"self"/, path);
    t.match(JSON.stringify(follow(at(object(properties), "items").items).required), '"href"', path);
  }
});

t.test("Redocly runs the Belgif rules, and shows where the fault is", async (t) => {
  const broken: JsonObject = structuredClone(document);
  at(broken, "components", "schemas", "Finding", "properties").snake_case = { type: "string" };
  const file = join(t.testdir(), "broken.json");
  writeFileSync(file, JSON.stringify(broken));
  const { code, output } = await lint(file);
  t.not(code, 0);
  const { problems } = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  t.match(problems, [
    {
      ruleId: "belgif/jsn-naming",
      severity: "error",
      location: [{ pointer: "#/components/schemas/Finding/properties/snake_case" }],
    },
  ]);
  t.equal(problems.length, 1, "and nothing in the document as it is");
});

function lint(file: string) {
  return run(join(ROOT, "node_modules/.bin/redocly"), ["lint", "--format=json", file]);
}

async function run(command: string, args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", REDOCLY_TELEMETRY: "off" };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: ROOT, env, maxBuffer: 2 ** 24 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code = 1, stdout = "", stderr = "" } = error as { code?: number; stdout?: string; stderr?: string };
    return { code, output: stdout + stderr };
  }
}

function object(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${JSON.stringify(value)} is no object`);
  return value;
}

/** The JSON that an operation answers with 200. */
function jsonOf(operation: Json | undefined): JsonObject | undefined {
  if (operation === undefined) return undefined;
  const answer = object(object(operation).responses)["200"];
  const content = answer === undefined ? undefined : object(answer).content;
  const json = content === undefined ? undefined : object(content)["application/json"];
  return json === undefined ? undefined : object(json);
}

function follow(schema: Json | undefined): JsonObject {
  const { $ref } = object(schema);
  return typeof $ref === "string" ? at(document, ...$ref.slice(2).split("/")) : object(schema);
}

/** The object at a path of names and places. */
function at(start: JsonObject, ...path: (string | number)[]): JsonObject {
  let node: Json | undefined = start;
  for (const step of path) node = Array.isArray(node) ? node[Number(step)] : object(node)[String(step)];
  return object(node);
}
