import type postgres from "postgres";

/** A postgres.js client with our types: int8 as number, dates as `yyyy-mm-dd` text. */
export type Sql = postgres.Sql<{ int8: number; date: string }>;
export type TransactionSql = postgres.TransactionSql<{ int8: number; date: string }>;
