import { readFileSync, writeFileSync } from "node:fs";
import t from "tap";
import { INSURER_REASON_TEXTS } from "../../src/advantage/insurer-reason-texts.ts";
import { FINDING_CODES, type FindingCode } from "../../src/findings/finding-codes.ts";
import { renderFindingText } from "../../src/findings/render-finding.ts";
import { ANSWER_CODES, INPUT_CODES, INPUT_PREFIXES, parseInputFileName } from "../../src/formats/exchange-file-name.ts";
import { renderNotTakenXml } from "../../src/formats/report/not-taken.ts";
import { renderReceiptXml } from "../../src/formats/report/receipt.ts";
import { renderReportXml } from "../../src/formats/report/render-report-xml.ts";
import { renderStatusXml, type StatusEntry, type StatusFileHead } from "../../src/formats/status/render-status-xml.ts";
import {
  EXAMPLE_RECEIPT,
  EXAMPLE_RESULTS,
  EXAMPLE_SENDER,
  EXAMPLE_SUBMISSION,
  inPages,
  readAll,
} from "../formats/report/example-submission.ts";
import { createXsdCheck } from "../formats/report/xsd.ts";

const FILE = new URL("../../docs/exchange/sftp.md", import.meta.url);
const NAME = "FI.DICO.0403019261.20261122.00001.S";
const JWS = "eyJhbGciOiJFUzI1NiJ9.eyJzdWJtaXNzaW9uSWQiOiIwMTlhYjFjMi4uLiJ9.MEUCIQDfP4xk";
/** `UPDATE_DOCUMENTS=1` writes what the gateway answers into the document. */
const isUpdating = process.env.UPDATE_DOCUMENTS === "1";

const text = readFileSync(FILE, "utf8");
const channel = "sftp";
const report = { ...EXAMPLE_SUBMISSION, channel, fileName: NAME } as const;

const EXAMPLE_STATUS: StatusFileHead = {
  insurer: EXAMPLE_SENDER,
  environment: "S",
  kind: "changes",
  day: "2026-09-01",
  knownAfter: "2026-08-20T09:14:31.007Z",
  knownAt: "2026-09-01T00:00:02.118Z",
  language: "nl",
};
const changedAt = EXAMPLE_STATUS.knownAt;
const EXAMPLE_ENTRIES: StatusEntry[] = [
  {
    socialAdvantageId: "5b0f6a0c-6d53-4b5e-9f0e-2f6d8f3c1a77",
    contractId: "019aa9d2-6a10-7f3c-8d21-5b9e0c7a4410",
    ...{ contractNumber: "PLCI-2019-000123", inamiRoot: "12345625", premiumYear: 2025, changedAt },
    ...{ state: "decided", outcome: "payable", amountCents: 373619, reasons: [] },
    nextStep: { step: "payment", on: "2027-01-15" },
  },
  {
    socialAdvantageId: "c4c0d1de-93b4-4a0e-8d5a-7f0a2a0b6e15",
    contractId: "019aa9d2-6a10-7f3c-8d21-5b9e0c7a4411",
    ...{ contractNumber: "PLCI-2021-004711", inamiRoot: "30000318", premiumYear: 2025, changedAt },
    ...{ state: "decided", outcome: "notPayable" },
    reasons: [
      {
        code: "notPayableOnThisContract",
        text: INSURER_REASON_TEXTS.notPayableOnThisContract.nl,
      },
    ],
  },
];

const EXAMPLES: Readonly<Record<string, { xml: string; schema: string }>> = {
  "receipt.xml": {
    xml: renderReceiptXml({ ...EXAMPLE_RECEIPT, channel, fileName: NAME }, undefined, JWS),
    schema: "receipt/1/receipt.xsd",
  },
  "not-taken.xml": {
    xml: renderNotTakenXml({
      fileName: `GO${NAME.slice(2)}`,
      state: "refused",
      decidedAt: "2026-11-23T09:00:05.000Z",
      findings: [{ code: "goWithoutFile", field: "fileName", value: `GO${NAME.slice(2)}` }],
    }),
    schema: "receipt/1/receipt.xsd",
  },
  "report.xml": {
    xml: await readAll(
      renderReportXml({ submission: report, sender: EXAMPLE_SENDER, language: "nl" }, inPages(EXAMPLE_RESULTS)),
    ),
    schema: "report/1/report.xsd",
  },
  "status.xml": {
    xml: await readAll(renderStatusXml(EXAMPLE_STATUS, inPages(EXAMPLE_ENTRIES))),
    schema: "status/1/status.xsd",
  },
};

const expected = Object.entries(EXAMPLES).reduce(
  (document, [name, { xml }]) => putBetween(document, `<!-- ${name} -->\n\`\`\`xml\n`, "```", indent(xml)),
  putBetween(text, "<!-- numbers -->\n", "<!-- end of numbers -->", `${describeNumbers()}\n`),
);
if (isUpdating) writeFileSync(FILE, expected);

t.test("the examples and numbers of docs/exchange/sftp.md are what the gateway answers", async (t) => {
  t.equal(isUpdating ? readFileSync(FILE, "utf8") : text, expected, "UPDATE_DOCUMENTS=1 writes them");
});

t.test("and the schemas take them", async () => {
  for (const { xml, schema } of Object.values(EXAMPLES)) createXsdCheck(schema).validate(xml);
});

t.test("its names are names, and it names all there are", async (t) => {
  const named = [...text.matchAll(/`(FI\.[A-Z]{4}\.\d[\w.]*)`/g)].map(([, name = ""]) => name);
  t.ok(named.length > 0);
  for (const name of named) t.ok(parseInputFileName(name), name);
  for (const prefix of INPUT_PREFIXES) t.match(text, `\`${prefix}.`);
  for (const code of INPUT_CODES) t.match(text, `\`${code}\``);
  for (const code of ANSWER_CODES) t.match(text, `\`FO.${code}\``);
});

function describeNumbers(): string {
  const codes = Object.keys(FINDING_CODES) as FindingCode[];
  const byNumber = Map.groupBy(codes, (code) => FINDING_CODES[code].number);
  const rows = [...byNumber]
    .flatMap(([number, same]) => (number === undefined ? [] : [{ number, same }]))
    .toSorted((one, other) => one.number - other.number)
    .flatMap(({ number, same }) =>
      same.map((code) => `| ${number} | \`${code}\` | ${renderFindingText({ code }, "en")} |`),
    );
  return ["| number | code | |", "|---|---|---|", ...rows].join("\n");
}

/** What the gateway writes without indentation, indented for reading. */
function indent(xml: string): string {
  let depth = 0;
  const lines = xml.replace(/></g, ">\n<").replace(/\n+/g, "\n").trim().split("\n");
  const indented = lines.map((line) => {
    if (line.startsWith("</")) depth -= 1;
    const own = "  ".repeat(depth) + line;
    if (/^<[a-zA-Z][^>]*[^/]>$/.test(line) && !line.includes("</")) depth += 1;
    return own;
  });
  return `${indented.join("\n")}\n`;
}

function putBetween(document: string, start: string, end: string, content: string): string {
  const from = document.indexOf(start) + start.length;
  const to = document.indexOf(end, from);
  if (from < start.length || to < 0) throw new Error(`${start.trim()} is not in the document`);
  return document.slice(0, from) + content + document.slice(to);
}
