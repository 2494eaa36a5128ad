import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import t, { type Test } from "tap";
import { BAD_INPUTS, type BadInput } from "../formats/contract-file/bad-input.ts";
import { createXsdCheck, textsAt } from "../formats/report/xsd.ts";
import { ALPHA, type Answer, ROOT } from "../http/open-door.ts";
import { composeFile } from "./compose-file.ts";
import { openForSingleFiles } from "./open-for-single-files.ts";

/** What each bad file is answered, in whole. Written anew by `npm test -- --snapshot test/flows/bad-input.test.ts`. */
const EXPECTED_FILE = new URL("bad-input.expected.json", import.meta.url);
const WRITES_EXPECTED = process.env.TAP_SNAPSHOT === "1";

interface Expected {
  readonly receipt: unknown;
  readonly report: unknown;
}

const expected: Record<string, Expected> = existsSync(EXPECTED_FILE)
  ? JSON.parse(readFileSync(EXPECTED_FILE, "utf8"))
  : {};

const schema = createXsdCheck("report/1/report.xsd");
const { alpha, exchange, countRows, forget } = await openForSingleFiles(t);

/** What differs from one time to the next, replaced by its name. */
function normalise(answer: Answer, content: Buffer): unknown {
  const { submissionId = "", sha256, ...document } = JSON.parse(answer.text);
  assert.equal(sha256, createHash("sha256").update(content).digest("hex"));
  const volatile: Record<string, unknown> = { submissionId, sha256, ...document };
  for (const [name, pattern] of Object.entries({
    submissionId: /^[0-9a-f-]{36}$/,
    sha256: /^[0-9a-f]{64}$/,
    receivedAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    endedAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    jws: /^[\w-]+\.[\w-]+\.[\w-]+$/,
  })) {
    if (volatile[name] === undefined) continue;
    assert.match(`${volatile[name]}`, pattern);
    volatile[name] = name;
  }
  return JSON.parse(JSON.stringify(volatile).replaceAll(submissionId, "submissionId"));
}

interface Told {
  readonly code: string;
  readonly text: string;
}

interface ReportedFinding {
  readonly code: string;
  readonly line?: number;
  readonly byteOffset?: number;
}

/** The findings that reading alone raises are all there, where they were found, and only those of later checks besides. */
function agreesWithReader(t: Test, { findings, raisedLater }: BadInput, report: Answer): void {
  const { findings: ofFile, records } = JSON.parse(report.text) as {
    findings: ReportedFinding[];
    records: { findings: ReportedFinding[] }[];
  };
  const told = [...ofFile, ...records.flatMap((record) => record.findings)];
  const place = ({ code, line, byteOffset }: ReportedFinding) => `${code} ${line} ${byteOffset}`;
  // Of a refused file nothing but the refusal is told: the records before it were never taken up.
  const read = ofFile.length > 0 && findings.length > 0 ? findings.slice(0, 1) : findings;
  const places = told.map(place);
  t.same(
    read.map(place).filter((wanted) => !places.includes(wanted)),
    [],
    "everything the reader finds is told",
  );
  const codes = told.map((finding) => finding.code);
  if (raisedLater !== undefined) t.ok(codes.includes(raisedLater), `${raisedLater} is told`);
  t.ok(codes.length > 0, "something is told");
}

const found: Record<string, Expected> = {};

for (const [name, input] of [...BAD_INPUTS].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
  t.test(`${name} is answered as expected, and nothing but the submission is stored`, async (t) => {
    const { content } = input;
    const { receipt, report } = await exchange(content);
    t.equal(report.status, 200);
    found[name] = { receipt: normalise(receipt, content), report: normalise(report, content) };
    if (!WRITES_EXPECTED) t.strictSame(found[name], expected[name]);
    agreesWithReader(t, input, report);

    const { state, counts } = JSON.parse(report.text);
    const { submission_payload: chunks, ...rows } = await countRows();
    const contract = state === "processed" ? counts.accepted + counts.acceptedWithWarnings : 0;
    const told = state === "processed" ? counts.rejected + counts.acceptedWithWarnings : 0;
    t.match(rows, { submission: 1, contract, contract_version: contract, record_result: told });
    t.ok(chunks! > 0, "the bytes are kept");
    if (state === "refused") t.equal(rows.quiet_result_block, 0);
    await forget();
  });
}

t.test("there is an expectation for each bad input and for nothing else", async (t) => {
  if (WRITES_EXPECTED) writeFileSync(EXPECTED_FILE, `${JSON.stringify(found, null, 2)}\n`);
  const stored = WRITES_EXPECTED ? found : expected;
  t.same(Object.keys(stored).toSorted(), [...BAD_INPUTS.keys()].toSorted());
});

for (const name of [
  "empty",
  "json",
  "later-other-insurer",
  "truncated-in-a-tag",
  "record-everything-wrong",
  "utf-32",
]) {
  t.test(`${name} is told the same in JSON, XML and CSV`, async (t) => {
    const { receipt, report } = await exchange(BAD_INPUTS.get(name)!.content);
    const ask = async (mediaType: string) =>
      (await alpha(`${receipt.headers.location}/report`, { headers: { Accept: mediaType } })).text;
    const xml = await ask("application/xml");
    t.doesNotThrow(() => schema.validate(xml));
    const { findings, records } = JSON.parse(report.text) as { findings: Told[]; records: { findings: Told[] }[] };
    const told = [...findings, ...records.flatMap((record) => record.findings)].map(({ code, text }) => ({
      code,
      text,
    }));
    t.same(
      textsAt(xml, "//r:finding/r:code"),
      told.map(({ code }) => code),
    );
    t.same(
      textsAt(xml, "//r:finding/r:text"),
      told.map(({ text }) => text),
    );
    const rows: Told[] = parse(await ask("text/csv"), { columns: true });
    t.same(
      rows.map(({ code, text }) => ({ code, text })),
      told,
    );
    await forget();
  });
}

t.test("after all that the door is open: a sound file is taken", async (t) => {
  const { report } = await exchange(Buffer.from(composeFile({ sender: ALPHA, reference: "SOUND" })));
  t.match(report.json, { state: "processed", counts: { accepted: 1 } });
  t.equal((await alpha(`${ROOT}/submissions`)).json.items?.length, 1);
});
