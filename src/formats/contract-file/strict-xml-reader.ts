import { type SaxesAttributePlain, SaxesParser, type XMLDecl } from "saxes";
import type { Finding } from "../../findings/finding.ts";
import { findForeignEncoding, SNIFFED_BYTES, startsWithUtf8Mark, UTF8_MARK_LENGTH } from "./file-encoding.ts";
import { type AttributeList, NamespaceScopes } from "./namespace-scopes.ts";
import { describeParserFault } from "./parser-faults.ts";
import { quoteValue } from "./raw-record.ts";
import type { ReaderLimits } from "./reader-limits.ts";
import { Utf8Slices } from "./utf8-slices.ts";

/** Numbers given to elements outside the vocabulary: of its own namespace, and of another. */
export const UNKNOWN_ELEMENT = -1;
export const FOREIGN_ELEMENT = -2;

/** What a document consists of. `depth` counts the elements around the one that starts or ends, or around the text. */
export interface XmlEvents {
  /** `number` is the vocabulary's, or UNKNOWN_ELEMENT or FOREIGN_ELEMENT. `attributes` is only good during the call. */
  open(number: number, name: string, depth: number, attributes: AttributeList): void;
  close(depth: number): void;
  /** Part of the text between two tags: comments and CDATA sections divide it. */
  text(text: string, depth: number): void;
}

export interface Vocabulary {
  readonly namespace: string;
  readonly numbers: ReadonlyMap<string, number>;
}

export interface FilePlace {
  readonly line: number;
  readonly byteOffset: number;
}

/** Ends the work of the parser from inside one of its events; never leaves this file. */
const STOP = new Error("the file is refused");

/**
 * A subclass gets more room for properties than its parent: with as many handlers as here, V8 turns an instance of
 * the parent into a dictionary and reading becomes seven times slower.
 */
class RoomyParser extends SaxesParser {}

/** State of saxes 6.0.0 inside `&…;`, see `stopAtReference`. */
const SAXES_ENTITY_STATE = 14;

/**
 * Reads UTF-8 bytes as strict XML 1.0 with namespaces and without a document type, within limits, whatever the
 * pieces it gets them in. Finds the position of everything in bytes. The first trouble is the `refusal`; nothing is
 * read after it.
 */
export class StrictXmlReader {
  bytesRead = 0;
  refusal: Finding | undefined;
  /** Where the start tag being read starts, kept for the root and its children. */
  tagLine = 1;
  tagOffset = 0;
  readonly #events: XmlEvents;
  readonly #limits: ReaderLimits;
  readonly #parser = new RoomyParser({ position: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  readonly #slices = new Utf8Slices();
  readonly #namespace: string;
  readonly #scopes: NamespaceScopes;
  readonly #attributes: AttributeList = { names: [], values: [], count: 0 };
  #head: Buffer | undefined = Buffer.alloc(0);
  #ending = false;
  #depth = 0;
  /** Where the token being read starts: its position, its line, and its offset once its slice is gone. */
  #tokenUnit = 0;
  #tokenLine = 1;
  #tokenOffset = 0;
  /** The position that the token, or the child of the root around it, may not pass. */
  #ceiling: number;
  #childCeiling = Number.MAX_SAFE_INTEGER;

