import { readFileSync } from "node:fs";
import t from "tap";
import { DETAIL_PHRASES } from "../../../src/findings/detail-phrases.ts";
import { FINDING_CODES, type FindingCode } from "../../../src/findings/finding-codes.ts";
import { FINDING_DETAILS } from "../../../src/findings/finding-texts.ts";
import { renderFindingText } from "../../../src/findings/render-finding.ts";
import { renderReceiptXml } from "../../../src/formats/report/receipt.ts";
import { renderReportCsv } from "../../../src/formats/report/render-report-csv.ts";
import { renderReportJson } from "../../../src/formats/report/render-report-json.ts";
import { renderReportXml } from "../../../src/formats/report/render-report-xml.ts";
import { renderResultCsv } from "../../../src/formats/verification/render-result-csv.ts";
import { renderResultXml } from "../../../src/formats/verification/render-result-xml.ts";
import { ROW_FAULT_TEXTS } from "../../../src/formats/verification/row-fault-texts.ts";
import { ROW_FAULTS } from "../../../src/formats/verification/verification-answer.ts";
import { EXAMPLE_ANSWERED, EXAMPLE_RESULT } from "../verification/example-result.ts";
import {
  EXAMPLE_RECEIPT,
  EXAMPLE_REFUSED_RECEIPT,
  EXAMPLE_RESULTS,
  EXAMPLE_SENDER,
  EXAMPLE_SUBMISSION,
  inPages,
  readAll,
} from "./example-submission.ts";
import { createXsdCheck } from "./xsd.ts";

const text = readFileSync(new URL("../../../docs/exchange/answers.md", import.meta.url), "utf8");
const input = { submission: EXAMPLE_SUBMISSION, sender: EXAMPLE_SENDER, language: "en" } as const;

t.test("the examples of docs/exchange/answers.md are what the gateway answers", async (t) => {
  t.strictSame(JSON.parse(example("receipt.json")), EXAMPLE_RECEIPT);
  t.equal(onOneLine(example("receipt.xml")), onOneLine(renderReceiptXml(EXAMPLE_REFUSED_RECEIPT)));
  const json = await readAll(renderReportJson(input, inPages(EXAMPLE_RESULTS)));
  t.strictSame(JSON.parse(example("report.json")), JSON.parse(json));
  const xml = await readAll(renderReportXml(input, inPages(EXAMPLE_RESULTS)));
  t.equal(onOneLine(example("report.xml")), onOneLine(xml));
  const csv = await readAll(renderReportCsv(input, inPages(EXAMPLE_RESULTS)));
  t.equal(example("report.csv"), csv.replaceAll("\r\n", "\n"));
});

t.test("the table of findings of docs/exchange/answers.md is that of the gateway", async (t) => {
  t.equal(between("<!-- findings -->\n", "\n<!-- end of findings -->"), describeFindings().join("\n"));
});

t.test("and so are its reasons and examples of verifications", async (t) => {
  const reasons = ROW_FAULTS.map((fault) => `| \`${fault}\` | ${ROW_FAULT_TEXTS[fault].en} |`);
  t.equal(
    between("<!-- reasons -->\n", "\n<!-- end of reasons -->"),
    ["| `reason` | text |", "| --- | --- |", ...reasons].join("\n"),
  );
  const xml = await readAll(renderResultXml(EXAMPLE_RESULT, inPages(EXAMPLE_ANSWERED)));
  createXsdCheck("verification-result/1/verification-result.xsd").validate(xml);
  t.equal(onOneLine(example("verification.xml")), onOneLine(xml));
  const csv = await readAll(renderResultCsv(EXAMPLE_RESULT, inPages(EXAMPLE_ANSWERED)));
  t.equal(example("verification.csv"), csv.replaceAll("\r\n", "\n"));
});

t.test("the words of docs/exchange/answers.md are those that have phrases", async (t) => {
  const words = between("<!-- words -->\n", "\n<!-- end of words -->").matchAll(/`(\w+)`/g);
  t.same([...words].map(([, word]) => word).sort(), Object.keys(DETAIL_PHRASES).sort());
});

function describeFindings(): string[] {
  const rows = (Object.keys(FINDING_CODES) as FindingCode[]).map((code) => {
    const { level, severity, number } = FINDING_CODES[code];
    const details = (FINDING_DETAILS[code] ?? []).map((name) => `\`${name}\``).join(", ");
    return [`\`${code}\``, level, severity, number ?? "", details, renderFindingText({ code }, "en")];
  });
  const header = ["code", "about", "severity", "number", "details", "text"];
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** The fenced block after the comment that names it. */
function example(name: string): string {
  return between(`<!-- ${name} -->\n`, "\n```")
    .replace(/^```\w+\n/, "")
    .concat("\n");
}

function between(start: string, end: string): string {
  const [, rest] = text.split(start);
  if (rest === undefined || !rest.includes(end)) throw new Error(`${start.trim()} is not in the document`);
  return rest.slice(0, rest.indexOf(end));
}

/** The document indents what the gateway writes on one line. */
function onOneLine(xml: string): string {
  return xml.replace(/>\s+</g, "><").trim();
}
