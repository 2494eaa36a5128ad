import { type SQL, sql } from "drizzle-orm";
import { type AnyPgColumn, boolean, customType } from "drizzle-orm/pg-core";

/** Text compared byte by byte: identifiers are never sorted by a language's rules, and "C" is the fast collation. */
export const identifier = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

export const bytes = customType<{ data: Buffer }>({ dataType: () => "bytea" });

export const int4Array = customType<{ data: number[] }>({ dataType: () => "int4[]" });

export const textArray = customType<{ data: string[] }>({ dataType: () => "text[]" });

/** Column check that follows from the same `as const` array as the TypeScript type and the JSON Schema. */
export function isOneOf(column: AnyPgColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(", "))})`;
}

/** Whether a simulation of validation caused the row: known by the transaction that writes it. Always false in production. */
export const simulated = () => boolean("simulated").notNull().default(sql`is_simulation()`);
