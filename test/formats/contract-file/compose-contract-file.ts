import { CONTRACT_FILE_NAMESPACE } from "../../../src/formats/contract-file/contract-file-vocabulary.ts";

const ATTRIBUTES = {
  sender: "0403019261",
  reference: "LOAD-2026-01",
  environment: "S",
  kind: "initialLoad",
  createdAt: "2026-11-22T10:00:00+01:00",
};

const FIELDS = {
  contractNumber: "PLCI-2019-000123",
  inamiNumber: "12345625001",
  startOn: "2019-03-01",
  contractKind: "socialPlci",
  ssin: "85073003328",
  solidarity: "true",
  language: "fr",
  paymentReference: "090933755493",
};

type Parts = Readonly<Record<string, string | undefined>>;

/** A file around records that are XML already; `attributes` change those of a sound root, undefined leaves one out. */
export function composeFile(records: readonly string[], attributes: Parts = {}): string {
  const all: Parts = { ...ATTRIBUTES, recordCount: String(records.length), ...attributes };
  const written = Object.entries(all).filter(([, value]) => value !== undefined);
  const root = written.map(([name, value]) => ` ${name}="${value}"`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>\n<contractFile xmlns="${CONTRACT_FILE_NAMESPACE}"${root}>\n${records.join("")}</contractFile>\n`;
}

/** The fields of a sound declaration as XML, with changes; undefined leaves one out, an unknown one comes last. */
export function composeFields(changes: Parts = {}): string {
  const fields = Object.entries<string | undefined>({ ...FIELDS, ...changes });
  return fields.map(([name, value]) => (value === undefined ? "" : `<${name}>${value}</${name}>`)).join("");
}

/** A record that declares a contract, `<new>` around `content` being what is given. */
export function composeRecord(content: string = composeFields(), senderReference = "R-000001"): string {
  return `  <record senderReference="${senderReference}"><new>${content}</new></record>\n`;
}
