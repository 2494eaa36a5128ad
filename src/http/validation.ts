import { Ajv, type AnySchemaObject } from "ajv";
import type { FastifySchemaCompiler, RouteOptions } from "fastify";

const SHARED = {
  allErrors: true,
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  validateFormats: false,
} as const;

// The texts of a query become the numbers and booleans that their schema asks for; a body is taken as it is.
const queries = new Ajv({ ...SHARED, coerceTypes: true });
const bodies = new Ajv({ ...SHARED, coerceTypes: false });

/** Put on every text, and on objects whose fields no schema names, for the texts in them. */
const IS_WHOLE = "x-whole";
// JSON alone can write half a character (a lone surrogate): UTF-8 has none, and PostgreSQL keeps none.
const whole = {
  keyword: IS_WHOLE,
  validate: (_isWhole: true, value: unknown) =>
    (typeof value === "object" && value !== null ? Object.values(value) : [value])
      .flat()
      .every((one) => typeof one !== "string" || one.isWellFormed()),
  error: { message: "must be whole characters, not half of one (a lone surrogate)" },
};
for (const compiler of [queries, bodies]) compiler.addKeyword(whole);

const IS_STREAM = "x-stream";
/** Put into the schema of a body that the handler reads as it comes: it documents, and is not checked here. */
export const BODY_IS_A_STREAM = { [IS_STREAM]: true } as const;

/**
 * Fastify's compiler of request schemas. Published schemas carry no `additionalProperties: false`; it is added here, so
 * that unknown fields are refused. Schemas of the path and of headers only document: an id that cannot be one is
 * answered like one that does not exist, and handlers check headers in the order that tells most. Binary bodies are
 * streams.
 */
export const compileValidator: FastifySchemaCompiler<AnySchemaObject> = ({ schema, httpPart }) => {
  const isStream = schema.format === "binary" || IS_STREAM in schema;
  if (httpPart === "params" || httpPart === "headers" || isStream) return () => true;
  return (httpPart === "body" ? bodies : queries).compile(close(schema));
};

/**
 * For bodies that are one record: names and types are checked here, what the values say is checked as in a file, with the
 * same findings. Characters that no contract file can hold are none here either.
 */
export const compileRecordValidator: FastifySchemaCompiler<AnySchemaObject> = (route) => {
  const properties = route.schema.properties as Record<string, AnySchemaObject> | undefined;
  if (route.httpPart !== "body" || !properties) return compileValidator(route);
  const loose = Object.entries(properties).map(([name, { type }]) => [
    name,
    type === "string" ? { type, pattern: WRITABLE } : { type },
  ]);
  return bodies.compile(close({ type: "object", properties: Object.fromEntries(loose) }));
};

const WRITABLE = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]*$";

/** A route that declares no query fields takes none. For the hook `onRoute`. */
export function refuseUnknownQueryFields(route: RouteOptions): void {
  route.schema = { querystring: { type: "object", properties: {} }, ...route.schema };
}

/** The schema with every object in it closed to fields it does not name, and with every text in it whole. */
function close(schema: AnySchemaObject): AnySchemaObject {
  const closed: AnySchemaObject = { ...schema };
  if (closed.properties) {
    const properties: Record<string, AnySchemaObject> = closed.properties;
    closed.properties = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, close(property)]),
    );
    closed.additionalProperties ??= false;
  }
  if (closed.items) closed.items = close(closed.items);
  if (closed.type === "string" || closed.additionalProperties === true) closed[IS_WHOLE] = true;
  return closed;
}
