import { entriesOf, isObject, type JsonObject, listOf, textOf } from "../json.ts";
import { type OpenapiDocument, resolve, type SchemaDefinition } from "../openapi-document.ts";
import { type Fault, type Rule, recommended, required } from "../rule.ts";
import { findTypes, partsOf, propertiesOf, requiredOf } from "../schemas.ts";

/** Rules about schemas that are composed of others. */

export const allOf: Rule = {
  id: "sch-allof",
  levels: ["required", "recommended"],
  source: {
    guide: "api_specifications.adoc",
    validator: ["Rule-AllOfSchema", "Rule-SchemasShouldNotHaveConflictingTypes"],
  },
  *check(document) {
    const extended = listExtended(document);
    for (const { place, node } of document.schemas) {
      const { allowed, declared } = findTypes(document, node);
      if (allowed?.size === 0) {
        const types = declared.map((one) => [...one].join(" or ")).join("; ");
        yield required(place, `No value has all of these types: ${types}.`);
      }
      for (const name of findDoubles(document, node)) {
        yield recommended(place, `\`${name}\` is a property of several parts of \`allOf\`: keep it in one.`);
      }
      const name = discriminatorOf(node);
      if (name !== undefined && extended.has(node) && !hasRequired(document, node, name)) {
        yield recommended(place, `The discriminator \`${name}\` is a required property of what others extend.`);
      }
    }
  },
};

/** The schemas that others name in their `allOf`. */
function listExtended({ root, schemas }: OpenapiDocument): Set<JsonObject> {
  const references = schemas.filter(({ place, node }) => node.$ref !== undefined && place.includes("allOf"));
  return new Set(references.map(({ node }) => resolve(root, node)));
}

function findDoubles(document: OpenapiDocument, schema: JsonObject): string[] {
  const names = partsOf(schema, "allOf").flatMap((part) => [...propertiesOf(document, part).keys()]);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function discriminatorOf(schema: JsonObject): string | undefined {
  return isObject(schema.discriminator) ? textOf(schema.discriminator.propertyName) : undefined;
}

function hasRequired(document: OpenapiDocument, schema: JsonObject, name: string): boolean {
  return propertiesOf(document, schema).has(name) && requiredOf(document, schema, true).has(name);
}

export const discriminator: Rule = {
  id: "sch-discr",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-DiscriminatorMapping"] },
  *check({ schemas }) {
    for (const { place, node } of schemas.filter((schema) => isObject(schema.node.discriminator))) {
      const at = [...place, "discriminator"];
      const mapping = entriesOf(isObject(node.discriminator) ? node.discriminator.mapping : undefined);
      if (mapping.length === 0) yield recommended(at, "A discriminator says which value stands for which schema.");
      for (const [value, target] of mapping) {
        if (/^[\w.-]+$/.test(String(target))) {
          yield recommended([...at, "mapping", value], "A mapping names its schema as a reference does.");
        }
      }
    }
  },
};

export const oneOf: Rule = {
  id: "sch-oneof",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-OneOfSchema"] },
  *check(document) {
    for (const schema of document.schemas.filter(({ node }) => Array.isArray(node.oneOf))) {
      yield* checkUse(document, schema);
      yield* checkEnumTypes(document, schema);
      const name = discriminatorOf(schema.node);
      for (const part of name === undefined ? [] : partsOf(schema.node, "oneOf")) {
        if (!hasRequired(document, part, name!)) {
          yield recommended(schema.place, `The discriminator \`${name}\` is a required property of each of \`oneOf\`.`);
        }
      }
    }
  },
};

/** All that a part without type may say. */
const REQUIRED_ONLY = ["required", "description", "example", "title", "not"];
const SIMPLE_TYPES = ["integer", "string", "number", "boolean"];

/** There are three good uses: which properties are required, enumerations of one type, objects told apart by a discriminator. */
function* checkUse(document: OpenapiDocument, { place, node }: SchemaDefinition): Generator<Fault> {
  const parts = partsOf(node, "oneOf").map((part) => resolve(document.root, part));
  if (parts.every((part) => findTypes(document, part).allowed === undefined)) {
    for (const [index, part] of parts.entries()) {
      const others = Object.keys(part).filter((name) => !REQUIRED_ONLY.includes(name) && !name.startsWith("x-"));
      if (others.length > 0) {
        yield recommended(
          [...place, "oneOf", index],
          `Without type it says what is required, not ${others.join(", ")}.`,
        );
      }
    }
    return;
  }
  const isEnum = (part: JsonObject) =>
    Array.isArray(part.enum) && (part.type === undefined || SIMPLE_TYPES.includes(String(part.type)));
  if (parts.every(isEnum)) return;
  const isTold = (part: JsonObject) => part.type !== undefined && findTypes(document, part).allowed?.has("object");
  if (node.discriminator === undefined || !parts.every(isTold)) {
    const uses = "required properties alone, enumerations of one simple type, or objects with a discriminator";
    yield recommended(place, `\`oneOf\` chooses between ${uses}.`);
  } else if (node.properties !== undefined) {
    yield recommended(place, "Beside `oneOf` with a discriminator, properties stand in its parts alone.");
  }
}

function* checkEnumTypes(document: OpenapiDocument, { place, node }: SchemaDefinition): Generator<Fault> {
  const parts = partsOf(node, "oneOf").map((part) => resolve(document.root, part));
  const types = [...(findTypes(document, node).allowed ?? [])];
  if (types.length > 1 && parts.some((part) => listOf(part.enum).length > 0)) {
    yield recommended(place, `The enumerations of \`oneOf\` have one type, not ${types.join(" and ")}.`);
  }
}
