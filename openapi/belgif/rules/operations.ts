import { isObject, listOf, objectsOf, textOf } from "../json.ts";
import { resolve } from "../openapi-document.ts";
import { type Rule, recommended, required } from "../rule.ts";
import { isLowerCamelCase } from "../spelling.ts";

/** Rules about operations, what they are called, take and require. */

export const operationId: Rule = {
  id: "openapi-opid",
  levels: ["required", "recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-VerifyOperationId"] },
  *check({ operations }) {
    const seen = new Set<string>();
    for (const { place, node } of operations) {
      const id = textOf(node.operationId) ?? "";
      if (id === "") yield required(place, "An operation has an operationId.");
      else if (seen.has(id)) yield required(place, `The operationId \`${id}\` belongs to another operation.`);
      else if (!isLowerCamelCase(id))
        yield recommended(place, `The operationId \`${id}\` is written in lowerCamelCase.`);
      seen.add(id);
    }
  },
};

export const tags: Rule = {
  id: "oas-tags",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-TagGuidelines"] },
  *check({ root, operations }) {
    const declared = new Set(listOf(root.tags).flatMap((tag) => (isObject(tag) ? [tag.name] : [])));
    for (const { place, node } of operations) {
      const used = listOf(node.tags).filter((tag) => typeof tag === "string");
      if (used.length > 1) yield recommended(place, "An operation has no more than one tag.");
      for (const tag of used) {
        if (!declared.has(tag)) yield recommended(place, `The tag \`${tag}\` is declared in the list of tags.`);
        if (tag !== "" && !/^\p{Lu}/u.test(tag)) yield recommended(place, `The tag \`${tag}\` begins with a capital.`);
      }
    }
  },
};

export const explicitlyRequiredBody: Rule = {
  id: "reqBodyReq",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-RequestBodyRequired"] },
  *check({ requestBodies }) {
    for (const { place, node } of requestBodies) {
      if (node.required === undefined && node.$ref === undefined) {
        yield recommended(place, "A request body says whether it is required; the default is not what most mean.");
      }
    }
  },
};

export const definedScopes: Rule = {
  id: "sec-req",
  levels: ["required"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-ScopesAreDefinedInSecurityScheme"] },
  *check({ root, operations }) {
    const components = isObject(root.components) ? root.components : {};
    const schemes = new Map(objectsOf(components.securitySchemes));
    const requirements = [{ place: [] as const, node: root }, ...operations].flatMap(({ place, node }) =>
      listOf(node.security).map((requirement, index) => ({ place: [...place, "security", index], requirement })),
    );
    for (const { place, requirement } of requirements) {
      for (const [name, asked] of isObject(requirement) ? Object.entries(requirement) : []) {
        const scheme = resolve(root, schemes.get(name) ?? {});
        if (scheme.type !== "oauth2") continue;
        const defined = objectsOf(scheme.flows).flatMap(([, { scopes }]) =>
          isObject(scopes) ? Object.keys(scopes) : [],
        );
        for (const scope of listOf(asked).filter((one) => !defined.includes(String(one)))) {
          yield required(place, `The scope \`${scope}\` is defined in the security scheme \`${name}\`.`);
        }
      }
    }
  },
};

const BODILESS = ["get", "head", "delete", "options"];

export const methodPayload: Rule = {
  id: "meth-http",
  levels: ["recommended"],
  source: { guide: "methods.adoc", validator: ["Rule-PresenceOfPayload"] },
  *check({ root, operations }) {
    for (const { place, node, method } of operations) {
      const body = isObject(node.requestBody) ? resolve(root, node.requestBody) : {};
      if (BODILESS.includes(method) && body.content !== undefined) {
        yield recommended([...place, "requestBody"], `A request with ${method.toUpperCase()} has no body.`);
      }
      for (const [status, reference] of objectsOf(node.responses)) {
        const hasContent = objectsOf(resolve(root, reference).content).length > 0;
        const at = [...place, "responses", status];
        if (method === "head" && hasContent) yield recommended(at, "An answer to HEAD has no body.");
        if (status === "200" && !hasContent)
          yield recommended(at, "An answer without body has the status 204, not 200.");
        if (status === "204" && hasContent) yield recommended(at, "An answer with the status 204 has no body.");
      }
    }
  },
};

/** Statuses that make no sense with a method. */
const UNFIT_STATUSES: Readonly<Record<string, readonly string[]>> = {
  get: ["201", "202", "204", "409", "412", "413"],
  head: ["201", "202", "409", "412", "413"],
  options: ["201", "204", "304", "405", "409", "412", "413"],
  put: ["202", "304"],
  post: ["304"],
  patch: ["201", "202", "304"],
  delete: ["201", "202", "304", "413"],
};

export const statusCodes: Rule = {
  id: "stat-codes",
  levels: ["recommended"],
  source: {
    guide: "statuscodes.adoc",
    validator: ["Delete", "Get", "Head", "Options", "Patch", "Post", "Put"].map((method) => `Rule-${method}StatusCode`),
  },
  *check({ operations }) {
    for (const { place, node, method } of operations) {
      for (const [status] of objectsOf(node.responses)) {
        if (UNFIT_STATUSES[method]?.includes(status)) {
          yield recommended([...place, "responses", status], `${method.toUpperCase()} is not answered with ${status}.`);
        }
      }
    }
  },
};

export const healthResource: Rule = {
  id: "hlth-res",
  levels: ["recommended"],
  source: { guide: "health.adoc", validator: ["Rule-PresenceOfHealthOperation"] },
  *check({ root, paths }) {
    if (paths.length === 0) return;
    const path = paths.find((candidate) => candidate.path === "/health");
    if (!path) {
      yield recommended(["paths"], "An API has GET /health, which says whether it can be used.");
      return;
    }
    const { get } = resolve(root, path.node);
    if (!isObject(get)) {
      yield recommended(path.place, "/health is read with GET.");
      return;
    }
    const statuses = objectsOf(get.responses).map(([status]) => status);
    if (!statuses.includes("200") || !statuses.includes("503")) {
      yield recommended([...path.place, "get"], "/health answers 200 while the service is up and 503 while it is not.");
    }
  },
};
