import type { ContractFileHeader } from "./contract-file-header.ts";
import {
  ACTION_FIELDS,
  CONTRACT_FILE_NAMESPACE,
  type RecordAction,
  type RecordField,
} from "./contract-file-vocabulary.ts";

/** What a record needs to be written; fields that do not belong to the action are left out. */
export interface WritableRecord {
  readonly senderReference: string;
  readonly action: RecordAction;
  readonly values: { readonly [field in RecordField]?: string | undefined };
}

/**
 * A contract file in pieces, one a record, UTF-8 once encoded. Throws a RangeError where a value holds a character
 * that no XML document can. White space survives as far as the format keeps it: collapsed.
 */
export function* renderContractFile(
  header: ContractFileHeader,
  records: Iterable<WritableRecord>,
): Generator<string, void, undefined> {
  yield renderFileStart(header);
  for (const record of records) yield renderRecord(record);
  yield FILE_END;
}

export const FILE_END = "</contractFile>\n";

/** Everything in front of the first record. */
export function renderFileStart(header: ContractFileHeader): string {
  const { kind } = header;
  const attributes: [name: string, value: string | number | undefined][] = [
    ["xmlns", CONTRACT_FILE_NAMESPACE],
    ["sender", header.sender],
    ["reference", header.reference],
    ["environment", header.environment],
    ["kind", kind],
    ["sequence", header.sequence],
    ["createdAt", header.createdAt],
    ["recordCount", header.recordCount],
    ["complete", kind === "initialLoad" ? String(header.complete) : undefined],
    ["expectedClosureShare", formatShare(header.expectedClosureShare)],
  ];
  const written = attributes
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeValue(String(value))}"`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<contractFile${written.join("")}>\n`;
}

export function renderRecord(record: WritableRecord): string {
  let fields = "";
  for (const field of ACTION_FIELDS[record.action]) {
    const value = record.values[field];
    if (value !== undefined) fields += `      <${field}>${escapeValue(value)}</${field}>\n`;
  }
  const reference = escapeValue(record.senderReference);
  return `  <record senderReference="${reference}">\n    <${record.action}>\n${fields}    </${record.action}>\n  </record>\n`;
}

/** At most six decimals, never in scientific notation. */
function formatShare(share: number | undefined): string | undefined {
  return share === undefined ? undefined : share.toFixed(6).replace(/\.?0+$/, "");
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#9;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold, with the lone surrogates
const UNWRITABLE = /[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Cs}/u;

/** The same for text and attributes: everything that either would read as something else. */
function escapeValue(value: string): string {
  if (UNWRITABLE.test(value)) throw new RangeError("a value holds a character that XML cannot carry");
  return value.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES.get(character) ?? character);
}
