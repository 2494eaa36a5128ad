import { type TSchema, Type } from "typebox";
import { DAY_PATTERN, Href } from "../../schema-parts.ts";

/** Texts that PostgreSQL can keep: it takes no NUL. The acts check them further. */
export const Name = Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]*$" });
export const EnterpriseNumber = Type.String({
  pattern: "^\\d{10}$",
  description: "Ten digits, the last two check digits.",
});
export const ClientId = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
  description: "Letters, digits, dots, hyphens, underscores; never used again.",
});
export const Day = Type.String({ pattern: DAY_PATTERN, format: "date" });

/** A whole list: these collections are short. */
export function listOf<Item extends TSchema>(item: Item, title: string) {
  return Type.Object({ self: Href, items: Type.Array(item) }, { title });
}

export const UUID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
export const PageSize = Type.Integer({
  minimum: 1,
  maximum: 100,
  default: 20,
  description: "Items of a page at most.",
});

export function pageOf<Item extends TSchema>(item: Item, title: string) {
  return Type.Object(
    { self: Href, items: Type.Array(item), pageSize: Type.Integer(), next: Type.Optional(Href) },
    { title },
  );
}

/** An answer in JSON with its examples. */
export function jsonAnswer<Schema extends TSchema>(
  description: string,
  schema: Schema,
  examples: Readonly<Record<string, unknown>>,
) {
  return { description, content: { "application/json": { schema, examples: valuesOf(examples) } } };
}

/** An answer that says where what was made is. */
export function createdAnswer<Schema extends TSchema>(
  description: string,
  schema: Schema,
  examples: Readonly<Record<string, unknown>>,
) {
  const headers = { Location: { type: "string", format: "uri-reference", description: "Where it is." } };
  return { headers, ...jsonAnswer(description, schema, examples) };
}

function valuesOf(examples: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));
}
