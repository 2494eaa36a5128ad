import assert from "node:assert/strict";
import { CsvError } from "csv-parse";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import t from "tap";
import type { Finding } from "../../src/findings/finding.ts";
import { LANGUAGES } from "../../src/findings/language.ts";
import { renderFindingText } from "../../src/findings/render-finding.ts";
import { checkRow } from "../../src/formats/verification/check-row.ts";
import { MAXIMUM_ROWS, type SentRow } from "../../src/formats/verification/verification-answer.ts";
import { readRows } from "../../src/verification/read-rows.ts";
import { makeSsin } from "../flows/test-register.ts";
import { composeArchive, composeWorkbook, inlineRows, listWorkbookEntries } from "./compose-workbook.ts";

const SSIN = "85073003328";
const INAMI = "12345625001";

interface Reading {
  readonly rows: readonly SentRow[];
  readonly refusal?: Finding;
  readonly form?: string;
}

async function read(content: string | Buffer, pieceBytes = 65_536): Promise<Reading> {
  const bytes = Buffer.from(content);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const { rows, form } = readRows(pieces());
  const all: SentRow[] = [];
  for (;;) {
    const next = await rows.next();
    if (next.done) {
      const told = form();
      return { rows: all, ...(next.value && { refusal: next.value }), ...(told && { form: told }) };
    }
    all.push(...next.value);
  }
}

const row = (rowNumber: number, number: string, contractNumber = "") => ({ rowNumber, number, contractNumber });
/** What the checks make of the rows: the fault of each, or which kind of number it is. */
const judge = ({ rows }: Reading, purposeRequired = false) =>
  rows.map((sent) => {
    const { fault, ssin, inamiRoot } = checkRow(sent, { purposeRequired });
    return fault ?? (ssin ? "ssin" : inamiRoot ? "inami" : "none");
  });
const refused = (reading: Reading) => [reading.refusal?.code, Object.values(reading.refusal?.details ?? {})[0]];

const SAME: readonly SentRow[] = [row(1, SSIN, "C-1"), row(2, INAMI, "C 2"), row(4, "00010100105")];
const SHARED = `<si><t>${SSIN}</t></si><si><r><t>C-</t></r><r><t>1</t></r><rPh sb="0" eb="1"><t>kana</t></rPh></si>`;

