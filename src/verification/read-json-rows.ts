import type { Finding } from "../findings/finding.ts";
import type { SentRow } from "../formats/verification/verification-answer.ts";
import type { SentRows } from "./sent-rows.ts";

const MALFORMED: Finding = { code: "verificationFileInvalid", details: { reason: "jsonMalformed" } };

/** Reads `{"rows": [{"number": "…", "contractNumber": "…"}]}`; rows count from 1. Other fields are refused. */
export async function* readJsonRows(content: Buffer): SentRows {
  const rows = findRows(content);
  if (rows === "notUtf8") return { code: "encodingNotSupported", details: { encoding: "notUtf8" } };
  if (rows === undefined) return MALFORMED;
  const sent = rows.map(toRow);
  if (sent.includes(undefined)) return MALFORMED;
  yield sent as SentRow[];
  return undefined;
}

function findRows(content: Buffer): readonly unknown[] | "notUtf8" | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return "notUtf8";
  }
  try {
    const document: unknown = JSON.parse(text);
    if (!isObjectOf(document, ["rows"])) return undefined;
    return Array.isArray(document.rows) ? document.rows : undefined;
  } catch {
    return undefined;
  }
}

function toRow(row: unknown, index: number): SentRow | undefined {
  if (!isObjectOf(row, ["number", "contractNumber"])) return undefined;
  const { number = "", contractNumber = "" } = row;
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

function isObjectOf(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((name) => names.includes(name));
}
