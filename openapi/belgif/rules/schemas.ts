import { entriesOf, isObject, type JsonObject, listOf, textOf } from "../json.ts";
import {
  highLevelOf,
  isPart,
  type OpenapiDocument,
  type OperationDefinition,
  resolve,
  type SchemaDefinition,
} from "../openapi-document.ts";
import { type Rule, recommended, required } from "../rule.ts";
import { type Condition, canMeet, inheritsFrom, meets, partsOf, propertiesOf, requiredOf } from "../schemas.ts";
import { isLowerCamelCase, isMediaType, isUpperCamelCase } from "../spelling.ts";

/** Rules about the document as a whole, its components and single schemas. */

export const openapiVersion: Rule = {
  id: "oas-contra",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-OpenApiSpecification"] },
  *check({ root }) {
    if (textOf(root.openapi)?.startsWith("3.1")) {
      yield recommended(["openapi"], "OpenAPI 3.1 is not understood by enough tools yet: write 3.0.");
    }
  },
};

export const componentNames: Rule = {
  id: "oas-comp",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-ComponentNamesShouldBeUpperCamelCase"] },
  *check({ components }) {
    for (const { place, name } of components) {
      if (!isUpperCamelCase(name)) yield recommended(place, `The component \`${name}\` is written in UpperCamelCase.`);
    }
  },
};

export const descriptions: Rule = {
  id: "oas-descr",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-FreeTextDocumentation"] },
  *check({ operations, schemas }) {
    for (const { place, node } of operations) {
      if (!textOf(node.summary)?.trim()) yield recommended(place, "An operation has a summary.");
    }
    for (const schema of schemas) {
      const { place, node, isComponent, name } = schema;
      const title = textOf(node.title);
      if (title !== undefined && !isUpperCamelCase(title)) {
        yield recommended(place, `The title \`${title}\` is written in UpperCamelCase.`);
      }
      if (title !== undefined && isComponent && title !== name) {
        yield recommended(place, `The title \`${title}\` is absent, or the name of the component.`);
      }
      if (title === undefined && node.type === "object" && needsTitle(schema)) {
        yield recommended(place, "An object that is described in place has a title: code generators name it so.");
      }
    }
  },
};

function needsTitle(schema: SchemaDefinition): boolean {
  const isOneOf = String(schema.place.at(-2)) === "oneOf";
  const isOtherBody = schema.within === "mediaType" && !isMediaType(schema.name, ["application/json"]);
  return !schema.isComponent && !isOtherBody && (!isPart(schema) || isOneOf);
}

export const propertyNotation: Rule = {
  id: "jsn-naming",
  levels: ["recommended"],
  source: { guide: "json.adoc", validator: ["Rule-PropertiesCamelCase"] },
  *check({ schemas }) {
    for (const { place, node } of schemas) {
      for (const [name] of entriesOf(node.properties).filter(([property]) => !isLowerCamelCase(property))) {
        yield recommended([...place, "properties", name], `The property \`${name}\` is written in lowerCamelCase.`);
      }
    }
  },
};

const MESSAGE_BASE = "AsynchronousMessageBase";

export const noNulls: Rule = {
  id: "jsn-null",
  levels: ["recommended"],
  source: { guide: "json.adoc", validator: ["Rule-PropertiesNullable"] },
  *check(document) {
    const patched = listPatched(document);
    for (const schema of document.schemas) {
      const { place, node, parent } = schema;
      if (node.nullable !== true || patched.has(node)) continue;
      if (place[0] === "components" && place[1] === "schemas" && /patch|update/i.test(String(place[2]))) continue;
      const isProperty = parent !== undefined && place.at(-2) === "properties";
      if (isProperty && inheritsFrom(document, highLevelOf(parent).node, MESSAGE_BASE)) continue;
      yield recommended(place, "A property without value is left out. Only a merge patch knows null.");
    }
  },
};

