import { CONTRACT_FILE_NAMESPACE } from "../formats/contract-file/contract-file-vocabulary.ts";
import { generateRecords } from "./contract-records.ts";
import type { GeneratedRecord } from "./generated-record.ts";
import { type GenerationOptions, settleOptions } from "./generation-options.ts";
import type { NumberSet } from "./number-set.ts";

const CHUNK_CHARACTERS = 128 * 1024;

/**
 * A contract file (kind `initialLoad`) in chunks of about 128 KiB, ASCII but for the reference. On the way it adds the
 * ids that the register needs to `providers`, which spares `generateRegister` a pass of its own.
 * Throws a RangeError for options out of bounds.
 */
export function generateContractFile(
  options: GenerationOptions,
  providers?: NumberSet,
): Generator<string, void, undefined> {
  return iterateChunks(settleOptions(options), providers);
}

function* iterateChunks(
  options: Required<GenerationOptions>,
  providers: NumberSet | undefined,
): Generator<string, void, undefined> {
  let chunk = renderHeader(options);
  for (const record of generateRecords(options)) {
    if (record.providerId !== undefined) providers?.add(record.providerId);
    chunk += renderRecord(record);
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = "";
    }
  }
  yield `${chunk}</contractFile>\n`;
}

function renderHeader(options: Required<GenerationOptions>): string {
  const { sender, reference, environment, createdAt, records } = options;
  const complete = options.complete ? ` complete="true"` : "";
  return `<?xml version="1.0" encoding="UTF-8"?>
<contractFile xmlns="${CONTRACT_FILE_NAMESPACE}" sender="${sender}" reference="${escapeAttribute(reference)}" environment="${environment}" kind="initialLoad"
              createdAt="${createdAt}" recordCount="${records}"${complete}>
`;
}

/** One record as it stands in the file. No generated value holds a character that XML would need escaped. */
export function renderRecord(record: GeneratedRecord): string {
  let text = `  <record senderReference="${record.senderReference}">\n    <${record.action}>\n`;
  if (record.looseText !== undefined) text += `      ${record.looseText}\n`;
  for (const [name, value] of record.fields) text += `      <${name}>${value}</${name}>\n`;
  return `${text}    </${record.action}>\n  </record>\n`;
}

function escapeAttribute(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
