import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import type { Finding } from "../findings/finding.ts";
import { findForeignEncoding } from "../formats/contract-file/file-encoding.ts";
import { MAXIMUM_ROWS, type SentRow, type VerificationForm } from "../formats/verification/verification-answer.ts";
import { readJsonRows } from "./read-json-rows.ts";
import type { SentRows } from "./sent-rows.ts";
import { readWorkbook } from "./workbook/read-workbook.ts";

export interface ReadRows {
  readonly rows: SentRows;
  /** Known once the first rows were read. */
  form(): VerificationForm | undefined;
}

/** Enough to tell a form by, behind a byte order mark and some white space. */
const SNIFFED_BYTES = 64;
/** The first line is looked for in so much text. */
const FIRST_LINE_LENGTH = 1_000;
/** Of one row of text: a number and a contract number are far shorter. */
const ROW_LENGTH = 10_000;

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
          : readText(content);
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

async function* readText(content: AsyncIterable<Buffer>): SentRows {
  try {
    const text = decode(content);
    let begun = "";
    while (begun.length < FIRST_LINE_LENGTH) {
      const next = await text.next();
      if (next.done) break;
      begun += next.value;
    }
    yield* parseText(begun, text);
  } catch (error) {
    if (error instanceof CsvError) {
      return { code: "verificationFileInvalid", line: Number(error.lines), details: { reason: "csvMalformed" } };
    }
    if (error instanceof TypeError) return { code: "encodingNotSupported", details: { encoding: "notUtf8" } };
    throw error;
  }
  return undefined;
}

/** Throws CsvError, and what the text throws. */
async function* parseText(begun: string, rest: AsyncIterable<string>): AsyncGenerator<readonly SentRow[]> {
  const parser = parse({
    delimiter: findDelimiter(begun),
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_LENGTH,
    info: true,
  });
  // What goes wrong with the file is thrown to whoever reads the parser.
  const records = pipeline(Readable.from(join(begun, rest)), parser, () => {});
  let rows: SentRow[] = [];
  for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: Info }>) {
    const row = toRow(record, info.lines);
    if (row) rows.push(row);
    if (rows.length < PIECE_ROWS) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

const PIECE_ROWS = 1_000;

function toRow(cells: readonly string[], rowNumber: number): SentRow | undefined {
  if (cells.every((cell) => cell.trim() === "")) return undefined;
  const [number = "", contractNumber = "", ...others] = cells;
  const isWide = others.some((cell) => cell.trim() !== "");
  return { rowNumber, number, contractNumber, ...(isWide && { fault: "tooManyColumns" as const }) };
}

/** In quotation marks, or the comma of a number that a spreadsheet shortened: `8,5073E+10`. */
const NO_DELIMITER = /"[^"]*"|\d,\d+E\+\d+/gi;

/** Which of the separators of CSV the first line has; none: one column. */
function findDelimiter(text: string): string {
  const [line = ""] = text.slice(0, FIRST_LINE_LENGTH).split(/[\r\n]/, 1);
  return /[;,\t]/.exec(line.replace(NO_DELIMITER, ""))?.[0] ?? ";";
}

/** The text of UTF-8 without its byte order mark. Throws TypeError for bytes that are none. */
async function* decode(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const bytes of content) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
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

async function* join<Piece>(begun: Piece, rest: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  yield begun;
  yield* rest;
}

/** What must be there as a whole to be read; the intake bounds its size. */
async function collect(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const bytes of content) pieces.push(bytes);
  return Buffer.concat(pieces);
}