/** All that the body of a PATCH is described with. */
function listPatched({ root, operations }: OpenapiDocument): Set<JsonObject> {
  const seen = new Set<JsonObject>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const member of node) visit(member);
    if (!isObject(node) || seen.has(node)) return;
    seen.add(node);
    visit(resolve(root, node));
    for (const [, member] of entriesOf(node)) visit(member);
  };
  const isPatch = ({ method }: OperationDefinition) => method === "patch";
  for (const { node } of operations.filter(isPatch)) visit(node.requestBody);
  return seen;
}

export const requiredProperties: Rule = {
  id: "prop-req",
  levels: ["required"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-ValuesOfRequiredShouldBeDefinedAsProperties"] },
  *check(document) {
    for (const schema of document.schemas) {
      if (isPart(schema) || schema.node.$ref !== undefined) continue;
      const declared = propertiesOf(document, schema.node);
      for (const name of requiredOf(document, schema.node, false)) {
        if (!declared.has(name)) yield required(schema.place, `\`${name}\` is required but described nowhere.`);
      }
    }
  },
};

export const readOnlyProperties: Rule = {
  id: "oas-rdonly",
  levels: ["recommended"],
  source: { guide: "api_specifications.adoc", validator: ["Rule-ReadOnlyProperties"] },
  *check(document) {
    for (const { place, node } of document.schemas.filter((schema) => schema.node.$ref === undefined)) {
      for (const name of propertiesOf(document, node).keys()) {
        const isFaulty = (schema: JsonObject) => isRequiredAndReadOnly(document, schema, name);
        const isInherited = partsOf(node, "allOf", "oneOf", "anyOf").some((part) => isFaulty(part));
        if (isFaulty(node) && !isInherited) {
          yield recommended(place, `\`${name}\` is read-only, so nobody can be required to send it.`);
        }
      }
    }
  },
};

function isRequiredAndReadOnly(document: OpenapiDocument, schema: JsonObject, name: string): boolean {
  const isRequired: Condition = (node) => listOf(node.required).includes(name);
  const isReadOnly: Condition = (node) => {
    const property = isObject(node.properties) ? node.properties[name] : undefined;
    return isObject(property) && property.readOnly === true;
  };
  return (
    (meets(document, schema, isReadOnly) && canMeet(document, schema, isRequired)) ||
    (canMeet(document, schema, isReadOnly) && meets(document, schema, isRequired))
  );
}

export const codes: Rule = {
  id: "cod-design",
  levels: ["recommended"],
  source: { guide: "resources-document.adoc", validator: ["Rule-CodesShouldBeLowerCamelCase"] },
  *check(document) {
    for (const { place, node, name, isComponent } of document.schemas) {
      const isKnown = isComponent && name === "BelgianRegionCode";
      // A minus in front of a field sorts by it the other way round.
      const strip = (code: string) => (/[sS]ort/.test(name) ? code.replaceAll("-", "") : code);
      const listed = listOf(node.enum).filter((code) => typeof code === "string");
      const odd = listed.filter((code) => !isLowerCamelCase(strip(code)));
      if (node.type === "string" && !isKnown && odd.length > 0) {
        yield recommended([...place, "enum"], `Codes are written in lowerCamelCase: ${odd.join(", ")}.`);
      }
      const { mapping } = isObject(node.discriminator) ? node.discriminator : {};
      const values = entriesOf(mapping).map(([value]) => value);
      const oddValues = values.filter((value) => !isLowerCamelCase(value));
      if (oddValues.length > 0 && !isMessageType(document, node)) {
        yield recommended([...place, "discriminator"], `Codes are written in lowerCamelCase: ${oddValues.join(", ")}.`);
      }
    }
  },
};

/** Messages have types of another form. */
function isMessageType(document: OpenapiDocument, schema: JsonObject): boolean {
  if (!isObject(schema.discriminator) || schema.discriminator.propertyName !== "type") return false;
  const kinds = schema.oneOf === undefined ? [schema] : partsOf(schema, "oneOf");
  return kinds.every((kind) => inheritsFrom(document, kind, MESSAGE_BASE));
}
