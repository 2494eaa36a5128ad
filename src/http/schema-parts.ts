import { type Static, type TSchema, Type } from "typebox";

/** A reference to a schema that api.ts registers under its `$id`; published under `components/schemas` by that name. */
export function referTo<T extends TSchema>(schema: T) {
  if (!("$id" in schema)) throw new Error("only a schema with $id can be referred to");
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}

/** One of a few texts, said the way OpenAPI 3.0 understands: with its type. */
export function oneOf<const T extends readonly string[]>(values: T, description?: string) {
  return Type.Unsafe<T[number]>({ type: "string", enum: [...values], ...(description && { description }) });
}

/** Of a day, yyyy-mm-dd; that there is such a day is checked elsewhere. */
export const DAY_PATTERN = "^[1-9]\\d{3}-\\d{2}-\\d{2}$";

export const Href = Type.String({ format: "uri-reference", description: "Absolute path on this host." });
export const Link = Type.Object({ href: Href }, { title: "Link" });
export const Instant = Type.String({ format: "date-time" });
export const Count = Type.Integer({ minimum: 0 });
/** On whatever an insurer sees that a simulation of validation may cause. */
export const Simulated = Type.Optional(
  Type.Boolean({
    description: "True in validation where a simulation caused it; absent otherwise, and in production.",
  }),
);
