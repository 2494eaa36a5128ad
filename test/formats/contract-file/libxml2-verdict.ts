import { readFileSync } from "node:fs";
import { ParseOption, XmlDocument, XmlElement, XmlParseError, XmlValidateError, XsdValidator } from "libxml2-wasm";
import { collapseWhiteSpace } from "../../../src/formats/contract-file/token-text.ts";

const SCHEMA = new URL("../../../schemas/contract-file/1/contract-file.xsd", import.meta.url);

/** Entities are replaced, as nothing can be validated with references in it; nothing outside the file is read. */
const OPTIONS = ParseOption.XML_PARSE_NOENT | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET;

const schema = XmlDocument.fromBuffer(readFileSync(SCHEMA));
const validator = XsdValidator.fromDoc(schema);

/** One record as libxml2 has it: its attribute, its action, its fields and their text. */
export interface SeenRecord {
  readonly senderReference: string | undefined;
  readonly action: string | undefined;
  readonly values: Readonly<Record<string, string>>;
}

export type Judgement =
  | { readonly verdict: "notWellFormed" | "notValid"; readonly why: string }
  | { readonly verdict: "valid"; readonly why: ""; readonly records: readonly SeenRecord[] };

/** What libxml2 and the published schema say of a file; the records of a file that is valid. */
export function judge(bytes: Buffer): Judgement {
  let document: XmlDocument | undefined;
  try {
    document = XmlDocument.fromBuffer(bytes, { option: OPTIONS });
    validator.validate(document);
    return { verdict: "valid", why: "", records: listChildren(document.root).map(seeRecord) };
  } catch (error) {
    if (error instanceof XmlParseError) return { verdict: "notWellFormed", why: error.message };
    if (error instanceof XmlValidateError) return { verdict: "notValid", why: error.message };
    throw error;
  } finally {
    document?.dispose();
  }
}

function seeRecord(record: XmlElement): SeenRecord {
  const reference = record.attrs.find((attribute) => attribute.name === "senderReference")?.value;
  const [action] = listChildren(record);
  const fields = action === undefined ? [] : listChildren(action);
  return {
    senderReference: reference === undefined ? undefined : collapseWhiteSpace(reference),
    action: action?.name,
    values: Object.fromEntries(fields.map((field) => [field.name, collapseWhiteSpace(readText(field))])),
  };
}

function listChildren(element: XmlElement): XmlElement[] {
  return element.find("*").filter((node) => node instanceof XmlElement);
}

function readText(field: XmlElement): string {
  const pieces = field.find("text()").map((node) => node.content);
  return pieces.join("");
}
