import fc from "fast-check";
import t from "tap";
import { LANGUAGES } from "../../../src/findings/language.ts";
import { replaceForbiddenCharacters } from "../../../src/formats/report/forbidden-characters.ts";
import { renderReportJson } from "../../../src/formats/report/render-report-json.ts";
import { renderReportXml } from "../../../src/formats/report/render-report-xml.ts";
import {
  CHANNELS,
  ENVIRONMENT_LETTERS,
  RECORD_OUTCOMES,
  type RecordResult,
  SUBMISSION_KINDS,
  SUBMISSION_STATES,
  type Submission,
} from "../../../src/intake/submission.ts";
import { EXAMPLE_RESULTS, EXAMPLE_SENDER, EXAMPLE_SUBMISSION, inPages, readAll } from "./example-submission.ts";
import { hostileText } from "./hostile-text.ts";
import { createXsdCheck, textsAt } from "./xsd.ts";

const xsd = createXsdCheck("report/1/report.xsd");
const input = { submission: EXAMPLE_SUBMISSION, sender: EXAMPLE_SENDER, language: "fr" } as const;

t.test("the schema lists the states, kinds, channels, letters, outcomes and languages that exist", async (t) => {
  t.same(xsd.enumeration("state"), SUBMISSION_STATES);
  t.same(xsd.enumeration("kind"), SUBMISSION_KINDS);
  t.same(xsd.enumeration("channel"), CHANNELS);
  t.same(xsd.enumeration("environment"), ENVIRONMENT_LETTERS);
  t.same(xsd.enumeration("outcome"), RECORD_OUTCOMES);
  t.same(xsd.enumeration("language"), LANGUAGES);
});

t.test("the report of a processed submission is valid and says in the same order what the JSON says", async (t) => {
  const xml = await readAll(renderReportXml(input, inPages(EXAMPLE_RESULTS)));
  xsd.validate(xml);
  const json = await readAll(renderReportJson(input, inPages(EXAMPLE_RESULTS)));
  const sent: string[] = [];
  // Details are the one place where XML has another order; they are compared below.
  JSON.parse(json, (key, value) => {
    if (typeof value !== "object" && key !== "replacedBy" && key !== "reason") sent.push(String(value));
    return value;
  });
  t.same(textsAt(xml, "//*[not(*)][not(self::r:detail)][normalize-space()]"), sent);
  t.same(textsAt(xml, '//r:record[r:recordNumber="2"]//r:detail[@name="replacedBy"]'), ["12345676001"]);
  t.same(new Set(textsAt(xml, "//r:text/@language")), new Set(["fr"]));
});

t.test("a report without counts, header fields or records is valid in every state and language", async (t) => {
  const { reference, environment, kind, counts, endedAt, ...bare } = EXAMPLE_SUBMISSION;
  for (const state of SUBMISSION_STATES) {
    for (const language of LANGUAGES) {
      const submission: Submission = { ...bare, state, findings: [{ code: "notWellFormed", line: 1, byteOffset: 0 }] };
      const xml = await readAll(renderReportXml({ ...input, submission, language }, inPages([])));
      xsd.validate(xml);
      t.same(textsAt(xml, "//r:finding/r:text/@language"), [language]);
      t.same(textsAt(xml, "//r:counts | //r:reference | //r:endedAt | //r:record"), []);
    }
  }
});

t.test(
  "the schema is not satisfied with anything: a report without sender, or with an outcome of its own, is refused",
  async (t) => {
    const xml = await readAll(renderReportXml(input, inPages(EXAMPLE_RESULTS)));
    t.throws(() => xsd.validate(xml.replace(/<sender>.*<\/sender>/, "")));
    t.throws(() => xsd.validate(xml.replace("<outcome>rejected<", "<outcome>refused<")));
    t.throws(() => xsd.validate(xml.replace(/<receivedAt>(.*)Z</, "<receivedAt>$1<")));
  },
);

t.test("whatever was sent is read back as it was, but for what XML 1.0 cannot carry", async () => {
  const property = fc.asyncProperty(hostileText, hostileText, hostileText, async (value, reference, detail) => {
    const result: RecordResult = {
      recordNumber: 1,
      senderReference: reference,
      outcome: "rejected",
      findings: [{ code: "contractExists", field: value, value, details: { contractId: detail, [value]: 7 } }],
    };
    const xml = await readAll(renderReportXml(input, inPages([result])));
    xsd.validate(xml);
    const [readReference, readField, readValue] = textsAt(xml, "//r:senderReference | //r:field | //r:value");
    if (value !== "contractId") {
      const [readDetail] = textsAt(xml, '//r:detail[@name="contractId"]');
      if (readDetail !== asXmlCarriesIt(detail)) return false;
    }
    return (
      readReference === asXmlCarriesIt(reference) &&
      readField === asXmlCarriesIt(value) &&
      readValue === asXmlCarriesIt(value)
    );
  });
  await fc.assert(property, { numRuns: 300 });
});

t.test("identifiers keep their leading zeros and are never read as numbers", async (t) => {
  const submission: Submission = { ...EXAMPLE_SUBMISSION, reference: "0001e3" };
  const result: RecordResult = {
    recordNumber: 1,
    senderReference: "007",
    outcome: "acceptedWithWarnings",
    findings: [{ code: "inamiNumberReplaced", value: "00012345001", details: { replacedBy: "00000001001" } }],
  };
  const xml = await readAll(renderReportXml({ ...input, submission }, inPages([result])));
  for (const text of [">0001e3<", ">007<", ">00012345001<", ">00000001001<", "par 00000001001."]) t.match(xml, text);
});

/** Parsers read every line end as a line feed (XML 1.0, section 2.11). */
function asXmlCarriesIt(text: string): string {
  return replaceForbiddenCharacters(text).replace(/\r\n?/g, "\n");
}
