import { entriesOf, isObject, type Json, type JsonObject, listOf, textOf } from "./json.ts";
import { type OpenapiDocument, resolve } from "./openapi-document.ts";

/** Questions about schemas with what they are composed of, as the validator asks them. */

export type Condition = (schema: JsonObject) => boolean;

const isRequired = true;

/** Holds for the schema itself, for one part of its `allOf`, or for every part of its `oneOf` or `anyOf`. */
export function meets(document: OpenapiDocument, schema: JsonObject, condition: Condition): boolean {
  return holds(document, schema, condition, isRequired, new Set());
}

/** The same, where one part of `oneOf` or `anyOf` is enough. */
export function canMeet(document: OpenapiDocument, schema: JsonObject, condition: Condition): boolean {
  return holds(document, schema, condition, !isRequired, new Set());
}

function holds(
  document: OpenapiDocument,
  schema: JsonObject,
  condition: Condition,
  byEvery: boolean,
  around: ReadonlySet<JsonObject>,
): boolean {
  const node = resolve(document.root, schema);
  if (around.has(node)) return false;
  if (condition(node)) return true;
  const inside = new Set([...around, node]);
  const ask = (part: JsonObject) => holds(document, part, condition, byEvery, inside);
  for (const keyword of ["oneOf", "anyOf"]) {
    const parts = partsOf(node, keyword);
    if (parts.length > 0 && (byEvery ? parts.every(ask) : parts.some(ask))) return true;
  }
  return partsOf(node, "allOf").some(ask);
}

export function partsOf(schema: JsonObject, ...keywords: readonly string[]): JsonObject[] {
  return keywords.flatMap((keyword) => listOf(schema[keyword]).filter(isObject));
}

export function isOfType(document: OpenapiDocument, schema: JsonObject, type: string): boolean {
  return meets(document, schema, (node) => node.type === type);
}

/** The schema and all that it is composed of; without `references` only what is written in place. */
export function withParts(document: OpenapiDocument, schema: JsonObject, references: boolean): Set<JsonObject> {
  const all = new Set<JsonObject>();
  const visit = (node: JsonObject) => {
    if (all.has(node)) return;
    all.add(node);
    for (const part of partsOf(node, "allOf", "oneOf", "anyOf")) {
      const target = resolve(document.root, part);
      if (references || target === part) visit(target);
    }
  };
  visit(resolve(document.root, schema));
  return all;
}

/** Every property that the schema or a part of it declares, with the schema that does. */
export function propertiesOf(document: OpenapiDocument, schema: JsonObject): Map<string, JsonObject> {
  const parts = [...withParts(document, schema, true)];
  return new Map(parts.flatMap((part) => entriesOf(part.properties).map(([name]) => [name, part] as const)));
}

export function requiredOf(document: OpenapiDocument, schema: JsonObject, references: boolean): Set<string> {
  const parts = [...withParts(document, schema, references)];
  return new Set(parts.flatMap((part) => listOf(part.required).filter((name) => typeof name === "string")));
}

export interface AllowedTypes {
  /** Undefined where any type goes; none where the declarations exclude one another. */
  readonly allowed: ReadonlySet<string> | undefined;
  readonly declared: readonly ReadonlySet<string>[];
}

/** The types a value may have by all that is declared around it: those of every `allOf`, of any `oneOf` and `anyOf`. */
export function findTypes(
  document: OpenapiDocument,
  schema: JsonObject,
  around: readonly JsonObject[] = [],
): AllowedTypes {
  if (around.includes(schema)) return { allowed: new Set(), declared: [] };
  const inside = [...around, schema];
  const typesOf = (part: JsonObject) => findTypes(document, resolve(document.root, part), inside).allowed;
  const type = textOf(schema.type);
  const declared = [
    type === undefined ? undefined : new Set([type]),
    // A part that contradicts itself is reported where it stands.
    ...partsOf(schema, "allOf")
      .map(typesOf)
      .filter((types) => types?.size !== 0),
    ...["oneOf", "anyOf"].map((keyword) => uniteTypes(schema[keyword], typesOf)),
  ].filter((types) => types !== undefined);
  const [first, ...others] = declared;
  const allowed = first && new Set([...first].filter((one) => others.every((types) => types.has(one))));
  return { allowed, declared };
}

function uniteTypes(
  parts: Json | undefined,
  typesOf: (part: JsonObject) => ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (!Array.isArray(parts)) return undefined;
  const sets = parts.filter(isObject).map(typesOf);
  return sets.includes(undefined) ? undefined : new Set(sets.flatMap((types) => [...(types ?? [])]));
}

/** Whether the schema is the component of that name or is composed of it. */
export function inheritsFrom(document: OpenapiDocument, schema: JsonObject, component: string): boolean {
  const target =
    isObject(document.root.components) && isObject(document.root.components.schemas)
      ? document.root.components.schemas[component]
      : undefined;
  const visit = (node: JsonObject): boolean =>
    node === target || partsOf(node, "allOf").some((part) => visit(resolve(document.root, part)));
  return visit(resolve(document.root, schema));
}
