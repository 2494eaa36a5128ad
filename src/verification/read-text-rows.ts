import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import type { SentRow } from "../formats/verification/verification-answer.ts";
import type { SentRows } from "./sent-rows.ts";

/** The first line is looked for in so much text. */
const FIRST_LINE_LENGTH = 1_000;
/** Of one row of text: a number and a contract number are far shorter. */
const ROW_LENGTH = 10_000;

/** Reads rows of text or CSV as it comes; the separator is the one that the first line has. */
export async function* readTextRows(content: AsyncIterable<Buffer>): SentRows {
  try {
    const text = decode(content);
    let begun = "";
    while (begun.length < FIRST_LINE_LENGTH) {
      const next = await text.next();
      if (next.done) break;
      begun += next.value;
    }
    return yield* readLines(join(begun, text), findDelimiter(begun));
  } catch (error) {
    if (error instanceof TypeError) return { code: "encodingNotSupported", details: { encoding: "notUtf8" } };
    throw error;
  }
}

const LINE_END = /\r\n|\n|\r/;

/**
 * Lines without quotation marks are cut at their separators, in a tenth of the time that a reader of CSV takes; to that is
 * left whatever comes from the first quotation mark on, or from a line that is too long. Throws what the text throws.
 */
async function* readLines(text: AsyncGenerator<string>, delimiter: string): SentRows {
  let rest = "";
  let count = 0;
  for (;;) {
    const { done = false, value } = await text.next();
    const content = done ? rest : rest + value;
    // It may be the first half of a line end.
    const end = !done && content.endsWith("\r") ? content.length - 1 : content.length;
    const lines = content.slice(0, end).split(LINE_END);
    if (content.includes('"') || lines.some((line) => line.length > ROW_LENGTH)) {
      return yield* readCsv(join(content, text), delimiter, count);
    }
    if (!done) rest = lines.pop() + content.slice(end);
    yield lines.flatMap((line, index) => toRow(line.split(delimiter), count + index + 1) ?? []);
    if (done) return undefined;
    count += lines.length;
  }
}

/** `before`: lines that were read already. Throws what the text throws. */
async function* readCsv(text: AsyncIterable<string>, delimiter: string, before: number): SentRows {
  const parser = parse({
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_LENGTH,
    info: true,
  });
  // What goes wrong with the file is thrown to whoever reads the parser.
  const records = pipeline(Readable.from(text), parser, () => {});
  let rows: SentRow[] = [];
  try {
    for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: Info }>) {
      const row = toRow(record, before + info.lines);
      if (row) rows.push(row);
      if (rows.length < PIECE_ROWS) continue;
      yield rows;
      rows = [];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { code: "verificationFileInvalid", line: before + Number(error.lines), details: { reason: "csvMalformed" } };
  }
  yield rows;
  return undefined;
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

async function* decode(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const bytes of content) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

/** What was taken off, and what follows it. */
export async function* join<Piece>(begun: Piece, rest: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  yield begun;
  yield* rest;
}
