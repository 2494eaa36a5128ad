import {
  CREATE,
  GET,
  HEALTH,
  ITEM,
  JSON_OF_LIST,
  LIST,
  list,
  operation,
  PROBLEM,
  parameter,
  plain,
  problem,
  type Sample,
} from "./belgif-sample.ts";

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
