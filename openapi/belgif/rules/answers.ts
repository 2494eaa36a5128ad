import { isObject, objectsOf, textOf } from "../json.ts";
import { type OpenapiDocument, type OperationDefinition, resolve } from "../openapi-document.ts";
import { type Rule, recommended, required } from "../rule.ts";
import { isOfType } from "../schemas.ts";
import { isMediaType, isUpperKebabCase } from "../spelling.ts";

/** Rules about bodies, headers and problems. */

const PROBLEM = "application/problem+json";

/** The answers of the operations that give bodies at all. */
function listAnswers({ root, operations }: OpenapiDocument) {
  return operations
    .filter(({ method }) => method !== "head" && method !== "options")
    .flatMap((operation) =>
      objectsOf(operation.node.responses).map(([status, node]) => ({
        operation,
        status,
        place: [...operation.place, "responses", status],
        response: resolve(root, node),
      })),
    );
}

export const problemMediaType: Rule = {
  id: "err-problem",
  levels: ["recommended"],
  source: {
    guide: "errorhandling.adoc",
    validator: ["Rule-ErrorResponseShouldProduceProblemJson", "Rule-ProblemJsonNotAllowedWithSuccessfulStatusCode"],
  },
  *check(document) {
    const isHealth = ({ path, method }: OperationDefinition) => path === "/health" && method === "get";
    for (const { operation, status, place, response } of listAnswers(document)) {
      const mediaTypes = objectsOf(response.content).map(([name]) => name);
      const isError = /^[45]|^default$/.test(status) && !(isHealth(operation) && status === "503");
      if (isError && !mediaTypes.includes(PROBLEM)) yield recommended(place, `The answer ${status} is ${PROBLEM}.`);
      if (/^[123]/.test(status) && mediaTypes.some((mediaType) => isMediaType(mediaType, [PROBLEM]))) {
        yield recommended(place, `The answer ${status} is no ${PROBLEM}: it is a success.`);
      }
    }
  },
};

export const defaultProblem: Rule = {
  id: "prb-defaul",
  levels: ["recommended"],
  source: {
    guide: "errorhandling.adoc",
    validator: ["Rule-DefaultProblemResponse", "Rule-ShouldUseProblemResponseSchema"],
  },
  *check(document) {
    for (const { status, place, response } of listAnswers(document)) {
      const content = isObject(response.content) ? response.content[PROBLEM] : undefined;
      const schema = isObject(content) ? content.schema : undefined;
      if (status === "default" && isObject(schema) && !textOf(schema.$ref)?.includes("/Problem")) {
        yield recommended(place, "The default problem refers to the component Problem.");
      }
    }
    for (const { method, place, node } of document.operations) {
      const responses = isObject(node.responses) ? node.responses : {};
      if (method !== "head" && method !== "options" && responses.default === undefined) {
        yield recommended(place, `An operation declares a default answer, ${PROBLEM}.`);
      }
    }
  },
};

/** Names fixed by other specifications, and by the guide itself. */
const OTHER_HEADERS =
  /^(ETag|traceparent|tracestate|baggage|WWW-Authenticate|BelGov-.*|Accept-CH|Sec-CH-.*|Sec-WebSocket-.*)$/;

export const headerNotation: Rule = {
  id: "hdr-case",
  levels: ["recommended"],
  source: { guide: "reserved.adoc", validator: ["Rule-HeadersUpperKebabCase"] },
  *check({ parameters, responses }) {
    const asked = parameters
      .filter(({ node }) => node.in === "header")
      .map(({ place, node }) => ({ place, name: textOf(node.name) ?? "" }));
    const answered = responses.flatMap(({ place, node }) =>
      objectsOf(node.headers).map(([name]) => ({ place: [...place, "headers", name], name })),
    );
    for (const { place, name } of [...asked, ...answered]) {
      if (!OTHER_HEADERS.test(name) && !isUpperKebabCase(name)) {
        yield recommended(place, `The header \`${name}\` is written in Kebab-Case with capitals.`);
      }
    }
  },
};

export const topLevelObject: Rule = {
  id: "evo-object",
  levels: ["required"],
  source: {
    guide: "versioning.adoc",
    validator: ["Rule-JsonObjectAsTopLevelStructure", "Rule-ApplicationJsonShouldHaveSchema"],
  },
  *check(document) {
    for (const { place, node, name } of document.mediaTypes) {
      if (!isObject(node.schema)) {
        if (isMediaType(name, ["application/json"])) yield required(place, "A JSON body has a schema.");
      } else if (isMediaType(name, ["application/json", "multipart/*"]) && !isOfType(document, node.schema, "object")) {
        yield required(place, "A JSON body is an object, so that members can be added to it.");
      }
    }
  },
};

const STRUCTURED = [
  "application/json",
  "multipart/*",
  "text/xml",
  "application/xml",
  "application/x-www-form-urlencoded",
];

export const structuredMediaType: Rule = {
  id: "rep-struct",
  levels: ["required"],
  source: { guide: "mediatypes.adoc", validator: ["Rule-MandatoryMediaType"] },
  *check({ root, mediaTypes }) {
    for (const { place, node, name } of mediaTypes) {
      if (!isObject(node.schema)) continue;
      const { type, format } = resolve(root, node.schema);
      const isBinary = type === "string" && ["binary", "byte", "base64"].includes(textOf(format) ?? "");
      const isText = type === "string" && isMediaType(name, ["text/*"]);
      if (!isBinary && !isText && !isMediaType(name, STRUCTURED)) {
        yield required(place, `${name} has no structure of its own: JSON or XML, or a string of the format binary.`);
      }
    }
  },
};
