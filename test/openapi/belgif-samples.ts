import type { Json } from "../../openapi/belgif/json.ts";
import type { Level } from "../../openapi/belgif/rule.ts";
import type { Edits } from "./sample-document.ts";

/** One thing a rule asks for: changes of the sample that break it, and changes that are the same mended. */
export interface Sample {
  readonly rule: string;
  readonly level: Level;
  readonly says: string;
  readonly bad: Edits;
  /** Without it: the sample as it stands. */
  readonly mended?: Edits;
}

const LIST = "#/paths/~1contracts/get";
const CREATE = "#/paths/~1contracts/post";
const GET = "#/paths/~1contracts~1{contractId}/get";
const ITEM = "#/paths/~1contracts~1{contractId}";
const JSON_OF_LIST = `${LIST}/responses/200/content/application~1json`;
const SCHEMAS = "#/components/schemas";
const CONTRACT = `${SCHEMAS}/Contract`;
const HEALTH = "#/paths/~1health/get";

const answer = {
  200: { description: "It.", content: { "application/json": { schema: { type: "object", title: "It" } } } },
};
const operation = (operationId: string): Json => ({
  operationId,
  summary: "Read",
  responses: { ...answer, default: { $ref: "#/components/responses/ProblemResponse" } },
});
const parameter = (place: string, name: string, more: Readonly<Record<string, Json>> = {}): Json => [
  { in: place, name, required: place === "path", schema: { type: "string" }, ...more },
];
const list = { type: "array", items: { type: "string" } };
const problem = (schema: Json): Json => ({
  description: "A problem.",
  content: { "application/problem+json": { schema } },
});
const PROBLEM = problem({ $ref: `${SCHEMAS}/Problem` });
const plain = { description: "It.", content: { "text/plain": { schema: { type: "string" } } } };
const pet = (kind: Json, more: Readonly<Record<string, Json>> = {}): Json => ({
  type: "object",
  required: ["kind"],
  properties: { kind, ...more },
});
const kinds = { type: "string" };
const told = {
  oneOf: [{ $ref: `${SCHEMAS}/Cat` }],
  discriminator: { propertyName: "kind", mapping: { cat: `${SCHEMAS}/Cat` } },
};

export const PATH_SAMPLES: readonly Sample[] = [
  {
    ...{ rule: "uri-notat", level: "required", says: "a slash at the end" },
    bad: { "#/paths/~1periods~1": { get: operation("readPeriod") } },
    mended: { "#/paths/~1periods": { get: operation("readPeriod") } },
  },
  {
    ...{ rule: "uri-notat", level: "recommended", says: "a segment in snake_case" },
    bad: { "#/paths/~1premium_years": { get: operation("readYear") } },
    mended: { "#/paths/~1premiumYears": { get: operation("readYear") } },
  },
  {
    ...{ rule: "uri-notat", level: "recommended", says: "a query parameter with a capital" },
    bad: { [`${LIST}/parameters`]: parameter("query", "PageSize") },
    mended: { [`${LIST}/parameters`]: parameter("query", "page.size") },
  },
  {
    ...{ rule: "uri-extens", level: "recommended", says: "a file extension" },
    bad: { "#/paths/~1report.xml": { get: operation("readReport") } },
    mended: { "#/paths/~1doc~1openapi.json": { get: operation("readReport") } },
  },
  {
    ...{ rule: "uri-format", level: "recommended", says: "a server without version" },
    bad: { "#/servers/0/url": "https://host.example/REST/sampleApi" },
    mended: { "#/servers/0/url": "/REST/sampleApi/v1" },
  },
  {
    ...{ rule: "path-param", level: "recommended", says: "a path parameter in snake_case" },
    bad: { [`${ITEM}/parameters`]: parameter("path", "contract_id") },
  },
  {
    ...{ rule: "id-name", level: "recommended", says: "a path parameter id" },
    bad: { [`${ITEM}/parameters`]: parameter("path", "id") },
  },
  {
    ...{ rule: "qry-multi", level: "recommended", says: "several values in one parameter, with commas" },
    bad: { [`${LIST}/parameters`]: parameter("query", "state", { schema: list, explode: false }) },
    mended: { [`${LIST}/parameters`]: parameter("query", "state", { schema: list }) },
  },
  {
    ...{ rule: "col-name", level: "recommended", says: "a collection in the singular" },
    bad: { "#/paths/~1report": { get: operation("readReport") }, "#/paths/~1report~1{reportId}": {} },
    mended: { "#/paths/~1report": { get: operation("readReport") }, "#/paths/~1report~1totals": {} },
  },
  {
    ...{ rule: "col-repres", level: "required", says: "a collection without items" },
    bad: {
      [`${JSON_OF_LIST}/schema/properties`]: { contracts: list },
      [`${JSON_OF_LIST}/schema/required`]: undefined,
      [`${JSON_OF_LIST}/example`]: {},
    },
  },
  {
    ...{ rule: "col-repres", level: "required", says: "items that are no objects" },
    bad: { [`${JSON_OF_LIST}/schema/properties/items`]: list, [`${JSON_OF_LIST}/example`]: { items: ["C-1"] } },
  },
];

