import { parse } from "csv-parse/sync";
import fc from "fast-check";
import t from "tap";
import { replaceForbiddenCharacters } from "../../../src/formats/report/forbidden-characters.ts";
import { type REPORT_CSV_COLUMNS, renderReportCsv } from "../../../src/formats/report/render-report-csv.ts";
import type { RecordResult, Submission } from "../../../src/intake/submission.ts";
import { EXAMPLE_RESULTS, EXAMPLE_SENDER, EXAMPLE_SUBMISSION, inPages, readAll } from "./example-submission.ts";
import { HOSTILE_TEXTS, hostileText } from "./hostile-text.ts";

const input = { submission: EXAMPLE_SUBMISSION, sender: EXAMPLE_SENDER, language: "en" } as const;
const { submissionId } = EXAMPLE_SUBMISSION;

t.test("the columns are the published ones, in their order", async (t) => {
  const [header] = (await readAll(renderReportCsv(input, inPages([])))).split("\r\n");
  t.equal(
    header,
    "submissionId,recordNumber,senderReference,outcome,code,severity,number,field,value,line,byteOffset,details,text",
  );
});

t.test("each finding is a line, those about the file first, and a record without findings is one line", async (t) => {
  const submission: Submission = {
    ...EXAMPLE_SUBMISSION,
    findings: [{ code: "sameRecordsAsEarlier", details: { submissionId: "019a" } }],
  };
  const csv = await readAll(renderReportCsv({ ...input, submission }, inPages(EXAMPLE_RESULTS)));
  const lines = readRows(csv).map((row) => {
    t.equal(row.submissionId, submissionId);
    return [
      row.recordNumber,
      row.senderReference,
      row.outcome,
      row.code,
      row.severity,
      row.field,
      row.value,
      row.line,
      row.byteOffset,
      row.details,
    ];
  });
  t.strictSame(lines, [
    ["", "", "", "sameRecordsAsEarlier", "warning", "", "", "", "", "submissionId=019a"],
    [
      "2",
      "R-000002",
      "acceptedWithWarnings",
      "inamiNumberReplaced",
      "warning",
      "inamiNumber",
      "12345625001",
      "14",
      "871",
      "replacedBy=12345676001",
    ],
    ["3", "R-000003", "unchanged", "", "", "", "", "", "", ""],
    ["5", "R-000005", "rejected", "dateInvalid", "blocking", "startOn", "2019-02-30", "43", "1902", ""],
    [
      "5",
      "R-000005",
      "rejected",
      "ssinInvalid",
      "blocking",
      "ssin",
      "85073003329",
      "45",
      "1988",
      "reason=checkDigitsInvalid",
    ],
  ]);
});

t.test("the file is RFC 4180: every line ends in CR LF, also when pages are empty", async (t) => {
  async function* withEmptyPages() {
    yield [];
    yield* inPages(EXAMPLE_RESULTS, 1);
    yield [];
  }
  const csv = await readAll(renderReportCsv(input, withEmptyPages()));
  t.equal(csv, await readAll(renderReportCsv(input, inPages(EXAMPLE_RESULTS, 10))));
  t.equal(csv.split("\r\n").length, 1 + 4 + 1);
  t.notMatch(csv, /[^\r]\n/);
  t.ok(csv.endsWith("\r\n"));
});

t.test("no cell begins with what a spreadsheet takes for a formula", async (t) => {
  const results = HOSTILE_TEXTS.map(
    (text, index): RecordResult => ({
      recordNumber: index + 1,
      senderReference: text,
      outcome: "rejected",
      findings: [{ code: "fieldNotKnown", field: text, value: text, details: { [text]: text } }],
    }),
  );
  const rows = readRows(await readAll(renderReportCsv(input, inPages(results, 5))));
  t.equal(rows.length, HOSTILE_TEXTS.length);
  for (const row of rows) for (const cell of Object.values(row)) t.notMatch(cell, /^[=+\-@\t\r\n＝＋－＠]/);
});

t.test(
  "whatever was sent is read back as it was, but for the guard before formulas and characters no format carries",
  async () => {
    const property = fc.asyncProperty(hostileText, hostileText, async (value, reference) => {
      const findings = [{ code: "valueTooLong", value }] as const;
      const result: RecordResult = { recordNumber: 1, senderReference: reference, outcome: "rejected", findings };
      const rows = readRows(await readAll(renderReportCsv(input, inPages([result]))));
      return (
        rows.length === 1 &&
        rows[0]?.value === asCsvCarriesIt(value) &&
        rows[0].senderReference === asCsvCarriesIt(reference)
      );
    });
    await fc.assert(property, { numRuns: 500 });
  },
);

function readRows(csv: string): Record<(typeof REPORT_CSV_COLUMNS)[number], string>[] {
  return parse(csv, { columns: true, record_delimiter: "\r\n" });
}

function asCsvCarriesIt(text: string): string {
  return replaceForbiddenCharacters(text).replace(/^(?=[=+\-@\t\r\n＝＋－＠])/, "'");
}
