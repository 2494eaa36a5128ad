// Rules of the Belgif REST guide as lint rules, under the guide's own rule ids (its validator is a Maven tool).

const LOWER_CAMEL_CASE = /^[a-z][a-zA-Z0-9]*$/;
const UPPER_CAMEL_CASE = /^[A-Z][a-zA-Z0-9]*$/;
const KEBAB_CASE_WITH_CAPITALS = /^[A-Z][A-Za-z0-9]*(-[A-Z][A-Za-z0-9]*)*$/;
const PROBLEM_MEDIA_TYPE = "application/problem+json";
/** Reserved by the guide, or fixed by another specification. */
const OTHER_SEGMENTS = new Set(["refData", "doc", "health", ".well-known"]);

const named = (pattern, style, what) => (name, report, location) => {
  if (!pattern.test(name)) report({ message: `${what} \`${name}\` must be in ${style}.`, location });
};

const jsonNaming = () => ({
  Schema(schema, { report, location }) {
    const check = named(LOWER_CAMEL_CASE, "lowerCamelCase", "Property");
    for (const name of Object.keys(schema.properties ?? {})) check(name, report, location.child(["properties", name]));
  },
});

const parameterNaming = (place) => () => ({
  Parameter(parameter, { report, location }) {
    if (parameter.in === place) named(LOWER_CAMEL_CASE, "lowerCamelCase", "Parameter")(parameter.name, report, location.child("name"));
  },
});

const headerCase = () => {
  const check = named(KEBAB_CASE_WITH_CAPITALS, "Kebab-Case with capitals", "Header");
  return {
    Parameter(parameter, { report, location }) {
      if (parameter.in === "header") check(parameter.name, report, location.child("name"));
    },
    Response(response, { report, location }) {
      const isOdd = (name) => name === "WWW-Authenticate";
      for (const name of Object.keys(response.headers ?? {})) if (!isOdd(name)) check(name, report, location.child(["headers", name]));
    },
  };
};

const schemaNaming = () => ({
  NamedSchemas(schemas, { report, location }) {
    const check = named(UPPER_CAMEL_CASE, "UpperCamelCase", "Schema");
    for (const name of Object.keys(schemas)) check(name, report, location.child(name));
  },
});

const operationIdNaming = () => ({
  Operation(operation, { report, location }) {
    named(LOWER_CAMEL_CASE, "lowerCamelCase", "operationId")(operation.operationId ?? "", report, location);
  },
});

const noClosedObjects = () => ({
  Schema(schema, { report, location }) {
    if (schema.additionalProperties === false) {
      report({ message: "Published schemas stay open to new properties.", location: location.child("additionalProperties") });
    }
  },
});

/** The last segment of a path that answers with `items` names many. */
const pluralCollections = () => ({
  PathItem(item, { report, location, key, resolve }) {
    const segment = String(key).split("/").at(-1);
    const content = item.get?.responses?.["200"]?.content?.["application/json"];
    const schema = content?.schema && resolve(content.schema).node;
    if (!schema?.properties?.items || OTHER_SEGMENTS.has(segment)) return;
    if (!/s$/.test(segment)) report({ message: `A collection is named in the plural: \`${segment}\`.`, location });
    for (const name of ["self", "items"]) {
      if (!schema.required?.includes(name)) report({ message: `A collection always has \`${name}\`.`, location });
    }
    const listed = resolve(schema.properties.items.items).node;
    if (!listed?.required?.includes("href")) report({ message: "Every item of a collection has an `href`.", location });
  },
});

const topLevelObjects = () => ({
  Response(response, { report, location, resolve }) {
    const schema = response.content?.["application/json"]?.schema;
    if (schema && resolve(schema).node?.type !== "object") report({ message: "JSON answers are objects.", location });
  },
});

const problemAnswers = () => ({
  Operation(operation, { report, location, resolve }) {
    for (const [status, reference] of Object.entries(operation.responses ?? {})) {
      const response = resolve(reference).node;
      const isHealth = status === "503" && operation.operationId === "checkHealth";
      if (!/^[45]|^default$/.test(status) || isHealth || response?.content?.[PROBLEM_MEDIA_TYPE]) continue;
      report({ message: `The answer ${status} must be ${PROBLEM_MEDIA_TYPE}.`, location: location.child(["responses", status]) });
    }
  },
});

const defaultProblem = () => ({
  Operation(operation, { report, location }) {
    if (!operation.responses?.default) report({ message: "An operation declares the default problem response.", location });
  },
});

const examples = () => ({
  MediaType(mediaType, { report, location }) {
    const isEmpty = mediaType.example === undefined && Object.keys(mediaType.examples ?? {}).length === 0;
    if (isEmpty) report({ message: "Every body has an example.", location });
  },
});

const requiredBodies = () => ({
  RequestBody(body, { report, location }) {
    if (typeof body.required !== "boolean") report({ message: "A request body says whether it is required.", location });
  },
});

export default function belgifRules() {
  return {
    id: "belgif",
    rules: {
      oas3: {
        "jsn-naming": jsonNaming,
        "path-param": parameterNaming("path"),
        "qry-filter": parameterNaming("query"),
        "hdr-case": headerCase,
        "oas-types": schemaNaming,
        "openapi-opid": operationIdNaming,
        "addi-prop": noClosedObjects,
        "col-name": pluralCollections,
        "evo-object": topLevelObjects,
        "err-problem": problemAnswers,
        "prb-defaul": defaultProblem,
        "oas-exampl": examples,
        "opbody-req": requiredBodies,
      },
    },
  };
}