export const OPERATION_SAMPLES: readonly Sample[] = [
  {
    ...{ rule: "openapi-opid", level: "required", says: "an operation without id" },
    bad: { [`${GET}/operationId`]: undefined },
  },
  {
    ...{ rule: "openapi-opid", level: "required", says: "an id used twice" },
    bad: { [`${GET}/operationId`]: "listContracts" },
  },
  {
    ...{ rule: "openapi-opid", level: "recommended", says: "an id with a capital" },
    bad: { [`${GET}/operationId`]: "GetContract" },
  },
  {
    ...{ rule: "oas-tags", level: "recommended", says: "two tags" },
    bad: { [`${GET}/tags`]: ["Contracts", "Contracts"] },
  },
  {
    ...{ rule: "oas-tags", level: "recommended", says: "a tag that is not declared" },
    bad: { [`${GET}/tags`]: ["Submissions"] },
    mended: { "#/tags": [{ name: "Contracts" }, { name: "Submissions" }], [`${GET}/tags`]: ["Submissions"] },
  },
  {
    ...{ rule: "oas-tags", level: "recommended", says: "a tag without capital" },
    bad: { "#/tags": [{ name: "Contracts" }, { name: "submissions" }], [`${GET}/tags`]: ["submissions"] },
  },
  {
    ...{ rule: "reqBodyReq", level: "recommended", says: "a body that may or may not be required" },
    bad: { [`${CREATE}/requestBody/required`]: undefined },
    mended: { [`${CREATE}/requestBody/required`]: false },
  },
  {
    ...{ rule: "sec-req", level: "required", says: "a scope that is defined nowhere" },
    bad: { [`${GET}/security`]: [{ AccessToken: ["scope:write"] }] },
    mended: { [`${GET}/security`]: [{ AccessToken: ["scope:consult"] }] },
  },
  {
    ...{ rule: "meth-http", level: "recommended", says: "a GET with a body" },
    bad: { [`${GET}/requestBody`]: { required: true, content: plain.content } },
  },
  {
    ...{ rule: "meth-http", level: "recommended", says: "an answer to HEAD with a body" },
    bad: { [`${ITEM}/head`]: { operationId: "headContract", summary: "Head", responses: { 404: PROBLEM } } },
    mended: {
      [`${ITEM}/head`]: { operationId: "headContract", summary: "Head", responses: { 404: { description: "No." } } },
    },
  },
  {
    ...{ rule: "meth-http", level: "recommended", says: "200 without a body" },
    bad: { [`${ITEM}/delete/responses`]: { 200: { description: "Gone." }, default: PROBLEM } },
  },
  {
    ...{ rule: "meth-http", level: "recommended", says: "204 with a body" },
    bad: { [`${ITEM}/delete/responses/204`]: plain },
  },
  {
    ...{ rule: "stat-codes", level: "recommended", says: "a GET that conflicts" },
    bad: { [`${GET}/responses/409`]: PROBLEM },
    mended: { [`${GET}/responses/404`]: PROBLEM },
  },
  {
    ...{ rule: "hlth-res", level: "recommended", says: "no health" },
    bad: { "#/paths/~1health": undefined },
  },
  {
    ...{ rule: "hlth-res", level: "recommended", says: "health that is not read" },
    bad: { "#/paths/~1health": { post: operation("checkHealth") } },
  },
  {
    ...{ rule: "hlth-res", level: "recommended", says: "health that is always up" },
    bad: { [`${HEALTH}/responses/503`]: undefined },
  },
];

