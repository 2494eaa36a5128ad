import t from "tap";
import { FINDING_CODES } from "../../src/findings/finding-codes.ts";
import type { RecordOutcome, RecordResult } from "../../src/intake/submission.ts";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { generateRecords } from "../../src/synthetic/contract-records.ts";
import { findField, type GeneratedRecord } from "../../src/synthetic/generated-record.ts";
import type { GenerationOptions } from "../../src/synthetic/generation-options.ts";
import { PLANTABLE_CODES } from "../../src/synthetic/plantable-codes.ts";
import { createProviderSet, generateRegister } from "../../src/synthetic/register-file.ts";
import { openIntake, type StoredVersion } from "./open-intake.ts";
import { loadRegisterText } from "./test-register.ts";

const RECORDS = 5_000;

const flow = await openIntake(t);
const insurer = await flow.admit();
const options: GenerationOptions = { records: RECORDS, seed: 77, errors: 0.2, sender: insurer.enterpriseNumber };
const providers = createProviderSet();
const file = [...generateContractFile(options, providers)].join("");
await loadRegisterText(t, flow.database, [...generateRegister(options, providers)].join(""));
const generated = [...generateRecords(options)];
const submission = await flow.submit(insurer, file);
const results = await flow.results(insurer, submission.submissionId);
const versions = await flow.versions(insurer);

function expectedOutcome({ plantedCode }: GeneratedRecord): RecordOutcome {
  if (plantedCode === undefined) return "accepted";
  return FINDING_CODES[plantedCode].severity === "blocking" ? "rejected" : "acceptedWithWarnings";
}

const accepted = generated.filter((record) => expectedOutcome(record) !== "rejected");

t.test("every kind of error is among those planted", async (t) => {
  t.same(new Set(generated.map((record) => record.plantedCode)), new Set([...PLANTABLE_CODES, undefined]));
});

t.test("every record has the outcome and exactly the finding that was planted", async (t) => {
  const describe = (result: RecordResult) => ({
    recordNumber: result.recordNumber,
    senderReference: result.senderReference,
    outcome: result.outcome,
    codes: result.findings.map((finding) => finding.code),
  });
  const expected = generated.map((record) => ({
    recordNumber: record.recordNumber,
    senderReference: record.senderReference,
    outcome: expectedOutcome(record),
    codes: record.plantedCode === undefined ? [] : [record.plantedCode],
  }));
  const found = results.map(describe);
  const otherwise = expected
    .map((wanted, index) => ({ wanted, found: found[index], findings: results[index]?.findings }))
    .filter(({ wanted, found }) => JSON.stringify(wanted) !== JSON.stringify(found));
  t.same(otherwise.slice(0, 5), []);
  t.equal(found.length, RECORDS);
});

t.test("each finding says where its record stands", async (t) => {
  const lines = file.split("\n");
  let byteOffset = 0;
  const starts = lines.map((line, index) => {
    const start = { text: line.trimStart(), line: index + 1, byteOffset: byteOffset + line.search(/\S|$/) };
    byteOffset += line.length + 1;
    return start;
  });
  const records = starts.filter(({ text }) => text.startsWith("<record "));
  const found = results.flatMap((result) => result.findings.map((finding) => ({ ...result, finding })));
  const otherwise = found.filter(({ recordNumber, senderReference, finding }) => {
    const record = records[recordNumber - 1];
    const isThere = finding.line === record?.line && finding.byteOffset === record?.byteOffset;
    const isNamed = finding.recordNumber === recordNumber && finding.senderReference === senderReference;
    return !isThere || !isNamed || !record?.text.includes(`"${senderReference}"`);
  });
  t.same(otherwise.slice(0, 3), []);
  t.equal(records.length, RECORDS);
});

t.test("the counts add up and the progress has reached the totals", async (t) => {
  const count = (outcome: RecordOutcome) => generated.filter((record) => expectedOutcome(record) === outcome).length;
  const rejected = count("rejected");
  t.equal(submission.state, "processed");
  t.same(submission.counts, {
    received: RECORDS,
    accepted: count("accepted"),
    acceptedWithWarnings: count("acceptedWithWarnings"),
    unchanged: 0,
    rejected,
  });
  t.ok(rejected > 500 && rejected < 1_500, "the share of errors is what was asked for");
  t.equal(submission.recordsRead, RECORDS);
  t.equal(submission.bytesRead, Buffer.byteLength(file));
  t.equal(submission.byteLength, Buffer.byteLength(file));
  t.equal(submission.declaredRecordCount, RECORDS);
  t.same(submission.findings, []);
});

t.test("contracts and versions are exactly the accepted records", async (t) => {
  t.equal(versions.length, accepted.length);
  t.equal(new Set(versions.map((version) => version.contractId)).size, accepted.length);
  const otherwise = accepted
    .map((record, index) => ({ wanted: expectedVersion(record), found: withoutId(versions[index]!) }))
    .filter(({ wanted, found }) => JSON.stringify(wanted) !== JSON.stringify(found));
  t.same(otherwise.slice(0, 5), []);
});

t.test("an accepted record without findings keeps at most 64 bytes of outcome", async (t) => {
  const [row] = await flow.owner<{ bytes: number; records: number }[]>`
    select sum(pg_column_size(block.*)) as bytes, sum(record_count) as records from quiet_result_block block`;
  const { bytes, records } = row!;
  t.equal(Number(records), accepted.filter((record) => record.plantedCode === undefined).length);
  t.ok(Number(bytes) / Number(records) <= 64, `${Number(bytes) / Number(records)} bytes`);
});

t.test("the same records under another reference are all unchanged, the rejected ones rejected again", async (t) => {
  const again = file.replace(/reference="[^"]*"/, 'reference="A-LONGER-REFERENCE-THAN-THE-FIRST"');
  const second = await flow.submit(insurer, again);
  const { accepted: first, acceptedWithWarnings, ...others } = submission.counts!;
  t.same(second.counts, { ...others, accepted: 0, acceptedWithWarnings: 0, unchanged: first + acceptedWithWarnings });
  t.match(second.findings, [{ code: "sameRecordsAsEarlier", details: { submissionId: submission.submissionId } }]);
  t.same(await flow.versions(insurer), versions, "no contract and no version came or changed");
});

function expectedVersion(record: GeneratedRecord): Omit<StoredVersion, "contractId"> {
  const value = (name: string) => findField(record, name);
  const inamiNumber = value("inamiNumber") ?? "";
  const warned = results[record.recordNumber - 1]?.findings[0];
  const root = warned?.code === "inamiNumberReplaced" ? `${warned.details?.replacedBy}` : inamiNumber;
  const startOn = value("startOn") ?? "";
  return {
    contractNumber: value("contractNumber") ?? "",
    inamiRoot: root.slice(0, 8),
    startOn,
    version: 1,
    validFrom: startOn,
    validBefore: null,
    supersededAt: null,
    inamiNumber,
    contractKind: value("contractKind") ?? "",
    ssin: value("ssin") ?? null,
    solidarity: value("solidarity") === "true",
    language: value("language") ?? null,
    paymentReference: value("paymentReference") ?? null,
    endOn: value("endOn") ?? null,
    endReason: value("reason") ?? null,
    action: "new",
    submissionId: submission.submissionId,
    recordNumber: record.recordNumber,
  };
}

function withoutId({ contractId: _id, ...version }: StoredVersion): Omit<StoredVersion, "contractId"> {
  return version;
}