  constructor(vocabulary: Vocabulary, limits: ReaderLimits, events: XmlEvents) {
    this.#events = events;
    this.#limits = limits;
    this.#namespace = vocabulary.namespace;
    this.#scopes = new NamespaceScopes(vocabulary.namespace, vocabulary.numbers);
    this.#ceiling = limits.tokenLength;
    const parser = this.#parser;
    // saxes would collect a document type before it reports it; one it takes for a second one fails at `<!DOCTYPE`.
    Object.assign(parser, { doctype: true });
    parser.on("xmldecl", (declaration) => this.#onDeclaration(declaration));
    parser.on("opentagstart", (tag) => this.#onTagStart(tag.name));
    parser.on("attribute", (attribute) => this.#onAttribute(attribute));
    parser.on("opentag", (tag) => this.#onOpenTag(tag.name));
    parser.on("closetag", () => this.#onCloseTag());
    parser.on("text", (text) => this.#onText(text));
    parser.on("cdata", (text) => this.#onText(text));
    parser.on("comment", () => this.#endToken());
    parser.on("processinginstruction", () => this.#endToken());
    parser.on("error", (error) => this.#onFault(error.message));
  }

  get namespaces(): Record<string, string> {
    return this.#scopes.declarations;
  }

  /** Offset of the byte after what the event being handled stands for. */
  get offset(): number {
    return this.#slices.byteOffset(this.#parser.position);
  }

  /** Where the token being handled starts. */
  get tokenPlace(): FilePlace {
    const inSlice = this.#tokenUnit >= this.#slices.unitStart;
    const byteOffset = inSlice ? this.#slices.byteOffset(this.#tokenUnit) : this.#tokenOffset;
    return { line: this.#tokenLine, byteOffset };
  }

  /** The namespace of an attribute of the element being opened; empty where it has none. */
  getAttributeNamespace(name: string): string {
    const resolved = this.#scopes.resolveAttribute(name);
    return typeof resolved === "string" ? "" : resolved.namespace;
  }

  /** Refuses the file and leaves the parser; only for use inside an event. */
  refuse(trouble: Pick<Finding, "code" | "field" | "value" | "details">, place: FilePlace): never {
    this.refusal = { ...trouble, line: place.line, byteOffset: place.byteOffset };
    throw STOP;
  }

  refuseLimit(limit: keyof ReaderLimits, place: FilePlace = this.tokenPlace): never {
    this.refuse({ code: "limitExceeded", details: { limit, maximum: this.#limits[limit] } }, place);
  }

  /** Takes the next bytes; they may be used again by the caller afterwards. */
  write(bytes: Buffer): void {
    if (this.refusal !== undefined) return;
    this.bytesRead += bytes.length;
    if (this.#head === undefined) {
      this.#decode(bytes);
      return;
    }
    this.#head = Buffer.concat([this.#head, bytes]);
    if (this.#head.length >= SNIFFED_BYTES) this.#begin(this.#head);
  }

  /** The file is complete. */
  end(): void {
    if (this.refusal !== undefined) return;
    if (this.bytesRead === 0) {
      this.refusal = { code: "emptyFile", line: 1, byteOffset: 0 };
      return;
    }
    if (this.#head !== undefined) this.#begin(this.#head);
    if (this.refusal !== undefined) return;
    this.#ending = true;
    this.#guard(() => {
      const waiting = this.#slices.waiting;
      if (waiting.length > 0 && waiting[0] !== 0x0d) this.#onFault("unexpected end.");
      this.#slices.startWaiting();
      if (waiting.length > 0) this.#parser.write(this.#slices.text);
      this.#parser.close();
    });
  }

  #begin(head: Buffer): void {
    this.#head = undefined;
    const encoding = findForeignEncoding(head);
    if (encoding !== undefined) {
      this.refusal = { code: "encodingNotSupported", details: { encoding }, line: 1, byteOffset: 0 };
      return;
    }
    const markLength = startsWithUtf8Mark(head) ? UTF8_MARK_LENGTH : 0;
    this.#slices.skip(markLength);
    this.#tokenOffset = markLength;
    this.#decode(head.subarray(markLength));
  }

  #decode(bytes: Buffer): void {
    const unsound = this.#slices.decode(bytes, () => this.#guard(() => this.#readSlice()));
    if (unsound === undefined || this.refusal !== undefined) return;
    const place = { line: this.#parser.line, byteOffset: unsound };
    this.refusal = { code: "encodingNotSupported", details: { encoding: "notUtf8" }, ...place };
  }

  #guard(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (thrown) {
      if (thrown !== STOP) throw thrown;
      return false;
    }
  }

  #readSlice(): void {
    const slices = this.#slices;
    // saxes skips a byte order mark; the one allowed is gone, so this would be a second one.
    if (slices.unitStart === 0 && slices.text.charCodeAt(0) === 0xfeff) this.#onFault("text data outside of root");
    this.#parser.write(slices.text);
    this.#stopAtReference();
    if (slices.unitStart + slices.text.length > this.#ceiling) this.#refuseLength();
    if (this.#tokenUnit >= slices.unitStart) this.#tokenOffset = slices.byteOffset(this.#tokenUnit);
  }

  /**
   * An ampersand that starts no reference makes saxes look for a semicolon to the end of the file. What it has
   * collected so far tells: no name holds white space or markup.
   */
  #stopAtReference(): void {
    if (Reflect.get(this.#parser, "state") !== SAXES_ENTITY_STATE) return;
    if (/[\s<>&"'()=,/]/.test(String(Reflect.get(this.#parser, "entity")))) this.#onFault("empty entity name.");
  }

  #onFault(message: string): never {
    const fault = describeParserFault(message);
    const details = { reason: fault.reason };
    if (this.#ending) {
      this.refuse({ code: fault.code, details }, { line: this.#parser.line, byteOffset: this.bytesRead });
    }
    const insideReference = Reflect.get(this.#parser, "state") === SAXES_ENTITY_STATE;
    if (insideReference || fault.reason === "ampersandNotEscaped") {
      this.refuse({ code: "notWellFormed", details: { reason: "ampersandNotEscaped" } }, this.tokenPlace);
    }
    if (this.#parser.position > this.#ceiling) this.#refuseLength();
    this.refuse({ code: fault.code, details }, this.#lastCharacter());
  }

  /** Where the character is that the parser read last. */
  #lastCharacter(): FilePlace {
    const { text, unitStart } = this.#slices;
    let index = Math.max(this.#parser.position - unitStart - 1, 0);
    const unit = text.charCodeAt(index);
    if (unit >= 0xdc00 && unit <= 0xdfff) index--;
    const line = unit === 0x0a || unit === 0x0d ? this.#parser.line - 1 : this.#parser.line;
    return { line: Math.max(line, 1), byteOffset: this.#slices.byteOffset(unitStart + index) };
  }

  #refuseLength(): never {
    if (this.#childCeiling <= this.#tokenUnit + this.#limits.tokenLength) {
      this.refuseLimit("recordBytes", { line: this.tagLine, byteOffset: this.tagOffset });
    }
    this.refuseLimit("tokenLength");
  }

  /** A token ends here and the next one starts. */
  #endToken(): void {
    const position = this.#parser.position;
    if (position > this.#ceiling) this.#refuseLength();
    this.#tokenUnit = position;
    this.#tokenLine = this.#parser.line;
    const ceiling = position + this.#limits.tokenLength;
    this.#ceiling = ceiling < this.#childCeiling ? ceiling : this.#childCeiling;
  }

  #onDeclaration(declaration: XMLDecl): void {
    const encoding = declaration.encoding ?? "UTF-8";
    if (declaration.version !== "1.0") {
      const details = { reason: "xmlVersionNotSupported" };
      this.refuse({ code: "notWellFormed", value: quoteValue(declaration.version ?? ""), details }, this.tokenPlace);
    }
    if (encoding.toUpperCase() !== "UTF-8") {
      this.refuse({ code: "encodingNotSupported", details: { encoding: quoteValue(encoding) } }, this.tokenPlace);
    }
    this.#endToken();
  }

  #onTagStart(name: string): void {
    if (this.#parser.position > this.#ceiling) this.#refuseLength();
    if (this.#depth <= 1) this.#markTag(name);
    if (name.length > this.#limits.nameLength) this.refuseLimit("nameLength");
    if (this.#depth >= this.#limits.depth) this.refuseLimit("depth");
    this.#endToken();
    this.#attributes.count = 0;
  }

  /** The name and the `<` in front of it were read, and one more character or a line end of two. */
  #markTag(name: string): void {
    const { text, unitStart } = this.#slices;
    const position = this.#parser.position;
    const index = position - unitStart - 1;
    const after = text.charCodeAt(index);
    const afterLength = after === 0x0a && text.charCodeAt(index - 1) === 0x0d ? 2 : 1;
    this.tagLine = after === 0x0a || after === 0x0d ? this.#parser.line - 1 : this.#parser.line;
    this.tagOffset = this.#slices.byteOffset(position - afterLength) - Buffer.byteLength(name, "utf8") - 1;
    if (this.#depth === 1) this.#childCeiling = position - afterLength - name.length - 1 + this.#limits.recordBytes;
  }

  #onAttribute(attribute: SaxesAttributePlain): void {
    if (this.#parser.position > this.#ceiling) this.#refuseLength();
    const list = this.#attributes;
    if (list.count >= this.#limits.attributesPerElement) this.refuseLimit("attributesPerElement");
    if (attribute.name.length > this.#limits.nameLength) this.refuseLimit("nameLength");
    if (attribute.value.length > this.#limits.attributeValueLength) this.refuseLimit("attributeValueLength");
    list.names[list.count] = attribute.name;
    list.values[list.count] = attribute.value;
    list.count++;
    this.#endToken();
  }

  #onOpenTag(name: string): void {
    const depth = this.#depth;
    this.#endToken();
    const attributes = this.#attributes;
    const plain = attributes.count === 0 || (attributes.count === 1 && attributes.names[0] === "senderReference");
    if (!plain) this.#checkNames(this.#scopes.enter(attributes, depth));
    const number = this.#scopes.findElement(name) ?? this.#resolve(name);
    this.#depth = depth + 1;
    this.#events.open(number, name, depth, attributes);
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
    if (reason !== undefined) this.refuse({ code: "notWellFormed", details: { reason } }, this.#lastCharacter());
  }

  #onCloseTag(): void {
    this.#endToken();
    const depth = this.#depth - 1;
    this.#depth = depth;
    this.#events.close(depth);
    this.#scopes.leave(depth);
    if (depth === 1) this.#childCeiling = Number.MAX_SAFE_INTEGER;
  }

  #onText(text: string): void {
    if (this.#parser.position > this.#ceiling) this.#refuseLength();
    this.#events.text(text, this.#depth);
    this.#endToken();
  }
}