export const ANSWER_SAMPLES: readonly Sample[] = [
  {
    ...{ rule: "err-problem", level: "recommended", says: "an error in plain text" },
    bad: { [`${GET}/responses/404`]: plain },
    mended: { [`${GET}/responses/404`]: PROBLEM },
  },
  {
    ...{ rule: "err-problem", level: "recommended", says: "a success that is a problem" },
    bad: { [`${GET}/responses/200`]: PROBLEM },
  },
  {
    ...{ rule: "prb-defaul", level: "recommended", says: "no default answer" },
    bad: { [`${GET}/responses/default`]: undefined },
  },
  {
    ...{ rule: "prb-defaul", level: "recommended", says: "a default problem of another form" },
    bad: { [`${GET}/responses/default`]: problem({ type: "object", title: "Other" }) },
    mended: { [`${GET}/responses/default`]: PROBLEM },
  },
  {
    ...{ rule: "hdr-case", level: "recommended", says: "a header parameter in lower case" },
    bad: { [`${LIST}/parameters`]: parameter("header", "content-digest") },
    mended: { [`${LIST}/parameters`]: parameter("header", "Content-Digest") },
  },
  {
    ...{ rule: "hdr-case", level: "recommended", says: "a header of an answer in camelCase" },
    bad: { [`${LIST}/responses/200/headers`]: { totalCount: { schema: { type: "integer" } } } },
    mended: { [`${LIST}/responses/200/headers`]: { "BelGov-Trace-Id": { schema: { type: "string" } } } },
  },
  {
    ...{ rule: "evo-object", level: "required", says: "a body that is an array" },
    bad: { [`${GET}/responses/200/content`]: { "application/json": { schema: list } } },
  },
  {
    ...{ rule: "evo-object", level: "required", says: "a JSON body without schema" },
    bad: { [`${GET}/responses/200/content`]: { "application/json": {} } },
  },
  {
    ...{ rule: "rep-struct", level: "required", says: "a structure in a media type that has none" },
    bad: { [`${GET}/responses/200/content`]: { "application/octet-stream": { schema: { type: "object" } } } },
    mended: {
      [`${GET}/responses/200/content`]: {
        "application/octet-stream": { schema: { type: "string", format: "binary" } },
      },
    },
  },
];

