import type { Sql, TransactionSql } from "../../database/sql.ts";
import { FACT_FINDINGS, type FactFindingCode } from "./fact-findings.ts";

/** What a fact file did. */
export interface FactReceipt {
  readonly fileId: string;
  readonly sha256: string;
  readonly name: string;
  readonly loadedAt: Date;
  readonly loadedBy: string;
  readonly lines: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly findings: number;
  readonly changed: number;
  readonly persons: number;
  /** True when the same bytes were loaded before: this is the receipt of then, and nothing was done now. */
  readonly isRepeated: boolean;
}

export type KeptReceipt = Omit<FactReceipt, "isRepeated">;

export const receiptColumns = (sql: Sql | TransactionSql) => sql`
  file_id as "fileId", encode(sha256, 'hex') as sha256, name, loaded_at as "loadedAt", loaded_by as "loadedBy", lines,
  accepted, rejected, findings, changed, persons`;

/** Receipts of fact files, the newest first; `before` is the last one of the page before. */
export async function listFactFiles(
  sql: Sql,
  { limit, before, fileId }: { limit: number; before?: string | undefined; fileId?: string },
): Promise<KeptReceipt[]> {
  return await sql<KeptReceipt[]>`
    select ${receiptColumns(sql)} from fact_file
    where true ${before === undefined ? sql`` : sql`and file_id < ${before}`} ${fileId === undefined ? sql`` : sql`and file_id = ${fileId}`}
    order by file_id desc limit ${limit}`;
}

export interface TextedFinding {
  readonly number: number;
  readonly line: number;
  readonly code: FactFindingCode;
  readonly field?: string;
  readonly severity: "error" | "warning";
  readonly text: string;
}

/** What was found in a file, in the order of its lines; `after` is the number of the last one of the page before. */
export async function listFactFindings(
  sql: Sql | TransactionSql,
  fileId: string,
  { limit, after = -1 }: { limit: number; after?: number | undefined },
): Promise<TextedFinding[]> {
  const rows = await sql<{ number: number; line: number; code: FactFindingCode; field: string | null }[]>`
    select number, line, code, field from fact_finding where file_id = ${fileId} and number > ${after} order by number limit ${limit}`;
  return rows.map(({ number, line, code, field }) => ({
    ...{ number, line, code },
    ...(field !== null && { field }),
    severity: FACT_FINDINGS[code].isBlocking ? "error" : "warning",
    text: FACT_FINDINGS[code].text,
  }));
}
