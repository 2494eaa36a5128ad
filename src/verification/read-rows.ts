import type { Finding } from "../findings/finding.ts";
import { findForeignEncoding } from "../formats/contract-file/file-encoding.ts";
import { MAXIMUM_ROWS, type VerificationForm } from "../formats/verification/verification-answer.ts";
import { readJsonRows } from "./read-json-rows.ts";
import { join, readTextRows } from "./read-text-rows.ts";
import type { SentRows } from "./sent-rows.ts";
import { readWorkbook } from "./workbook/read-workbook.ts";

export interface ReadRows {
  readonly rows: SentRows;
  /** Known once the first rows were read. */
  form(): VerificationForm | undefined;
}

/** Enough to tell a form by, behind a byte order mark and some white space. */
const SNIFFED_BYTES = 64;

/** Reads the rows of a file of whatever form, told by its content: text or CSV, JSON, XLSX. Text is read as it comes. */
export function readRows(chunks: AsyncIterable<Buffer>): ReadRows {
  let form: VerificationForm | undefined;
  async function* read(): SentRows {
    const { begun, rest } = await peek(chunks);
    const refusal = refuseContent(begun);
    if (refusal) return refusal;
    form = recogniseForm(begun);
    const content = join(begun, rest);
    const rows =
      form === "workbook"
        ? readWorkbook(await collect(content))
        : form === "json"
          ? readJsonRows(await collect(content))
          : readTextRows(content);
    return yield* countRows(rows);
  }
  return { rows: read(), form: () => form };
}

/** Rows that are none are left out; too many, or none at all, refuse the file. */
async function* countRows(rows: SentRows): SentRows {
  let count = 0;
  for (;;) {
    const next = await rows.next();
    if (next.done) return next.value ?? (count === 0 ? { code: "emptyFile" } : undefined);
    count += next.value.length;
    if (count > MAXIMUM_ROWS) {
      await rows.return(undefined);
      return { code: "limitExceeded", details: { limit: "rows", maximum: MAXIMUM_ROWS } };
    }
    if (next.value.length > 0) yield next.value;
  }
}

const ZIP = [0x50, 0x4b];
/** A compound file: what an encrypted workbook is wrapped in, and the form of before 2007. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];

function startsWith(bytes: Buffer, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

function refuseContent(begun: Buffer): Finding | undefined {
  if (begun.length === 0) return { code: "emptyFile" };
  if (startsWith(begun, COMPOUND)) return { code: "verificationFileInvalid", details: { reason: "workbookEncrypted" } };
  const encoding = startsWith(begun, ZIP) ? undefined : findForeignEncoding(begun);
  return encoding === undefined ? undefined : { code: "encodingNotSupported", details: { encoding } };
}

function recogniseForm(begun: Buffer): VerificationForm {
  if (startsWith(begun, ZIP)) return "workbook";
  return /^(?:\u00ef\u00bb\u00bf)?\s*[{[]/.test(begun.toString("latin1")) ? "json" : "text";
}

async function peek(chunks: AsyncIterable<Buffer>) {
  const rest = chunks[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  for (let length = 0; length < SNIFFED_BYTES; ) {
    const next = await rest.next();
    if (next.done) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  return { begun: Buffer.concat(pieces), rest: { [Symbol.asyncIterator]: () => rest } };
}

/** What must be there as a whole to be read; the intake bounds its size. */
async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const bytes of content) pieces.push(bytes);
  return Buffer.concat(pieces);
}