export const SCHEMA_SAMPLES: readonly Sample[] = [
  { ...{ rule: "oas-contra", level: "recommended", says: "OpenAPI 3.1" }, bad: { "#/openapi": "3.1.0" } },
  {
    ...{ rule: "oas-comp", level: "recommended", says: "a component in lowerCamelCase" },
    bad: { [`${SCHEMAS}/periodOfTime`]: { type: "string" } },
    mended: { [`${SCHEMAS}/PeriodOfTime`]: { type: "string" } },
  },
  { ...{ rule: "oas-descr", level: "recommended", says: "no summary" }, bad: { [`${GET}/summary`]: " " } },
  {
    ...{ rule: "oas-descr", level: "recommended", says: "an object in place without title" },
    bad: { [`${CONTRACT}/properties/period`]: { type: "object" } },
    mended: { [`${CONTRACT}/properties/period`]: { type: "object", title: "Period" } },
  },
  {
    ...{ rule: "oas-descr", level: "recommended", says: "a title in words" },
    bad: { [`${CONTRACT}/properties/period`]: { type: "object", title: "period of time" } },
  },
  {
    ...{ rule: "oas-descr", level: "recommended", says: "a component with the title of another" },
    bad: { [`${CONTRACT}/title`]: "Agreement" },
    mended: { [`${CONTRACT}/title`]: "Contract" },
  },
  {
    ...{ rule: "jsn-naming", level: "recommended", says: "a property in snake_case" },
    bad: { [`${CONTRACT}/properties/start_on`]: { type: "string" } },
    mended: { [`${CONTRACT}/properties/startOn`]: { type: "string" } },
  },
  {
    ...{ rule: "jsn-null", level: "recommended", says: "a property that may be null" },
    bad: { [`${CONTRACT}/properties/endOn`]: { type: "string", nullable: true } },
    mended: {
      [`${SCHEMAS}/ContractPatch`]: { type: "object", properties: { endOn: { type: "string", nullable: true } } },
    },
  },
  {
    ...{ rule: "prop-req", level: "required", says: "a required property that is not described" },
    bad: { [`${SCHEMAS}/Period`]: { type: "object", required: ["endOn"] } },
    mended: {
      [`${SCHEMAS}/Period`]: { type: "object", required: ["endOn"], properties: { endOn: { type: "string" } } },
    },
  },
  {
    ...{ rule: "oas-rdonly", level: "recommended", says: "a required property that nobody can send" },
    bad: { [`${CONTRACT}/properties/contractNumber`]: { type: "string", readOnly: true } },
    mended: {
      [`${CONTRACT}/properties/contractNumber`]: { type: "string", readOnly: true },
      [`${CONTRACT}/required`]: undefined,
    },
  },
  {
    ...{ rule: "cod-design", level: "recommended", says: "codes in capitals" },
    bad: { [`${CONTRACT}/properties/state`]: { type: "string", enum: ["ACTIVE"] } },
    mended: { [`${LIST}/parameters`]: parameter("query", "sort", { schema: { type: "string", enum: ["-startOn"] } }) },
  },
  {
    ...{ rule: "cod-design", level: "recommended", says: "a discriminator with capitals" },
    bad: {
      [`${SCHEMAS}/Cat`]: pet(kinds),
      [`${SCHEMAS}/Pet`]: { ...told, discriminator: { propertyName: "kind", mapping: { Cat: `${SCHEMAS}/Cat` } } },
    },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: told },
  },
];

