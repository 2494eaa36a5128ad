import { readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";

const SCHEMAS = new URL("../../../schemas/", import.meta.url);

/** Validates documents against a schema of `schemas/` with libxml2; throws what does not hold. */
export function createXsdCheck(path: string): { validate(xml: string): void; enumeration(type: string): string[] } {
  const schema = XmlDocument.fromBuffer(readFileSync(new URL(path, SCHEMAS)));
  const validator = XsdValidator.fromDoc(schema);
  return {
    validate(xml) {
      const document = XmlDocument.fromString(xml);
      try {
        validator.validate(document);
      } finally {
        document.dispose();
      }
    },
    enumeration(type) {
      const xpath = `//xs:simpleType[@name="${type}"]/xs:restriction/xs:enumeration/@value`;
      return schema.find(xpath, { xs: "http://www.w3.org/2001/XMLSchema" }).map((value) => value.content);
    },
  };
}

/** Text of the nodes that an XPath finds in a document, `r:` being its own namespace. */
export function textsAt(xml: string, xpath: string): string[] {
  const document = XmlDocument.fromString(xml);
  try {
    return document.find(xpath, { r: document.root.namespaceUri }).map((node) => node.content);
  } finally {
    document.dispose();
  }
}
