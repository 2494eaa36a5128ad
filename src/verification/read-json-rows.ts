import type { Finding } from "../findings/finding.ts";
import type { SentRow } from "../formats/verification/verification-answer.ts";
import { findJsonFault } from "./find-json-fault.ts";
import type { SentRows } from "./sent-rows.ts";

const FORM = '{"rows": [{"number": "…", "contractNumber": "…"}]}';
/** Other names may hold anything, a personal number too: they are not repeated. */
const PLAIN_NAME = /^[A-Za-z_]{1,40}$/;

/** Reads `{"rows": [{"number": "…", "contractNumber": "…"}]}`; rows count from 1. Other fields are refused. */
export async function* readJsonRows(content: Buffer): SentRows {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return { code: "encodingNotSupported", details: { encoding: "notUtf8" } };
  }
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return placeSyntaxError(text);
  }
  const rows = findRows(document);
  if ("code" in rows) return rows;
  const sent: SentRow[] = [];
  for (const [index, row] of rows.entries()) {
    const fault = findFault(row, ["number", "contractNumber"], index + 1);
    if (fault) return fault;
    sent.push(toRow(row as Readonly<Record<string, unknown>>, index));
  }
  yield sent;
  return undefined;
}

function findRows(document: unknown): readonly unknown[] | Finding {
  const fault = findFault(document, ["rows"]);
  if (fault) return fault;
  const { rows } = document as { readonly rows?: unknown };
  return Array.isArray(rows) ? rows : notOfTheForm("rows");
}

/** What is no object, or has a field beside those or with half a character in it; `row` counts from 1. */
function findFault(value: unknown, names: readonly string[], row?: number): Finding | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return notOfTheForm(undefined, row);
  const other = Object.entries(value).find(([name, held]) => !names.includes(name) || isTorn(held));
  return other && notOfTheForm(other[0], row);
}

/** A lone surrogate: JSON alone can write one, PostgreSQL keeps none. */
function isTorn(value: unknown): boolean {
  return typeof value === "string" && !value.isWellFormed();
}

function notOfTheForm(field?: string, row?: number): Finding {
  return {
    code: "verificationFileInvalid",
    ...(field !== undefined && PLAIN_NAME.test(field) && { field }),
    details: { reason: "jsonForm", ...(row !== undefined && { row }), form: FORM },
  };
}

function placeSyntaxError(text: string): Finding {
  const mark = text.startsWith("\ufeff") ? 1 : 0;
  const before = text.slice(0, findJsonFault(text.slice(mark)) + mark);
  const place = { line: before.split(/\r\n|\n|\r/).length, byteOffset: Buffer.byteLength(before) };
  return { code: "verificationFileInvalid", ...place, details: { reason: "jsonMalformed", form: FORM } };
}

function toRow({ number = "", contractNumber = "" }: Readonly<Record<string, unknown>>, index: number): SentRow {
  const isText = typeof number === "string" && typeof contractNumber === "string";
  return {
    rowNumber: index + 1,
    number: isText ? number : toText(number),
    contractNumber: isText ? contractNumber : toText(contractNumber),
    ...(!isText && { fault: "numberNotText" as const }),
  };
}

function toText(value: unknown): string {
  return typeof value === "object" ? "" : String(value);
}