export const COMPOSITION_SAMPLES: readonly Sample[] = [
  {
    ...{ rule: "sch-allof", level: "required", says: "types that exclude one another" },
    bad: { [`${SCHEMAS}/Period`]: { type: "object", allOf: [{ type: "string" }] } },
    mended: { [`${SCHEMAS}/Period`]: { type: "object", allOf: [{ oneOf: [{ required: [] }] }] } },
  },
  {
    ...{ rule: "sch-allof", level: "recommended", says: "one property in two parts" },
    bad: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: { allOf: [{ $ref: `${SCHEMAS}/Cat` }, pet(kinds)] } },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: { allOf: [{ $ref: `${SCHEMAS}/Cat` }] } },
  },
  {
    ...{ rule: "sch-allof", level: "recommended", says: "a discriminator that is not required" },
    bad: {
      [`${SCHEMAS}/Pet`]: { type: "object", properties: { kind: kinds }, discriminator: told.discriminator },
      [`${SCHEMAS}/Cat`]: { allOf: [{ $ref: `${SCHEMAS}/Pet` }] },
    },
    mended: {
      [`${SCHEMAS}/Pet`]: {
        type: "object",
        required: ["kind"],
        properties: { kind: kinds },
        discriminator: told.discriminator,
      },
      [`${SCHEMAS}/Cat`]: { allOf: [{ $ref: `${SCHEMAS}/Pet` }] },
    },
  },
  {
    ...{ rule: "sch-discr", level: "recommended", says: "a discriminator without mapping" },
    bad: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: { ...told, discriminator: { propertyName: "kind" } } },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: told },
  },
  {
    ...{ rule: "sch-discr", level: "recommended", says: "a mapping that is no reference" },
    bad: {
      [`${SCHEMAS}/Cat`]: pet(kinds),
      [`${SCHEMAS}/Pet`]: { ...told, discriminator: { propertyName: "kind", mapping: { cat: "Cat" } } },
    },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: told },
  },
  {
    ...{ rule: "sch-oneof", level: "recommended", says: "objects that nothing tells apart" },
    bad: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: { oneOf: [{ $ref: `${SCHEMAS}/Cat` }] } },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: told },
  },
  {
    ...{ rule: "sch-oneof", level: "recommended", says: "parts without type that say more than what is required" },
    bad: { [`${SCHEMAS}/Code`]: { oneOf: [{ pattern: "^a" }] } },
    mended: { [`${SCHEMAS}/Code`]: { oneOf: [{ title: "One", required: [] }] } },
  },
  {
    ...{ rule: "sch-oneof", level: "recommended", says: "properties beside the parts" },
    bad: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: { ...told, properties: { name: kinds } } },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds, { name: kinds }), [`${SCHEMAS}/Pet`]: told },
  },
  {
    ...{ rule: "sch-oneof", level: "recommended", says: "a discriminator that a part lacks" },
    bad: { [`${SCHEMAS}/Cat`]: { type: "object" }, [`${SCHEMAS}/Pet`]: told },
    mended: { [`${SCHEMAS}/Cat`]: pet(kinds), [`${SCHEMAS}/Pet`]: told },
  },
  {
    ...{ rule: "sch-oneof", level: "recommended", says: "enumerations of two types" },
    bad: {
      [`${SCHEMAS}/Code`]: {
        oneOf: [
          { type: "string", enum: ["one"] },
          { type: "integer", enum: [1] },
        ],
      },
    },
    mended: {
      [`${SCHEMAS}/Code`]: {
        oneOf: [
          { type: "string", enum: ["one"] },
          { type: "string", enum: ["two"] },
        ],
      },
    },
  },
];

export const VALUE_SAMPLES: readonly Sample[] = [
  {
    ...{ rule: "oas-defaul", level: "required", says: "a default of another type" },
    bad: { [`${LIST}/parameters/0/schema/default`]: "20" },
  },
  {
    ...{ rule: "oas-exampl", level: "required", says: "an example that lacks what is required" },
    bad: { [`${CREATE}/requestBody/content/application~1json/example`]: { kind: "deathCover" } },
  },
  {
    ...{ rule: "oas-exampl", level: "required", says: "an example of a parameter of another type" },
    bad: { [`${LIST}/parameters/0/schema/example`]: "fifty" },
  },
  {
    ...{ rule: "oas-exampl", level: "required", says: "an example elsewhere that does not fit" },
    bad: {
      "#/components/examples/One": { value: { contractNumber: 1 } },
      [`${GET}/responses/200/content/application~1json/example`]: undefined,
      [`${GET}/responses/200/content/application~1json/examples`]: { one: { $ref: "#/components/examples/One" } },
    },
    mended: {
      "#/components/examples/One": { value: { contractNumber: "1" } },
      [`${GET}/responses/200/content/application~1json/example`]: undefined,
      [`${GET}/responses/200/content/application~1json/examples`]: { one: { $ref: "#/components/examples/One" } },
    },
  },
  {
    ...{ rule: "oas-enum", level: "recommended", says: "a member of another type" },
    bad: { [`${CONTRACT}/properties/kind/enum`]: ["socialPlci", 1] },
  },
  {
    ...{ rule: "oas-enum", level: "recommended", says: "a member that another part excludes" },
    bad: { [`${SCHEMAS}/Code`]: { maxLength: 3, allOf: [{ type: "string", enum: ["four"] }] } },
    mended: { [`${SCHEMAS}/Code`]: { maxLength: 3, allOf: [{ type: "string", enum: ["one"] }] } },
  },
];