t.test("the same rows in every form are read the same, however the bytes are cut", async (t) => {
  const lines = (separator: string) => `${SSIN}${separator}C-1\r\n${INAMI}${separator}C 2\r\n\r\n00010100105\r\n`;
  const sheet = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
    <row r="2"><c r="A2" t="inlineStr"><is><t>${INAMI}</t></is></c><c r="B2" t="inlineStr"><is><r><t>C </t></r><r><t>2</t></r></is></c></row>
    <row r="3"><c r="A3" s="4"/></row><row r="4"><c r="A4" t="str"><v>00010100105</v></c></row>`;
  const forms: Readonly<Record<string, [string | Buffer, string]>> = {
    semicolons: [lines(";"), "text"],
    commas: [lines(","), "text"],
    tabs: [lines("\t"), "text"],
    "lines of one character": [lines(";").replaceAll("\r\n", "\r"), "text"],
    quotes: [`"${SSIN}";"C-1"\n${INAMI};"C 2"\n\n"00010100105"`, "text"],
    "a byte order mark": [`\ufeff${lines(";")}`, "text"],
    workbook: [composeWorkbook({ rows: sheet, strings: SHARED }), "workbook"],
  };
  for (const [name, [content, form]] of Object.entries(forms)) {
    for (const pieceBytes of [65_536, 1]) t.same(await read(content, pieceBytes), { rows: SAME, form }, name);
  }
  const rows = [{ number: SSIN, contractNumber: "C-1" }, { number: INAMI, contractNumber: "C 2" }, {}];
  t.same((await read(JSON.stringify({ rows }))).rows, [...SAME.slice(0, 2), row(3, "")]);
  t.equal((await read(` \ufeff${JSON.stringify({ rows })}`.trimStart())).form, "json");
});

t.test("a file that cannot be read is refused with its reason", async (t) => {
  const rows = inlineRows([[SSIN]]);
  const prolog = '<?xml version="1.0"?>';
  const sheet = (content: string, doctype = "") =>
    composeWorkbook({ rows: `${prolog}${doctype}<worksheet><sheetData>${content}</sheetData></worksheet>` });
  const changed = (name: string, change: object) =>
    composeArchive(
      listWorkbookEntries({ rows }).map((entry) => (entry.name === name ? { ...entry, ...change } : entry)),
    );
  const invalid = "verificationFileInvalid";
  const bytes = Buffer.from(`${SSIN};C-1\n`, "utf16le");
  const cases: Readonly<Record<string, [string | Buffer, string, unknown]>> = {
    "an empty file": ["", "emptyFile", undefined],
    "empty lines": ["\n\r\n;\n  \n", "emptyFile", undefined],
    "an empty sheet": [composeWorkbook({ rows: "" }), "emptyFile", undefined],
    "an empty list": ['{"rows": []}', "emptyFile", undefined],
    "UTF-16 with its mark": [Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]), "encodingNotSupported", "UTF-16"],
    "UTF-16 without": [bytes, "encodingNotSupported", "UTF-16"],
    "Latin-1": [Buffer.from(`${SSIN};été\n`, "latin1"), "encodingNotSupported", "notUtf8"],
    gzip: [Buffer.from([0x1f, 0x8b, 8, 0]), "encodingNotSupported", "gzip"],
    "quotation marks that do not end": [`"${SSIN}\n${INAMI}\n`, invalid, "csvMalformed"],
    "a line without end": ["1".repeat(20_000), invalid, "csvMalformed"],
    "JSON that breaks off": ['{"rows": [', invalid, "jsonMalformed"],
    "JSON with half a character": ['{"rows": [{"number": "1", "contractNumber": "\\ud800"}]}', invalid, "jsonForm"],
    "JSON of another form": [`{"rows": [{"ssin": "${SSIN}"}]}`, invalid, "jsonForm"],
    "a list alone": [`["${SSIN}"]`, invalid, "jsonForm"],
    "an encrypted workbook": [Buffer.from("d0cf11e0a1b11ae1", "hex"), invalid, "workbookEncrypted"],
    "an encrypted part": [changed("xl/worksheets/sheet1.xml", { flags: 1 }), invalid, "workbookEncrypted"],
    "an archive that is no workbook": [
      composeArchive([{ name: "a.txt", content: SSIN }]),
      invalid,
      "workbookUnreadable",
    ],
    "a workbook that breaks off": [composeWorkbook({ rows }).subarray(0, 900), invalid, "workbookUnreadable"],
    "a sheet that is not XML": [sheet("<row></c>"), invalid, "workbookUnreadable"],
    "an entity": [sheet("<row><c><v>&xxe;</v></c></row>"), invalid, "workbookUnreadable"],
    "a DOCTYPE": [
      sheet(rows, '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'),
      "doctypeNotAllowed",
      undefined,
    ],
    "a cell that comes twice": [
      sheet('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
      invalid,
      "workbookUnreadable",
    ],
    "a string that is not in the table": [sheet('<row><c t="s"><v>7</v></c></row>'), invalid, "workbookUnreadable"],
    "a name that leads out": [
      composeWorkbook({ rows, more: [{ name: "../../etc/cron.d/x", content: "x" }] }),
      invalid,
      "workbookUnsafe",
    ],
    "an absolute name": [
      composeWorkbook({ rows, more: [{ name: "/etc/x", content: "x" }] }),
      invalid,
      "workbookUnsafe",
    ],
    "a name with backslashes": [
      composeWorkbook({ rows, more: [{ name: "..\\x", content: "x" }] }),
      invalid,
      "workbookUnsafe",
    ],
    "a name that comes twice": [
      composeWorkbook({ rows, more: [{ name: "XL/worksheets/sheet1.xml", content: "x" }] }),
      invalid,
      "workbookUnsafe",
    ],
    "a sheet elsewhere": [
      composeWorkbook({ rows, sheetTarget: 'Target="https://attacker.example/s.xml" TargetMode="External"' }),
      invalid,
      "workbookUnsafe",
    ],
    "a sheet above": [composeWorkbook({ rows, sheetTarget: 'Target="../../../x.xml"' }), invalid, "workbookUnsafe"],
    "a bomb by its ratio": [
      composeWorkbook({ rows, more: [{ name: "xl/media/x", content: Buffer.alloc(8_000_000) }] }),
      "limitExceeded",
      "compressionRatio",
    ],
    "a bomb by what it says of its size": [
      changed("xl/worksheets/sheet1.xml", { declaredBytes: 65 * 1024 * 1024 }),
      "limitExceeded",
      "unpackedSize",
    ],
    "a bomb that lies about its size": [
      changed("xl/worksheets/sheet1.xml", { content: " ".repeat(8_000_000), declaredBytes: 900_000 }),
      invalid,
      "workbookUnreadable",
    ],
    "a row too many": [`${SSIN}\n`.repeat(MAXIMUM_ROWS + 1), "limitExceeded", "rows"],
  };
  for (const [name, [content, code, detail]] of Object.entries(cases)) {
    t.same(refused(await read(content)), [code, detail], name);
  }
  t.equal((await read(`${SSIN}\n`.repeat(MAXIMUM_ROWS))).rows.length, MAXIMUM_ROWS, "as many as allowed are read");
});

