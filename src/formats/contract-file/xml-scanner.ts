import { type AttributeList, isSpace, scanAttributes, skipSpaces, UNFINISHED } from "./attribute-scanner.ts";
import type { FileCursor } from "./file-cursor.ts";
import { NamespaceScopes } from "./namespace-scopes.ts";
import { quoteValue } from "./trouble.ts";
import { parseXmlDeclaration } from "./xml-declaration.ts";
import { findNameEnd } from "./xml-names.ts";
import { resolveReferences } from "./xml-references.ts";

/** Numbers given to elements outside the vocabulary: of its own namespace, and of another. */
export const UNKNOWN_ELEMENT = -1;
export const FOREIGN_ELEMENT = -2;

/** What a document consists of. `depth` counts the elements around the one that starts or ends, or around the text. */
export interface XmlEvents {
  /** `number` is the vocabulary's, or UNKNOWN_ELEMENT or FOREIGN_ELEMENT. `attributes` is only good during the call. */
  open(number: number, name: string, depth: number, attributes: AttributeList): void;
  close(depth: number): void;
  /** `source[start, end)` is part of the text between two tags: comments and CDATA sections divide it. */
  text(source: string, start: number, end: number, depth: number): void;
}

export interface Vocabulary {
  readonly namespace: string;
  readonly numbers: ReadonlyMap<string, number>;
}

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

const DECLARED_MARKUP = ["<!--", "<![CDATA[", "<!DOCTYPE"];

/**
 * Cuts the text of a window into the tokens of XML 1.0 with namespaces and without a document type. A token that the
 * window does not hold to its end is left for the next time, so no state inside a token is ever kept.
 */
export class XmlScanner {
  readonly #cursor: FileCursor;
  readonly #events: XmlEvents;
  readonly #namespace: string;
  readonly #scopes: NamespaceScopes;
  readonly #attributes: AttributeList = { names: [], values: [], count: 0, hasPrefixes: false };
  /** Names of the elements that are open, as written. */
  readonly #names: string[] = [];
  #depth = 0;
  #isRootSeen = false;
  #isAtStart = true;
  #hasReferences = false;
  #hasCdataEnd = false;
  /** Index after the token being handled. */
  #tokenEnd = 0;

  constructor(cursor: FileCursor, vocabulary: Vocabulary, events: XmlEvents) {
    this.#cursor = cursor;
    this.#events = events;
    this.#namespace = vocabulary.namespace;
    this.#scopes = new NamespaceScopes(vocabulary.namespace, vocabulary.numbers);
  }

  get depth(): number {
    return this.#depth;
  }

  get isRootSeen(): boolean {
    return this.#isRootSeen;
  }

  /** Namespaces in force, by prefix. */
  get namespaces(): Record<string, string> {
    return this.#scopes.declarations;
  }

  /** Offset of the byte after the token being handled. */
  get tokenEndOffset(): number {
    return this.#cursor.window.byteOffset(this.#tokenEnd);
  }

  /** The namespace of an attribute of the element being opened; empty where it has none. */
  getAttributeNamespace(name: string): string {
    const resolved = this.#scopes.resolveAttribute(name);
    return typeof resolved === "string" ? "" : resolved.namespace;
  }

  /** Handles every token that ends in the window and returns the index of the first that does not. */
  scan(): number {
    const { text } = this.#cursor.window;
    this.#hasReferences = text.includes("&");
    this.#hasCdataEnd = text.includes("]]>");
    let index = 0;
    while (index < text.length) {
      this.#cursor.tokenStart = index;
      const next = text.charCodeAt(index) === LESS ? this.#scanMarkup(text, index) : this.#scanText(text, index);
      if (next === UNFINISHED) break;
      this.#isAtStart = false;
      index = next;
    }
    return index;
  }

