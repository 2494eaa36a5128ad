import { readdirSync, readFileSync } from "node:fs";
import t from "tap";
import { createContractFileReader } from "../../../src/formats/contract-file/contract-file-reader.ts";
import type { RawRecord } from "../../../src/formats/contract-file/raw-record.ts";
import { composeFields, composeFile, composeRecord } from "./compose-contract-file.ts";
import { readContractFile } from "./read-contract-file.ts";

const FOLDER = new URL("../../../fixtures/contract-file/good/", import.meta.url);
const GOOD = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER))]));
const INITIAL_LOAD = GOOD.get("initial-load.xml") ?? Buffer.alloc(0);

function readFixture(name: string) {
  return readContractFile(GOOD.get(`${name}.xml`) ?? "");
}

t.test("a record is what its fields say, in a fixed shape", async (t) => {
  const { header, records, refusal } = readContractFile(INITIAL_LOAD);
  t.equal(refusal, undefined);
  t.same(header, {
    sender: "0403019261",
    reference: "LOAD-2026-01",
    environment: "S",
    kind: "initialLoad",
    sequence: undefined,
    createdAt: "2026-11-22T10:00:00+01:00",
    recordCount: 2,
    complete: false,
    expectedClosureShare: undefined,
    prefix: "",
    namespaces: { "": "urn:be:nihdi:infoss:contract-file:1" },
    place: { line: 2, byteOffset: 39 },
    startTagEndOffset: 231,
  });
  t.same(records[1], {
    recordNumber: 2,
    line: 15,
    byteOffset: 641,
    byteLength: 279,
    senderReference: "R-000002",
    action: "new",
    values: {
      contractNumber: "GI-77/é",
      inamiNumber: "12345676",
      startOn: "2019-03-01",
      effectiveOn: undefined,
      contractKind: "guaranteedIncome",
      ssin: undefined,
      solidarity: "0",
      language: undefined,
      paymentReference: undefined,
      endOn: undefined,
      reason: undefined,
    },
    findings: [],
  });
});

t.test("every way to write the same file gives the same records", async (t) => {
  const strip = (record: RawRecord) => ({ ...record, line: 0, byteOffset: 0, byteLength: 0 });
  const expected = readContractFile(INITIAL_LOAD).records.map(strip);
  for (const name of [
    "byte-order-mark",
    "no-declaration",
    "declaration-in-small-letters",
    "carriage-returns",
    "one-line",
    "prefix",
    "prefix-changes-inside",
  ]) {
    t.same(readFixture(name).records.map(strip), expected, name);
  }
});

t.test("CDATA, comments, instructions and references are parts of a value", async (t) => {
  t.equal(readFixture("cdata").records[0]?.values.contractNumber, "A<B>-&amp; ]] > </new></record>");
  t.equal(readFixture("cdata").records[0]?.values.inamiNumber, "12345625001");
  t.equal(readFixture("comments-and-instructions").records[0]?.values.contractNumber, "PLCI-1");
  t.equal(readFixture("comments-and-instructions").records[0]?.values.inamiNumber, "12345625001");
  t.equal(readFixture("character-references").records[0]?.values.contractNumber, `AB&<>"'é😀 x`);
  t.equal(readFixture("character-references").header?.reference, "A & B €");
});

t.test("white space is collapsed as in xs:token", async (t) => {
  const { header, records } = readFixture("white-space");
  t.equal(header?.reference, "LOAD 1");
  t.equal(records[0]?.senderReference, "R 000001");
  t.equal(records[0]?.values.contractNumber, "PLCI 2019 1");
  const text = composeRecord(composeFields({ contractNumber: "a<!-- --> <!-- -->b\u00a0 c" }));
  t.equal(readContractFile(composeFile([text])).records[0]?.values.contractNumber, "a b\u00a0 c");
});

t.test("the header keeps how the root was written", async (t) => {
  const { header } = readFixture("default-namespace-undone");
  t.equal(header?.prefix, "c");
  t.same(header?.namespaces, { "": "urn:other", c: "urn:be:nihdi:infoss:contract-file:1" });
  const empty = readFixture("no-records").header;
  t.equal(empty?.startTagEndOffset, GOOD.get("no-records.xml")?.lastIndexOf("\n"));
});

t.test("a delta says its sequence and the closures it expects, an initial load that it is complete", async (t) => {
  const { header, records } = readFixture("delta");
  t.match(header, { kind: "delta", sequence: 17, expectedClosureShare: 0.25, complete: false });
  t.same(
    records.map((record) => record.action),
    ["new", "modify", "close", "reopen", "cancel"],
  );
  t.equal(readFixture("complete").header?.complete, true);
});

for (const [name, content] of GOOD) {
  t.test(`${name}: line, offset and length of a record delimit it in the bytes as sent`, async (t) => {
    for (const record of readContractFile(content).records) {
      const { byteOffset, byteLength, line } = record;
      const cut = content.subarray(byteOffset, byteOffset + byteLength).toString("utf8");
      t.match(cut, /^<([a-z]:)?record[\s>].*<\/\1record>$/s);
      t.equal(content.subarray(0, byteOffset).toString("utf8").split("\n").length, line);
    }
  });
}

t.test("a finding of the caller about the header refuses the file before its first record", async (t) => {
  let records = 0;
  const reader = createContractFileReader({
    onHeader: (header) => ({ code: "senderMismatch", field: "sender", value: header.sender }),
    onRecord: () => {
      records++;
    },
  });
  const refusal = { code: "senderMismatch", field: "sender", value: "0403019261", line: 2, byteOffset: 39 };
  t.same(reader.write(INITIAL_LOAD), refusal);
  t.equal(records, 0);
  t.same(reader.write(INITIAL_LOAD), refusal);
  t.same(reader.end(), refusal);
});

t.test("what a caller throws comes out, and is no refusal", async (t) => {
  const reader = createContractFileReader({
    onRecord: () => {
      throw new Error("the database is gone");
    },
  });
  t.throws(() => reader.write(INITIAL_LOAD), { message: "the database is gone" });
});

t.test("counts tell how far reading came, and nothing is taken after the end", async (t) => {
  const reader = createContractFileReader();
  t.equal(reader.header, undefined);
  t.equal(reader.write(INITIAL_LOAD.subarray(0, 700)), undefined);
  t.same([reader.bytesRead, reader.recordsRead, reader.header?.recordCount], [700, 1, 2]);
  t.equal(reader.write(INITIAL_LOAD.subarray(700)), undefined);
  t.equal(reader.end(), undefined);
  t.same([reader.bytesRead, reader.recordsRead], [INITIAL_LOAD.length, 2]);
  t.equal(reader.end(), undefined);
  t.throws(() => reader.write(Buffer.from(" ")), { message: /after its end/ });
});

t.test("of a record with thousands of faults the first hundred are kept", async (t) => {
  const { findings, refusal } = readContractFile(composeFile([composeRecord("<a/>".repeat(5000))]));
  t.equal(refusal, undefined);
  t.equal(findings.filter((finding) => finding.code === "fieldNotKnown").length, 100);
});
