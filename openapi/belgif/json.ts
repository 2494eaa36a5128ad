/** A parsed JSON document. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Where a node stands in its document: the names and indexes that lead to it. */
export type Place = readonly (string | number)[];

export function isObject(node: unknown): node is JsonObject {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}

/** The members of an object; none where the node is no object. */
export function entriesOf(node: Json | undefined): [string, Json][] {
  return isObject(node) ? Object.entries(node).filter((entry): entry is [string, Json] => entry[1] !== undefined) : [];
}

/** The members that are objects themselves. */
export function objectsOf(node: Json | undefined): [string, JsonObject][] {
  return entriesOf(node).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
}

export function listOf(node: Json | undefined): readonly Json[] {
  return Array.isArray(node) ? node : [];
}

export function textOf(node: Json | undefined): string | undefined {
  return typeof node === "string" ? node : undefined;
}

/** A place as a JSON pointer, as references write it. */
export function pointerOf(place: Place): string {
  return `#${place.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`;
}