t.test("JSON that is refused is told where, and which form is meant", async (t) => {
  const form = '{"rows": [{"number": "…", "contractNumber": "…"}]}';
  const cases: readonly [string, object][] = [
    ['{"rows":[{"number":"1"},{"nummer":"90000063000"}]}', { field: "nummer", details: { row: 2 } }],
    ['{"rows":[{"90000063000":"1"}]}', { field: undefined, details: { row: 1 } }],
    ['{"rows":["90000063000"]}', { field: undefined, details: { row: 1 } }],
    ['{"numbers":["90000063000"]}', { field: "numbers", details: { row: undefined } }],
    ['{"rows":{}}', { field: "rows", details: { row: undefined } }],
    ["{}", { field: "rows", details: { row: undefined } }],
  ];
  for (const [content, fault] of cases) {
    const { refusal } = await read(content);
    t.match(refusal, { code: "verificationFileInvalid", details: { reason: "jsonForm", form } }, content);
    t.match(refusal, fault, content);
    for (const language of LANGUAGES) t.match(renderFindingText(refusal!, language), form);
  }
  const breaks: readonly [string, string][] = [
    ['{"rows": [', ""],
    ['\ufeff{"é": 1,\n "rows": [x]}', "x]}"],
    ['{"rows":\r\n[{"number": "1"},]}', "]}"],
    ['{"rows": [{"number": 01}]}', "1}]}"],
    ['{"rows": [{"number": "1" "contractNumber": "2"}]}', '"contractNumber": "2"}]}'],
    ['{"rows": [{"number" "1"}]}', '"1"}]}'],
    ['{"rows": [{"number": "1}]}', '"1}]}'],
    ['{"rows": [}]', "}]"],
    ['{"rows": []} {}', "{}"],
    ["{,}", ",}"],
  ];
  for (const [content, rest] of breaks) {
    const before = content.slice(0, content.length - rest.length);
    const place = { line: before.split(/\r\n|\n/).length, byteOffset: Buffer.byteLength(before) };
    const details = { reason: "jsonMalformed", form };
    t.same((await read(content)).refusal, { code: "verificationFileInvalid", ...place, details }, content);
  }
});