  #scanMarkup(text: string, start: number): number {
    switch (text.charCodeAt(start + 1)) {
      case SLASH:
        return this.#scanEndTag(text, start);
      case BANG:
        return this.#scanDeclaredMarkup(text, start);
      case QUESTION:
        return this.#scanInstruction(text, start);
      default:
        return start + 1 === text.length ? UNFINISHED : this.#scanStartTag(text, start);
    }
  }

  #scanText(text: string, start: number): number {
    const next = text.indexOf("<", start);
    const end = next === -1 ? text.length : next;
    if (this.#depth === 0) {
      const other = skipSpaces(text, start);
      if (other < end) this.#cursor.fault("textOutsideRoot", other);
      return end;
    }
    if (next === -1) return UNFINISHED;
    this.#endToken(end, end);
    if (this.#hasReferences || this.#hasCdataEnd) this.#readText(text.slice(start, end), start);
    else this.#events.text(text, start, end, this.#depth);
    return end;
  }

  #readText(text: string, start: number): void {
    // Typed, so that the compiler knows that its refusals do not return.
    const cursor: FileCursor = this.#cursor;
    const cdataEnd = text.indexOf("]]>");
    const resolved = resolveReferences(cdataEnd === -1 ? text : text.slice(0, cdataEnd));
    if (typeof resolved !== "string") cursor.refuseReference(resolved, start);
    if (cdataEnd !== -1) cursor.fault("cdataEndNotAllowed", start + cdataEnd, cursor.seen);
    this.#events.text(resolved, 0, resolved.length, this.#depth);
  }

  #scanStartTag(text: string, start: number): number {
    const nameEnd = findNameEnd(text, start + 1);
    if (nameEnd === start + 1) this.#cursor.fault("tagMalformed", nameEnd);
    if (nameEnd === text.length) return UNFINISHED;
    let end = nameEnd;
    const code = text.charCodeAt(nameEnd);
    if (isSpace(code)) {
      end = scanAttributes(this.#cursor, nameEnd, this.#attributes);
      if (end === UNFINISHED) return UNFINISHED;
    } else {
      this.#attributes.count = 0;
      this.#attributes.hasPrefixes = false;
      if (code !== GREATER && code !== SLASH) this.#cursor.fault("tagMalformed", nameEnd);
    }
    const isEmpty = text.charCodeAt(end) === SLASH;
    if (isEmpty) {
      end++;
      if (end === text.length) return UNFINISHED;
      if (text.charCodeAt(end) !== GREATER) this.#cursor.fault("tagMalformed", end);
    }
    this.#endToken(end, end + 1);
    this.#open(text, start, nameEnd);
    if (isEmpty) this.#close();
    return end + 1;
  }

  #scanEndTag(text: string, start: number): number {
    const cursor = this.#cursor;
    if (this.#depth === 0) cursor.fault("endTagMismatch", start, start + 1);
    const name = this.#names[this.#depth - 1] ?? "";
    let end = start + 2 + name.length;
    if (text.charCodeAt(end) !== GREATER || !text.startsWith(name, start + 2)) {
      const nameEnd = findNameEnd(text, start + 2);
      if (nameEnd === text.length) return UNFINISHED;
      if (nameEnd === start + 2) cursor.fault("tagMalformed", nameEnd);
      if (text.slice(start + 2, nameEnd) !== name) cursor.fault("endTagMismatch", start, nameEnd);
      end = skipSpaces(text, nameEnd);
      if (end === text.length) return UNFINISHED;
      if (text.charCodeAt(end) !== GREATER) cursor.fault("tagMalformed", end);
    }
    this.#endToken(end, end + 1);
    this.#close();
    return end + 1;
  }

  /** Comments, CDATA sections and the document type, which is refused where it starts. */
  #scanDeclaredMarkup(text: string, start: number): number {
    const cursor = this.#cursor;
    if (text.startsWith("<!--", start)) {
      const end = text.indexOf("--", start + 4);
      if (end === -1 || end + 2 === text.length) return UNFINISHED;
      if (text.charCodeAt(end + 2) !== GREATER) cursor.fault("commentMalformed", end, end + 2);
      this.#endToken(end + 2, end + 3);
      return end + 3;
    }
    if (text.startsWith("<![CDATA[", start)) {
      if (this.#depth === 0) cursor.fault("textOutsideRoot", start, start + 8);
      const end = text.indexOf("]]>", start + 9);
      if (end === -1) return UNFINISHED;
      this.#endToken(end + 2, end + 3);
      this.#events.text(text, start + 9, end, this.#depth);
      return end + 3;
    }
    if (text.startsWith("<!DOCTYPE", start)) {
      cursor.seen = start + 8;
      cursor.refuse({ code: "doctypeNotAllowed" }, cursor.placeOf(start));
    }
    const rest = text.slice(start, start + 9);
    if (start + rest.length === text.length && DECLARED_MARKUP.some((known) => known.startsWith(rest))) {
      return UNFINISHED;
    }
    let wrong = 2;
    while (DECLARED_MARKUP.some((known) => known.startsWith(rest.slice(0, wrong + 1)))) wrong++;
    return cursor.fault("markupMalformed", start, start + wrong);
  }

  #scanInstruction(text: string, start: number): number {
    const cursor = this.#cursor;
    const targetEnd = findNameEnd(text, start + 2);
    if (targetEnd === text.length) return UNFINISHED;
    const target = text.slice(start + 2, targetEnd);
    const isClosed = text.charCodeAt(targetEnd) === QUESTION;
    if (target === "" || target.includes(":") || !(isClosed || isSpace(text.charCodeAt(targetEnd)))) {
      cursor.fault("processingInstructionMalformed", start, targetEnd);
    }
    const isDeclaration = target === "xml" && this.#isAtStart;
    if (target.toLowerCase() === "xml" && !isDeclaration) cursor.fault("xmlDeclarationMalformed", start, targetEnd);
    const end = text.indexOf("?>", targetEnd);
    if (isClosed && targetEnd + 1 < text.length && end !== targetEnd) {
      cursor.fault("processingInstructionMalformed", start, targetEnd + 1);
    }
    if (end === -1) return UNFINISHED;
    this.#endToken(end + 1, end + 2);
    if (isDeclaration) this.#readDeclaration(text.slice(start, end + 2), start);
    return end + 2;
  }

  #readDeclaration(text: string, start: number): void {
    const cursor = this.#cursor;
    const declaration = parseXmlDeclaration(text);
    if (declaration === undefined) cursor.fault("xmlDeclarationMalformed", start, cursor.seen);
    else if (declaration.version !== "1.0") cursor.fault("xmlVersionNotSupported", start, cursor.seen);
    const encoding = declaration?.encoding ?? "UTF-8";
    if (encoding.toUpperCase() === "UTF-8") return;
    cursor.refuse({ code: "encodingNotSupported", details: { encoding: quoteValue(encoding) } }, cursor.placeOf(start));
  }

  /** The token being read was told by the character at `seen` and ends in front of `end`. */
  #endToken(seen: number, end: number): void {
    this.#cursor.seen = seen;
    this.#tokenEnd = end;
    if (seen - this.#cursor.tokenStart >= this.#cursor.limits.tokenLength) this.#cursor.checkLengths(seen);
  }

  #open(text: string, start: number, nameEnd: number): void {
    const cursor = this.#cursor;
    const depth = this.#depth;
    if (nameEnd - start - 1 > cursor.limits.nameLength) cursor.refuseLimit("nameLength");
    if (depth >= cursor.limits.depth) cursor.refuseLimit("depth");
    if (depth === 0 && this.#isRootSeen) cursor.fault("secondRoot", start, cursor.seen);
    if (depth <= 1) cursor.tagPlace = cursor.placeOf(start);
    const attributes = this.#attributes;
    if (attributes.hasPrefixes) this.#checkNames(this.#scopes.enter(attributes, depth));
    const known = this.#scopes.findElement(text, start + 1, nameEnd);
    const name = known === undefined ? text.slice(start + 1, nameEnd) : known.name;
    const number = known === undefined ? this.#resolve(name) : known.number;
    this.#names[depth] = name;
    this.#depth = depth + 1;
    this.#isRootSeen = true;
    cursor.isInsideChild = depth >= 1;
    this.#events.open(number, name, depth, attributes);
  }

  #close(): void {
    const depth = this.#depth - 1;
    this.#depth = depth;
    this.#events.close(depth);
    this.#scopes.leave(depth);
    if (depth <= 1) this.#cursor.isInsideChild = false;
  }

  #resolve(name: string): number {
    const resolved = this.#scopes.resolveElement(name);
    if (typeof resolved !== "string") {
      return resolved.namespace === this.#namespace ? UNKNOWN_ELEMENT : FOREIGN_ELEMENT;
    }
    this.#checkNames(resolved);
    return FOREIGN_ELEMENT;
  }

  #checkNames(reason: string | undefined): void {
    if (reason !== undefined) this.#cursor.fault(reason, this.#cursor.tokenStart, this.#cursor.seen);
  }
}
