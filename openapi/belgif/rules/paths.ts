import { isObject, listOf, objectsOf, textOf } from "../json.ts";
import { type Definition, type OpenapiDocument, resolve } from "../openapi-document.ts";
import { type Rule, recommended, required } from "../rule.ts";
import { isOfType, meets } from "../schemas.ts";
import { isLowerCamelCase, isMediaType, isQueryName, isServerUrl } from "../spelling.ts";

/** Rules about paths, what they are called and what their parameters are. */

const DOCUMENT_PATHS = ["/doc/openapi.json", "/doc/openapi.yaml"];

export const uriNotation: Rule = {
  id: "uri-notat",
  levels: ["required", "recommended"],
  source: { guide: "resources.adoc", validator: ["Rule-PathTrailingSlash", "Rule-PathCamelCase"] },
  *check({ root, paths, parameters }) {
    for (const { path, place } of paths) {
      if (path.endsWith("/")) yield required(place, "A path does not end in a slash.");
      if (DOCUMENT_PATHS.some((end) => path.endsWith(end))) continue;
      const names = path.split("/").filter((segment) => segment !== "" && !/^\{|\}$/.test(segment));
      for (const name of names.filter((segment) => !isLowerCamelCase(segment))) {
        yield recommended(place, `The segment \`${name}\` of a path is written in lowerCamelCase.`);
      }
    }
    for (const { place, node } of parameters) {
      const { in: where, name } = resolve(root, node);
      if (where === "query" && typeof name === "string" && !isQueryName(name) && node.$ref === undefined) {
        yield recommended(place, `The query parameter \`${name}\` is written in lowerCamelCase.`);
      }
    }
  },
};

export const uriExtension: Rule = {
  id: "uri-extens",
  levels: ["recommended"],
  source: { guide: "resources.adoc", validator: ["Rule-UriExtensions"] },
  *check({ paths }) {
    for (const { path, place } of paths) {
      if (/.\../.test(path) && !DOCUMENT_PATHS.includes(path.toLowerCase())) {
        yield recommended(place, "A path has no file extension: `Accept` says which representation is meant.");
      }
    }
  },
};

export const uriFormat: Rule = {
  id: "uri-format",
  levels: ["recommended"],
  source: { guide: "api.adoc", validator: ["Rule-ServerUrlFormat"] },
  *check({ root, paths }) {
    if (paths.length === 0) return;
    for (const [index, server] of listOf(root.servers).entries()) {
      const url = isObject(server) ? textOf(server.url) : undefined;
      if (url !== undefined && !isServerUrl(url)) {
        yield recommended(["servers", index], `\`${url}\` is not of the form [https://host]/[prefix/]apiName/vN.`);
      }
    }
  },
};

export const pathParameter: Rule = {
  id: "path-param",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-PathCamelCase"] },
  *check({ parameters }) {
    for (const { place, node } of parameters) {
      const name = textOf(node.name);
      if (node.in === "path" && name !== undefined && !isLowerCamelCase(name)) {
        yield recommended(place, `The path parameter \`${name}\` is written in lowerCamelCase.`);
      }
    }
  },
};

export const idName: Rule = {
  id: "id-name",
  levels: ["recommended"],
  source: { guide: "resources-document.adoc", validator: ["Rule-IdName"] },
  *check({ parameters }) {
    for (const { place, node } of parameters) {
      if (node.in === "path" && (node.name === "id" || node.name === "code")) {
        yield recommended(place, `\`${node.name}\` says of which resource it is: \`contractId\`.`);
      }
    }
  },
};

export const multipleValues: Rule = {
  id: "qry-multi",
  levels: ["recommended"],
  source: { guide: "resources.adoc", validator: ["Rule-MultiValueQueryParams"] },
  *check({ root, parameters }) {
    for (const { place, node } of parameters) {
      if (node.in !== "query" || !isObject(node.schema)) continue;
      const style = textOf(node.style) ?? "form";
      const explode = node.explode ?? style === "form";
      if (resolve(root, node.schema).type === "array" && (style !== "form" || explode === false)) {
        yield recommended(place, "A query parameter with several values is repeated: style form, explode true.");
      }
    }
  },
};

/** Whether some path names one item of it. */
function hasItems({ paths }: OpenapiDocument, collection: string): boolean {
  return paths.some(({ path }) => path.startsWith(`${collection}/{`));
}

/** The schemas of the JSON answers with 200 to a GET. */
function listAnswers({ root }: OpenapiDocument, path: Definition) {
  const get = isObject(path.node.get) ? path.node.get : {};
  const responses = isObject(get.responses) ? get.responses : {};
  const response = isObject(responses["200"]) ? resolve(root, responses["200"]) : {};
  return objectsOf(response.content).flatMap(([name, { schema }]) =>
    isObject(schema) && isMediaType(name, ["application/json"]) ? [{ name, schema }] : [],
  );
}

function itemsOf(schema: Definition["node"]) {
  const items = isObject(schema.properties) ? schema.properties.items : undefined;
  return isObject(items) && items.type === "array" ? items : undefined;
}

function isCollection(document: OpenapiDocument, schema: Definition["node"]): boolean {
  return meets(document, schema, (node) => {
    const one = itemsOf(node)?.items;
    return isObject(one) && isOfType(document, one, "object");
  });
}

export const collectionName: Rule = {
  id: "col-name",
  levels: ["recommended"],
  source: { guide: "resources-collection.adoc", validator: ["Rule-PathInPlural"] },
  *check(document) {
    for (const path of document.paths) {
      if (!isObject(path.node.get) || /(\}|s|[dD]ata|\/history)$/.test(path.path)) continue;
      const answers = listAnswers(document, path).filter(({ name }) => name === "application/json");
      if (hasItems(document, path.path) || answers.some(({ schema }) => isCollection(document, schema))) {
        yield recommended(path.place, `A collection is named in the plural: \`${path.path}\`.`);
      }
    }
  },
};

export const collectionRepresentation: Rule = {
  id: "col-repres",
  levels: ["required"],
  source: { guide: "resources-collection.adoc", validator: ["Rule-RepresentationOfCollection"] },
  *check(document) {
    for (const path of document.paths.filter((candidate) => hasItems(document, candidate.path))) {
      for (const { schema } of listAnswers(document, path)) {
        if (!isOfType(document, schema, "object")) continue;
        const place = [...path.place, "get"];
        if (!meets(document, schema, (node) => itemsOf(node) !== undefined)) {
          yield required(place, "The answer of a collection has an array `items`.");
        } else if (!isCollection(document, schema)) {
          yield required(place, "The `items` of a collection are objects.");
        }
      }
    }
  },
};
