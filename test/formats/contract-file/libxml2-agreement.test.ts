import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import type { Finding } from "../../../src/findings/finding.ts";
import type { FindingCode } from "../../../src/findings/finding-codes.ts";
import type { RawRecord } from "../../../src/formats/contract-file/raw-record.ts";
import { BAD_INPUTS } from "./bad-input.ts";
import { type Judgement, judge } from "./libxml2-verdict.ts";
import { type ReadFile, readContractFile } from "./read-contract-file.ts";

const FOLDER = new URL("../../../fixtures/contract-file/good/", import.meta.url);
const GOOD = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER))]));

/** Codes that say that the file is not what a schema could be applied to, and those that the schema raises as well. */
const SYNTAX: readonly FindingCode[] = [
  "emptyFile",
  "encodingNotSupported",
  "notWellFormed",
  "doctypeNotAllowed",
  "entityNotAllowed",
];
const STRUCTURE: readonly FindingCode[] = ["rootNotExpected", "headerInvalid", "environmentLetterInvalid"];
const SCHEMA: readonly FindingCode[] = [
  "requiredFieldMissing",
  "fieldNotKnown",
  "fieldRepeated",
  "textNotExpected",
  "actionNotKnown",
  "valueTooLong",
  "valueNotInList",
  "dateInvalid",
];
const NUMBERS: readonly FindingCode[] = ["inamiNumberInvalid", "ssinInvalid", "paymentReferenceInvalid"];
/** What XSD 1.0 cannot say: sums, and rules between attributes. */
const BEYOND_SCHEMA: readonly unknown[] = ["checkDigitsInvalid", "birthDateInvalid", "notWithThisKind"];

type Expected = Judgement["verdict"] | "notValidOrNotRead" | "anything";

/** What libxml2 should say of a file of which we found this. A refused file was not read to its end. */
function expectVerdict(read: ReadFile): Expected {
  const { refusal } = read;
  if (refusal === undefined || refusal.code === "recordCountMismatch") {
    return read.checked.some((record) => record.findings.some((finding) => isOfSchema(finding, record.action)))
      ? "notValid"
      : "valid";
  }
  if (SYNTAX.includes(refusal.code)) return "notWellFormed";
  const isBeyond = BEYOND_SCHEMA.includes(refusal.details?.reason) || refusal.field === "sequence";
  return STRUCTURE.includes(refusal.code) && !isBeyond ? "notValidOrNotRead" : "anything";
}

function isOfSchema(finding: Finding, action: string | undefined): boolean {
  const isPair = action === "new" && (finding.field === "endOn" || finding.field === "reason");
  if (finding.code === "requiredFieldMissing" && isPair) return false;
  return (
    SCHEMA.includes(finding.code) ||
    (NUMBERS.includes(finding.code) && !BEYOND_SCHEMA.includes(finding.details?.reason))
  );
}

/**
 * Where we are stricter than libxml2 or it is stricter than XML on purpose:
 * other encodings and XML 1.1 are refused, and so are the names that libxml2 takes for UTF-8 besides UTF-8 itself;
 * `version="1."` has no digit behind the dot; a document type is refused; a namespace need not be a URI.
 */
function isKnownDifference(read: ReadFile, judgement: Judgement): boolean {
  const { code, details } = read.refusal ?? {};
  if (code === "encodingNotSupported") return details?.encoding !== "notUtf8";
  if (code === "notWellFormed" && String(details?.reason).startsWith("xml")) return true;
  return code === "doctypeNotAllowed" || /^xmlns.* is not (a valid|absolute)|URI/.test(judgement.why);
}

function describeDisagreement(bytes: Buffer): string | undefined {
  const read = readContractFile(bytes);
  const judgement = judge(bytes);
  const expected = expectVerdict(read);
  const agrees =
    expected === "anything" ||
    expected === judgement.verdict ||
    (expected === "notValidOrNotRead" && judgement.verdict !== "valid");
  if (!agrees) {
    if (isKnownDifference(read, judgement)) return undefined;
    return `${expected} ${JSON.stringify(read.findings[0])}, libxml2 ${judgement.verdict}: ${judgement.why}`;
  }
  if (judgement.verdict !== "valid" || expected !== "valid") return undefined;
  const theirs = judgement.records.map(describeRecord).join("\n");
  const ours = read.records.map(describeRecord).join("\n");
  return ours === theirs ? undefined : `we read\n${ours}\nlibxml2\n${theirs}`;
}

function describeRecord(record: Pick<RawRecord, "senderReference" | "action"> & { readonly values: object }): string {
  const values = Object.entries(record.values).filter(([, value]) => value !== undefined);
  return JSON.stringify([record.senderReference, record.action, values.sort()]);
}

for (const [name, content] of GOOD) {
  t.test(`${name} is accepted by libxml2 and by us, with the same values`, async (t) => {
    t.same(readContractFile(content).findings, []);
    t.equal(judge(content).verdict, "valid");
    t.equal(describeDisagreement(content), undefined);
  });
}

for (const [name, { content }] of BAD_INPUTS) {
  t.test(`${name} is judged as libxml2 judges it`, async (t) => t.equal(describeDisagreement(content), undefined));
}

/** Pieces that matter to XML, to be put anywhere. */
const PIECES = [
  ..."<>&\"'/=:;#-.!?[] \t\n\r1é·\u0301\u00a0\u2028\u0085\u007f\u0000\u0001\ufffe\ud7ff".split(""),
  ...["😀", "\u{10ffff}", "]]>", "<![CDATA[", "<!--", "-->", "--", "<?", "?>", '<?xml version="1.0"?>', "<!DOCTYPE a>"],
  ...["&amp;", "&#65;", "&#x0;", "&#xD800;", "&#13;", "&foo;", "<a/>", "<a>", "</a>", "<ssin>", "</record>", "</new>"],
  ...["xmlns", 'xmlns=""', 'xmlns:a="b"', 'xmlns:a=""', 'xmlns:xml="b"', "xmlns:", "c:", "x:", 'a="1"', 'xml:lang="a"'],
  ...["true", "0", "2019-02-29", "new", "close", "reason", "endOn", "new ", "  "],
].map((piece) => Buffer.from(piece, "utf8"));

const good = fc.constantFrom(...GOOD.values());
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => Buffer.from([byte])) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(good, fc.nat(2000), fc.nat(60))
      .map(([content, from, length]) => content.subarray(from % content.length, (from % content.length) + length)),
  },
);
const edit = fc.record({
  at: fc.nat(5000),
  cut: fc.oneof(fc.nat(2), fc.nat(40)),
  put: fc.oneof(piece, fc.constant(Buffer.alloc(0))),
});
const spoiled = fc.tuple(good, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([content, edits]) =>
  edits.reduce((bytes, { at, cut, put }) => {
    const from = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
  }, content),
);

t.test("libxml2 and we agree about good files with random changes", async (t) => {
  const property = fc.property(spoiled, (bytes) => {
    const disagreement = describeDisagreement(bytes);
    if (disagreement !== undefined) throw new Error(`${disagreement}\n${bytes.toString("latin1")}`);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 4000 }));
});