t.test("rows are those of a reader of CSV, wherever quotation marks begin and bytes are cut", async (t) => {
  const readByLibrary = (content: string): Pick<Reading, "rows" | "refusal"> => {
    const options = { delimiter: ";", record_delimiter: ["\r\n", "\n", "\r"], relax_column_count: true, info: true };
    try {
      const records = parse(content, options) as unknown as { record: string[]; info: { lines: number } }[];
      const kept = records.filter(({ record }) => record.some((cell) => cell.trim() !== ""));
      return {
        rows: kept.map(({ record: [number = "", contractNumber], info }) => row(info.lines, number, contractNumber)),
      };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const details = { reason: "csvMalformed" };
      return { rows: [], refusal: { code: "verificationFileInvalid", line: Number(error.lines), details } };
    }
  };
  const cells = fc.array(fc.constantFrom("1", "C", "é", " ", '"', "\n", "\r", "\r\n", ";"), { maxLength: 40 });
  const RUNS = 500;
  let refusals = 0;
  const law = fc.asyncProperty(cells, fc.integer({ min: 1, max: 9 }), async (drawn, pieceBytes) => {
    const content = `1;2\n${drawn.join("")}`;
    const { rows, refusal } = await read(content, pieceBytes);
    const expected = readByLibrary(content);
    refusals += refusal ? 1 : 0;
    assert.deepEqual(
      refusal ?? rows.map(({ rowNumber, number, contractNumber }) => row(rowNumber, number, contractNumber)),
      expected.refusal ?? expected.rows,
    );
  });
  await fc.assert(law, { numRuns: RUNS });
  t.comment(`law: rows of text are those of a reader of CSV: ${RUNS} runs, ${refusals} refused`);
  t.ok(refusals > 50 && refusals < RUNS - 50, "quotation marks out of place are refused, and only they");
});

t.test("what is wrong with a row is told, and the others are read", async (t) => {
  const faults = async (...lines: string[]) => judge(await read(lines.join("\n")));
  t.same(await faults("NISS;Contract", SSIN, "nom"), ["headerRow", "ssin", "notDigits"]);
  t.same(await faults(`${SSIN};C-1;Peeters`, `${SSIN};C-1;`, ";C-1"), ["tooManyColumns", "ssin", "numberMissing"]);
  t.same(await faults("85.07.30-033.28", "1-23456-25-001", "85073003328 "), ["separators", "separators", "ssin"]);
  // Born on 1 January 2000 and on 5 March 1905.
  t.same(await faults("10100105", makeSsin("050305001").slice(1), "10100105.0", "10100106"), [
    "leadingZerosLost",
    "leadingZerosLost",
    "leadingZerosLost",
    "checkDigitsInvalid",
  ]);
  t.same(await faults("8,5073E+10", "8.5073003328E+10", "8507300E+10"), [
    "scientificNotation",
    "scientificNotation",
    "scientificNotation",
  ]);
  t.same(await faults("850730033", "85073003329", "12345600"), [
    "lengthInvalid",
    "checkDigitsInvalid",
    "checkDigitsInvalid",
  ]);
  t.same(await faults(`${SSIN};${"C".repeat(35)}`, `${SSIN};${"C".repeat(36)}`), ["ssin", "contractNumberTooLong"]);
  t.same(judge(await read(`${SSIN};C-1\n${SSIN}`), true), ["ssin", "contractNumberMissing"]);
  t.same(judge(await read(`{"rows": [{"number": ${SSIN}}, {"number": "${SSIN}"}]}`)), ["numberNotText", "ssin"]);
});

t.test("cells of a workbook that are no texts", async (t) => {
  const cells = async (...all: string[]) =>
    judge(await read(composeWorkbook({ rows: all.map((cell) => `<row>${cell}</row>`).join("") })));
  t.same(
    await cells(
      `<c><v>${SSIN}</v></c>`,
      "<c><v>8.5073003328E10</v></c>",
      "<c><v>85073003328.0</v></c>",
      "<c><v>10100105</v></c>",
      "<c><v>1.5</v></c>",
      "<c><v>8.5073003328123E20</v></c>",
      "<c><v>0x10</v></c>",
    ),
    ["ssin", "ssin", "ssin", "leadingZerosLost", "cellNotText", "cellNotText", "cellNotText"],
  );
  t.same(
    await cells(
      `<c><f>B1</f><v>${SSIN}</v></c>`,
      `<c t="str"><f>[1]Sheet1!A1</f><v>${SSIN}</v></c>`,
      `<c t="inlineStr"><is><t>${SSIN}</t></is></c><c><f>1+1</f><v>2</v></c>`,
      '<c t="b"><v>1</v></c>',
      '<c t="e"><v>#N/A</v></c>',
      '<c t="d"><v>2026-11-22</v></c>',
      `<c t="inlineStr"><is><t>${SSIN}</t></is></c><c r="D9"><v>1</v></c>`,
    ),
    ["formula", "formula", "formula", "cellNotText", "cellNotText", "cellNotText", "tooManyColumns"],
  );
});
