import fc from "fast-check";
import t from "tap";
import { renderReportJson } from "../../../src/formats/report/render-report-json.ts";
import type { RecordResult, Submission } from "../../../src/intake/submission.ts";
import { EXAMPLE_RESULTS, EXAMPLE_SENDER, EXAMPLE_SUBMISSION, inPages, readAll } from "./example-submission.ts";
import { hostileText } from "./hostile-text.ts";

const input = { submission: EXAMPLE_SUBMISSION, sender: EXAMPLE_SENDER, language: "de" } as const;

t.test(
  "the report of a processed submission says what it was, its counts, and each record not plainly accepted",
  async (t) => {
    t.strictSame(JSON.parse(await readAll(renderReportJson(input, inPages(EXAMPLE_RESULTS)))), {
      submissionId: EXAMPLE_SUBMISSION.submissionId,
      reference: "LOAD-2026-01",
      sender: "0403019261",
      environment: "S",
      kind: "initialLoad",
      channel: "rest",
      state: "processed",
      receivedAt: "2026-11-22T09:00:04.120Z",
      endedAt: "2026-11-22T09:00:05.480Z",
      sha256: EXAMPLE_SUBMISSION.sha256,
      language: "de",
      counts: { received: 5, accepted: 2, acceptedWithWarnings: 1, unchanged: 1, rejected: 1 },
      findings: [],
      records: [
        {
          recordNumber: 2,
          senderReference: "R-000002",
          outcome: "acceptedWithWarnings",
          findings: [
            {
              code: "inamiNumberReplaced",
              severity: "warning",
              field: "inamiNumber",
              value: "12345625001",
              line: 14,
              byteOffset: 871,
              details: { replacedBy: "12345676001" },
              text: "Die LIKIV-Nummer wurde durch 12345676001 ersetzt. An ihrer Stelle wird die neue Nummer verwendet; bitte passen Sie Ihre Daten an.",
            },
          ],
        },
        { recordNumber: 3, senderReference: "R-000003", outcome: "unchanged", findings: [] },
        {
          recordNumber: 5,
          senderReference: "R-000005",
          outcome: "rejected",
          findings: [
            {
              code: "dateInvalid",
              severity: "blocking",
              field: "startOn",
              value: "2019-02-30",
              line: 43,
              byteOffset: 1902,
              text: "Das Feld „startOn“ enthält kein existierendes Datum. Bitte geben Sie einen Kalendertag in der Form JJJJ-MM-TT an und übermitteln Sie den Datensatz erneut.",
            },
            {
              code: "ssinInvalid",
              severity: "blocking",
              field: "ssin",
              value: "85073003329",
              line: 45,
              byteOffset: 1988,
              details: { reason: "checkDigitsInvalid" },
              text: "Die ENSS ist ungültig (falsche Prüfziffern): Sie besteht aus 11 Ziffern ohne Trennzeichen, und die letzten zwei müssen die übrigen bestätigen. Bitte prüfen Sie sie einschließlich führender Nullen und übermitteln Sie den Datensatz erneut.",
            },
          ],
        },
      ],
    });
  },
);

t.test("the report of a file whose root could not be read leaves out what nobody knows", async (t) => {
  const submission: Submission = {
    submissionId: "019ab1c2-0000-7000-8000-000000000001",
    insurerId: 1,
    channel: "sftp",
    state: "refused",
    byteLength: 0,
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    bytesRead: 0,
    recordsRead: 0,
    findings: [{ code: "emptyFile" }],
    receivedAt: new Date("2026-11-22T09:00:00Z"),
  };
  const report = JSON.parse(await readAll(renderReportJson({ ...input, submission }, inPages([]))));
  t.strictSame(report, {
    submissionId: submission.submissionId,
    sender: "0403019261",
    channel: "sftp",
    state: "refused",
    receivedAt: "2026-11-22T09:00:00.000Z",
    sha256: submission.sha256,
    language: "de",
    findings: [
      {
        code: "emptyFile",
        severity: "blocking",
        number: 312,
        text: "Die Datei ist leer. Bitte übermitteln Sie die vollständige Datei erneut.",
      },
    ],
    records: [],
  });
});

t.test("empty pages and pages of any size give the same records", async (t) => {
  async function* withEmptyPages() {
    yield [];
    yield* inPages(EXAMPLE_RESULTS, 1);
    yield [];
  }
  const report = JSON.parse(await readAll(renderReportJson(input, withEmptyPages())));
  t.strictSame(report, JSON.parse(await readAll(renderReportJson(input, inPages(EXAMPLE_RESULTS, 100)))));
  t.equal(report.records.length, 3);
});

t.test("whatever was sent is read back as it was", async () => {
  const property = fc.asyncProperty(hostileText, hostileText, async (value, reference) => {
    const result: RecordResult = {
      recordNumber: 1,
      senderReference: reference,
      outcome: "rejected",
      findings: [{ code: "ssinInvalid", value }],
    };
    const report = JSON.parse(await readAll(renderReportJson(input, inPages([result]))));
    return report.records[0].senderReference === reference && report.records[0].findings[0].value === value;
  });
  await fc.assert(property);
});
