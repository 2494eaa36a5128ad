import type { FileCursor } from "./file-cursor.ts";
import { findNameEnd } from "./xml-names.ts";
import { resolveReferences } from "./xml-references.ts";

/** Attributes of one element as two parallel lists, of which the first `count` are in use. */
export interface AttributeList {
  readonly names: string[];
  readonly values: string[];
  count: number;
  /** Whether one of them declares a namespace or has a prefix. */
  hasPrefixes: boolean;
}

export const UNFINISHED = -1;

const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === TAB || code === CARRIAGE_RETURN;
}

/** The index of the first character from `from` on that is not white space, or the length of the text. */
export function skipSpaces(text: string, from: number): number {
  let index = from;
  while (isSpace(text.charCodeAt(index))) index++;
  return index;
}

/**
 * Reads the attributes of a start tag into `list`, from after its name to its `>` or `/`, whose index is returned;
 * UNFINISHED where the text ends before.
 */
export function scanAttributes(cursor: FileCursor, from: number, list: AttributeList): number {
  const { text } = cursor.window;
  list.count = 0;
  list.hasPrefixes = false;
  let index = from;
  for (;;) {
    const start = skipSpaces(text, index);
    if (start === text.length) return UNFINISHED;
    const character = text[start];
    if (character === ">" || character === "/") return start;
    if (start === index) cursor.fault("attributeMalformed", start);
    index = scanAttribute(cursor, start, list);
    if (index === UNFINISHED) return UNFINISHED;
  }
}

function scanAttribute(cursor: FileCursor, start: number, list: AttributeList): number {
  const { text } = cursor.window;
  const nameEnd = findNameEnd(text, start);
  if (nameEnd === start) cursor.fault("attributeMalformed", start);
  if (nameEnd === text.length) return UNFINISHED;
  addName(cursor, list, text.slice(start, nameEnd), start, nameEnd);
  const equals = skipSpaces(text, nameEnd);
  if (equals === text.length) return UNFINISHED;
  if (text[equals] !== "=") cursor.fault("attributeMalformed", equals);
  const open = skipSpaces(text, equals + 1);
  if (open === text.length) return UNFINISHED;
  const quote = text[open] ?? "";
  if (quote !== '"' && quote !== "'") cursor.fault("attributeMalformed", open);
  const close = text.indexOf(quote, open + 1);
  const valueEnd = close === -1 ? text.length : close;
  const raw = text.slice(open + 1, valueEnd);
  const tag = raw.indexOf("<");
  if (tag !== -1) cursor.fault("attributeMalformed", open + 1 + tag);
  if (close === -1) return UNFINISHED;
  cursor.seen = close;
  if (raw.length > cursor.limits.attributeValueLength) cursor.refuseLimit("attributeValueLength");
  list.values[list.count] = readValue(cursor, raw, open + 1);
  list.count++;
  return close + 1;
}

function addName(cursor: FileCursor, list: AttributeList, name: string, start: number, end: number): void {
  cursor.seen = end;
  if (list.count >= cursor.limits.attributesPerElement) cursor.refuseLimit("attributesPerElement");
  if (name.length > cursor.limits.nameLength) cursor.refuseLimit("nameLength");
  for (let i = 0; i < list.count; i++) {
    if (list.names[i] === name) cursor.fault("attributeRepeated", start, end);
  }
  list.names[list.count] = name;
  list.hasPrefixes ||= name === "xmlns" || name.includes(":");
}

/** XML 1.0, 3.3.3: white space becomes spaces (a reference to it stays), references are replaced. */
function readValue(cursor: FileCursor, raw: string, start: number): string {
  const hasSpecial = /[\t\n\r&]/.test(raw);
  if (!hasSpecial) return raw;
  const resolved = resolveReferences(raw.replace(/[\t\n\r]/g, " "));
  return typeof resolved === "string" ? resolved : cursor.refuseReference(resolved, start);
}
