import { entriesOf, isObject, type Json, type JsonObject, listOf, objectsOf, type Place, textOf } from "./json.ts";

/** One object of the document that rules look at. `node` may be a reference. */
export interface Definition {
  readonly place: Place;
  readonly node: JsonObject;
}

export interface NamedDefinition extends Definition {
  readonly name: string;
}

export interface PathDefinition extends Definition {
  readonly path: string;
}

export interface OperationDefinition extends PathDefinition {
  readonly method: string;
}

export interface SchemaDefinition extends Definition {
  readonly isComponent: boolean;
  /** The nearest name around it: of its component, parameter, header or media type. */
  readonly name: string;
  /** What it stands directly in. */
  readonly within: "components" | "schema" | "mediaType" | "parameter" | "header";
  /** The schema it is a part of. */
  readonly parent: SchemaDefinition | undefined;
  /** Under a request body or an answer, the operation that takes or gives it. */
  readonly operation: OperationDefinition | undefined;
}

/** Whatever may carry `example` or `examples` beside the schema that these must satisfy. */
export interface ExampleHolder extends Definition {
  readonly schema: JsonObject | undefined;
}

/** The parts of an OpenAPI 3.0 document, all of whose references lead into itself. */
export interface OpenapiDocument {
  readonly root: JsonObject;
  readonly paths: readonly PathDefinition[];
  readonly operations: readonly OperationDefinition[];
  readonly parameters: readonly Definition[];
  readonly requestBodies: readonly Definition[];
  /** `name` is the status, or the name of the component. */
  readonly responses: readonly NamedDefinition[];
  /** `name` is the media type. */
  readonly mediaTypes: readonly NamedDefinition[];
  readonly schemas: readonly SchemaDefinition[];
  readonly exampleHolders: readonly ExampleHolder[];
  /** Components of any kind. */
  readonly components: readonly NamedDefinition[];
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const COMPOSITIONS = ["allOf", "oneOf", "anyOf"];

/** Where a walk is: what the parts that it meets there belong to. */
interface Around {
  readonly operation?: OperationDefinition | undefined;
}

type Collected = { -readonly [Part in keyof Omit<OpenapiDocument, "root">]: OpenapiDocument[Part][number][] };

/** Finds the parts of a document. What is no object where one belongs is left out: another rule says so. */
export function readOpenapiDocument(root: JsonObject): OpenapiDocument {
  const found: Collected = {
    paths: [],
    operations: [],
    parameters: [],
    requestBodies: [],
    responses: [],
    mediaTypes: [],
    schemas: [],
    exampleHolders: [],
    components: [],
  };
  for (const [path, node] of objectsOf(root.paths)) collectPath(found, { path, node, place: ["paths", path] });
  collectComponents(found, root.components);
  return { root, ...found };
}

function collectPath(found: Collected, path: PathDefinition): void {
  found.paths.push(path);
  collectParameters(found, path, {});
  for (const method of METHODS) {
    const node = path.node[method];
    if (!isObject(node)) continue;
    const operation = { ...path, method, node, place: [...path.place, method] };
    found.operations.push(operation);
    collectParameters(found, operation, { operation });
    const place = [...operation.place, "requestBody"];
    if (isObject(node.requestBody)) collectRequestBody(found, { place, node: node.requestBody }, { operation });
    for (const [name, response] of objectsOf(node.responses)) {
      collectResponse(found, { name, place: [...operation.place, "responses", name], node: response }, {});
    }
  }
}

function collectParameters(found: Collected, { place, node }: Definition, around: Around): void {
  for (const [index, parameter] of listOf(node.parameters).entries()) {
    if (isObject(parameter)) {
      collectParameter(found, { place: [...place, "parameters", index], node: parameter }, "parameter", around);
    }
  }
}

function collectParameter(
  found: Collected,
  { place, node }: Definition,
  within: "parameter" | "header",
  around: Around,
): void {
  if (within === "parameter") found.parameters.push({ place, node });
  found.exampleHolders.push({ place, node, schema: isObject(node.schema) ? node.schema : undefined });
  const name = textOf(node.name) ?? String(place.at(-1));
  if (isObject(node.schema)) collectSchema(found, { place: [...place, "schema"], node: node.schema }, { name, within });
  collectContent(found, { place, node }, around);
}

function collectRequestBody(found: Collected, body: Definition, around: Around): void {
  found.requestBodies.push(body);
  collectContent(found, body, around);
}

function collectResponse(found: Collected, response: NamedDefinition, around: Around): void {
  found.responses.push(response);
  for (const [name, node] of objectsOf(response.node.headers)) {
    collectParameter(found, { place: [...response.place, "headers", name], node }, "header", {});
  }
  collectContent(found, response, around);
}

function collectContent(found: Collected, { place, node }: Definition, around: Around): void {
  for (const [name, mediaType] of objectsOf(node.content)) {
    const schema = isObject(mediaType.schema) ? mediaType.schema : undefined;
    const at = [...place, "content", name];
    found.mediaTypes.push({ name, place: at, node: mediaType });
    found.exampleHolders.push({ place: at, node: mediaType, schema });
    const whose = { name, within: "mediaType", operation: around.operation } as const;
    if (schema) collectSchema(found, { place: [...at, "schema"], node: schema }, whose);
  }
}

type Whose = Pick<SchemaDefinition, "name" | "within"> & { readonly operation?: OperationDefinition | undefined };

function collectSchema(found: Collected, { place, node }: Definition, whose: Whose, parent?: SchemaDefinition): void {
  const schema: SchemaDefinition = {
    place,
    node,
    isComponent: whose.within === "components",
    name: whose.name,
    within: whose.within,
    parent,
    operation: whose.operation,
  };
  found.schemas.push(schema);
  found.exampleHolders.push({ place, node, schema: node });
  const below: Whose = { ...whose, within: "schema" };
  const visit = (child: Json | undefined, ...steps: Place) => {
    if (isObject(child)) collectSchema(found, { place: [...place, ...steps], node: child }, below, schema);
  };
  for (const keyword of COMPOSITIONS) {
    for (const [index, part] of listOf(node[keyword]).entries()) visit(part, keyword, index);
  }
  visit(node.additionalProperties, "additionalProperties");
  visit(node.items, "items");
  for (const [name, property] of entriesOf(node.properties)) visit(property, "properties", name);
}

/** Whether it is one of several in `allOf`, `oneOf` or `anyOf`. */
export function isPart({ place, parent }: SchemaDefinition): boolean {
  return parent !== undefined && COMPOSITIONS.includes(String(place.at(-2)));
}

/** The schema, or the nearest around it, that is no such part. */
export function highLevelOf(schema: SchemaDefinition): SchemaDefinition {
  return isPart(schema) && schema.parent ? highLevelOf(schema.parent) : schema;
}

function collectComponents(found: Collected, components: Json | undefined): void {
  for (const [kind, members] of objectsOf(components)) {
    for (const [name, node] of objectsOf(members)) {
      const component = { name, node, place: ["components", kind, name] };
      found.components.push(component);
      if (kind === "schemas") collectSchema(found, component, { name, within: "components" });
      if (kind === "parameters") collectParameter(found, component, "parameter", {});
      if (kind === "headers") collectParameter(found, component, "header", {});
      if (kind === "requestBodies") collectRequestBody(found, component, {});
      if (kind === "responses") collectResponse(found, component, {});
    }
  }
}

/** The node at a place; undefined where nothing is. */
export function findAt(root: JsonObject, place: Place): Json | undefined {
  let node: Json | undefined = root;
  for (const step of place) {
    if (Array.isArray(node)) node = node[Number(step)];
    else if (isObject(node)) node = node[String(step)];
    else return undefined;
  }
  return node;
}

/** What a node refers to, through references of references; the node itself where it is none. */
export function resolve(root: JsonObject, node: JsonObject): JsonObject {
  const seen = new Set<string>();
  let current = node;
  while (typeof current.$ref === "string" && !seen.has(current.$ref)) {
    seen.add(current.$ref);
    const target = findAt(root, placeOf(current.$ref));
    if (!isObject(target)) return {};
    current = target;
  }
  return current;
}

/** The place that a reference into the same document names. */
export function placeOf(reference: string): Place {
  const steps = reference.replace(/^.*?#\/?/, "").split("/");
  return steps.map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}
