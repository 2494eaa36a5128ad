import type { Finding } from "../../findings/finding.ts";
import { type AttributeList, skipSpaces } from "./attribute-scanner.ts";
import { type ContractFileHeader, parseHeader } from "./contract-file-header.ts";
import { CONTRACT_FILE_NAMESPACE } from "./contract-file-vocabulary.ts";
import type { FileCursor, FilePlace } from "./file-cursor.ts";
import type { RawRecord } from "./raw-record.ts";
import { READER_LIMITS, type ReaderLimits } from "./reader-limits.ts";
import { ELEMENT_NUMBERS, FILE_ELEMENT, RECORD_ELEMENT, RecordAssembler } from "./record-assembler.ts";
import { StrictXmlReader } from "./strict-xml-reader.ts";
import { quoteValue } from "./trouble.ts";
import type { XmlEvents, XmlScanner } from "./xml-scanner.ts";

/** The root as it was read: what it says, and how it was written, so that another file can repeat it. */
export interface ContractFileRoot extends ContractFileHeader {
  /** The prefix of the root's name, empty where it has none. */
  readonly prefix: string;
  /** Namespaces the root declares, by prefix; the default namespace has the empty prefix. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Where the root's start tag begins. */
  readonly place: FilePlace;
  /** Offset of the byte after the root's start tag in the file as sent. */
  readonly startTagEndOffset: number;
}

export interface ContractFileReaderOptions {
  /** Called once, before the first record. A finding it returns refuses the file. */
  readonly onHeader?: (header: ContractFileRoot) => Finding | undefined;
  /** Called for each record as soon as its end tag was read. */
  readonly onRecord?: (record: RawRecord) => void;
  readonly limits?: Partial<ReaderLimits>;
}

/**
 * Reads a contract file as a stream: `write` takes the next bytes in pieces of any size, `end` says that there are
 * no more. A returned finding refuses the whole file (the same one from then on), and nothing more is read.
 */
export interface ContractFileReader {
  write(chunk: Buffer): Finding | undefined;
  end(): Finding | undefined;
  readonly header: ContractFileRoot | undefined;
  readonly recordsRead: number;
  readonly bytesRead: number;
}

export function createContractFileReader(options: ContractFileReaderOptions = {}): ContractFileReader {
  return new StreamedContractFile(options);
}

const SCHEMA_INSTANCE_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";
const VOCABULARY = { namespace: CONTRACT_FILE_NAMESPACE, numbers: ELEMENT_NUMBERS };

class StreamedContractFile implements ContractFileReader, XmlEvents {
  header: ContractFileRoot | undefined;
  recordsRead = 0;
  readonly #options: ContractFileReaderOptions;
  readonly #xml: StrictXmlReader;
  readonly #cursor: FileCursor;
  readonly #scanner: XmlScanner;
  readonly #record = new RecordAssembler();
  #rootPlace: FilePlace = { line: 1, byteOffset: 0 };
  #ended = false;

  constructor(options: ContractFileReaderOptions) {
    this.#options = options;
    this.#xml = new StrictXmlReader(VOCABULARY, { ...READER_LIMITS, ...options.limits }, this);
    this.#cursor = this.#xml.cursor;
    this.#scanner = this.#xml.scanner;
  }

  get bytesRead(): number {
    return this.#xml.bytesRead;
  }

  write(chunk: Buffer): Finding | undefined {
    if (this.#ended) throw new Error("a contract file reader takes nothing after its end");
    this.#xml.write(chunk);
    return this.#cursor.refusal;
  }

  end(): Finding | undefined {
    if (!this.#ended) this.#xml.end();
    this.#ended = true;
    const declared = this.header?.recordCount;
    if (this.#cursor.refusal === undefined && declared !== undefined && declared !== this.recordsRead) {
      const said = { field: "recordCount", value: `${declared}`, details: { declared, found: this.recordsRead } };
      this.#cursor.refusal = { code: "recordCountMismatch", ...said, ...this.#rootPlace };
    }
    return this.#cursor.refusal;
  }

  open(number: number, name: string, depth: number, attributes: AttributeList): void {
    if (depth > 1) {
      this.#record.open(number, name, depth, attributes);
    } else if (depth === 0) {
      this.#openRoot(number, name, attributes);
    } else if (number === RECORD_ELEMENT) {
      this.#record.start(this.recordsRead + 1, this.#cursor.tagPlace, attributes);
    } else {
      this.#refuseStructure(`contractFile/${name}`, "elementNotExpected", this.#cursor.tagPlace);
    }
  }

  close(depth: number): void {
    if (depth > 1) {
      this.#record.close(depth);
    } else if (depth === 1) {
      const byteLength = this.#scanner.tokenEndOffset - this.#cursor.tagPlace.byteOffset;
      if (byteLength > this.#cursor.limits.recordBytes) this.#cursor.refuseLimit("recordBytes", this.#cursor.tagPlace);
      this.recordsRead++;
      this.#options.onRecord?.(this.#record.finish(byteLength));
    }
  }

  text(source: string, start: number, end: number, depth: number): void {
    if (depth > 1) {
      const length = this.#record.addText(source, start, end, depth);
      if (length > this.#cursor.limits.textLength) this.#cursor.refuseLimit("textLength");
    } else if (skipSpaces(source, start) < end) {
      // Where references were replaced, the source is no longer the text of the file.
      const isAsSent = source === this.#cursor.window.text;
      const at = isAsSent ? skipSpaces(source, start) : this.#cursor.tokenStart;
      this.#refuseStructure("contractFile", "textNotExpected", this.#cursor.placeOf(at));
    }
  }

  #openRoot(number: number, name: string, attributes: AttributeList): void {
    this.#rootPlace = this.#cursor.tagPlace;
    if (number !== FILE_ELEMENT) this.#refuseStructure(name, "rootNotKnown", this.#rootPlace);
    const sent = new Map<string, string>();
    for (let i = 0; i < attributes.count; i++) {
      const attribute = attributes.names[i] ?? "";
      if (!this.#isForAnyDocument(attribute)) sent.set(attribute, attributes.values[i] ?? "");
    }
    const header = parseHeader(sent);
    if ("code" in header) this.#cursor.refuse(header, this.#rootPlace);
    const prefix = name.includes(":") ? name.slice(0, name.indexOf(":")) : "";
    const root = {
      ...header,
      prefix,
      namespaces: this.#scanner.namespaces,
      place: this.#rootPlace,
      startTagEndOffset: this.#scanner.tokenEndOffset,
    };
    this.header = root;
    const refusal = this.#options.onHeader?.(root);
    if (refusal !== undefined) this.#cursor.refuse(refusal, this.#rootPlace);
  }

  /** Declarations, `xml:lang` and the like, `xsi:schemaLocation`: any root may have them, they say nothing here. */
  #isForAnyDocument(attribute: string): boolean {
    if (attribute === "xmlns" || attribute.startsWith("xmlns:") || attribute.startsWith("xml:")) return true;
    const local = attribute.slice(attribute.indexOf(":") + 1);
    if (local !== "schemaLocation" && local !== "noNamespaceSchemaLocation") return false;
    return this.#scanner.getAttributeNamespace(attribute) === SCHEMA_INSTANCE_NAMESPACE;
  }

  #refuseStructure(field: string, reason: string, place: FilePlace): never {
    this.#cursor.refuse({ code: "rootNotExpected", field: quoteValue(field), details: { reason } }, place);
  }
}
