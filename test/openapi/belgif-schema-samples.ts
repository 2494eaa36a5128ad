import { CONTRACT, CREATE, GET, kinds, LIST, parameter, pet, type Sample, SCHEMAS, told } from "./belgif-sample.ts";

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
