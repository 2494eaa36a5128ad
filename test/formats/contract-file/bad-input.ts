import { readdirSync, readFileSync } from "node:fs";
import type { Finding } from "../../../src/findings/finding.ts";
import type { FindingCode } from "../../../src/findings/finding-codes.ts";
import { READER_LIMITS, type ReaderLimits } from "../../../src/formats/contract-file/reader-limits.ts";
import { composeFields, composeFile, composeRecord } from "./compose-contract-file.ts";

export interface BadInput {
  readonly content: Buffer;
  /** Everything that reading the file and checking its records on 2026-11-22 finds. */
  readonly findings: readonly Finding[];
  /** What is found later, by what knows the sender, the environment and the other records. */
  readonly raisedLater?: FindingCode;
}

const FOLDER = new URL("../../../fixtures/contract-file/bad/", import.meta.url);
const MEGABYTE = 1_048_576;

const RAISED_LATER: ReadonlyMap<string, FindingCode> = new Map([
  ["later-other-environment", "environmentMismatch"],
  ["later-other-insurer", "senderMismatch"],
  ["later-contract-repeated", "contractRepeated"],
  ["later-sender-reference-repeated", "senderReferenceRepeated"],
]);

/** Bad contract files by name: small ones from `fixtures/contract-file/bad`, big ones made here. */
export const BAD_INPUTS: ReadonlyMap<string, BadInput> = new Map([...readFixtures(), ...composeBigOnes()]);

function readFixtures(): [string, BadInput][] {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith(".xml"))
    .map((file) => file.slice(0, -".xml".length));
  return names.map((name) => {
    const content = readFileSync(new URL(`${name}.xml`, FOLDER));
    const findings: Finding[] = JSON.parse(readFileSync(new URL(`${name}.findings.json`, FOLDER), "utf8"));
    const raisedLater = RAISED_LATER.get(name);
    return [name, raisedLater === undefined ? { content, findings } : { content, findings, raisedLater }];
  });
}

/** Each has a tilde where the trouble starts; the tilde is taken out, its line and offset are where it is found. */
function composeBigOnes(): [string, BadInput][] {
  const long = "x".repeat(MEGABYTE);
  const file = (content: string) => composeFile([`  ${content}\n`]);
  const record = (content: string) => file(`<record senderReference="R">${content}</record>`);
  const levels = "<a>".repeat(READER_LIMITS.depth - 3);
  return [
    limited("big-attribute", "tokenLength", file(`~<record senderReference="${long}"/>`)),
    limited("big-attribute-unfinished", "tokenLength", file(`~<record senderReference="${long}`)),
    limited("big-attribute-of-the-root", "tokenLength", composeFile([], { reference: long }).replace("<c", "~<c")),
    limited("big-name", "tokenLength", file(`~<${long}`)),
    limited("big-comment", "tokenLength", file(`~<!--${long}-->`)),
    limited("big-comment-unfinished", "tokenLength", `~<!--${long}`),
    limited("big-instruction", "tokenLength", `~<?x ${long}?>`),
    limited("big-white-space", "tokenLength", composeFile([]).replace("\n</c", `~${" ".repeat(MEGABYTE)}</c`)),
    limited("big-text", "recordBytes", file(`~<record><new><ssin>${long}</ssin></new></record>`)),
    limited("big-cdata", "recordBytes", file(`~<record><new><ssin><![CDATA[${long}]]></ssin></new></record>`)),
    limited("big-record", "recordBytes", file(`~<record>${"<!-- not so long -->\n".repeat(50_000)}`)),
    limited("ten-thousand-levels", "depth", record(`<new>${levels}~${"<a>".repeat(10_000)}`)),
    limited("long-text", "textLength", record(`<new><ssin>~${long.slice(0, READER_LIMITS.textLength + 1)}</ssin>`)),
    limited("long-name", "nameLength", record(`~<${long.slice(0, READER_LIMITS.nameLength + 1)}/>`)),
    limited(
      "long-attribute",
      "attributeValueLength",
      record(`~<new a="${long.slice(0, READER_LIMITS.attributeValueLength + 1)}"/>`),
    ),
    limited(
      "many-attributes",
      "attributesPerElement",
      record(`~<new ${Array.from({ length: 10_000 }, (_, i) => `a${i}=""`).join(" ")}>`),
    ),
    placed(
      "many-ampersands",
      { code: "notWellFormed", details: { reason: "ampersandNotEscaped" } },
      composeFile([composeRecord(composeFields({ contractNumber: `A~${"&".repeat(60_000)}` }))]),
    ),
  ];
}

function limited(name: string, limit: keyof ReaderLimits, marked: string): [string, BadInput] {
  return placed(name, { code: "limitExceeded", details: { limit, maximum: READER_LIMITS[limit] } }, marked);
}

function placed(name: string, finding: Finding, marked: string): [string, BadInput] {
  const before = marked.slice(0, marked.indexOf("~"));
  const place = { line: before.split("\n").length, byteOffset: Buffer.byteLength(before) };
  return [name, { content: Buffer.from(marked.replace("~", "")), findings: [{ ...finding, ...place }] }];
}
