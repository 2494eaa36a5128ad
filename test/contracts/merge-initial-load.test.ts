import fc from "fast-check";
import t from "tap";
import type { RecordResult } from "../../src/intake/submission.ts";
import { composeFile, composeRecord, type Fields } from "../flows/compose-file.ts";
import { type Insurer, openIntake } from "../flows/open-intake.ts";
import { FOREIGN_SSIN, loadTestRegister, PROVIDERS, UNKNOWN_INAMI_NUMBER } from "../flows/test-register.ts";

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

let files = 0;

/** Sends a file of records, `R-1` and so on, and answers what became of each: outcome and codes. */
async function send(insurer: Insurer, records: readonly (Fields | string)[]) {
  files += 1;
  const composed = records.map((record, index) =>
    typeof record === "string" ? record : composeRecord(`R-${index + 1}`, record),
  );
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: `FILE-${files}`, records: composed });
  const submission = await flow.submit(insurer, file);
  const results = await flow.results(insurer, submission.submissionId);
  return { submission, results, outcomes: results.map(tell) };
}

const tell = ({ outcome, findings }: RecordResult) => [outcome, ...findings.map((finding) => finding.code)].join(" ");

const root = PROVIDERS.current.inamiNumber.slice(0, 8);
const another = PROVIDERS.another.inamiNumber;

t.test("of two records with one key the first wins, another content is rejected and quotes it", async (t) => {
  const insurer = await flow.admit();
  const { outcomes, results } = await send(insurer, [{}, { contractKind: "combined" }, { language: "nl" }]);
  t.same(outcomes, ["accepted", "rejected contractRepeated", "rejected contractRepeated"]);
  for (const result of results.slice(1)) {
    const finding = { field: "contractNumber", value: "C-1", details: { firstRecordNumber: 1 } };
    t.match(result.findings, [{ ...finding, senderReference: result.senderReference, line: Number }]);
  }
  t.match(await flow.versions(insurer), [{ contractKind: "socialPlci", language: null, recordNumber: 1 }]);
});

t.test("of two records with one key and the same content the second is unchanged", async (t) => {
  const insurer = await flow.admit();
  const full: Fields = {
    ssin: PROVIDERS.current.ssin,
    language: "fr",
    paymentReference: "090933755493",
    endOn: "2020-12-31",
    reason: "terminated",
  };
  const { outcomes } = await send(insurer, [full, full, { ...full, paymentReference: "+++090/9337/55493+++" }]);
  t.same(outcomes, ["accepted", "unchanged", "unchanged"]);
  t.equal((await flow.versions(insurer)).length, 1);
});

t.test("the key is contract number and root: case counts, white space does not", async (t) => {
  const insurer = await flow.admit();
  const { outcomes } = await send(insurer, [
    { contractNumber: "A  1" },
    { contractNumber: " A\n1 " },
    { contractNumber: "a 1" },
    { contractNumber: "A 1", inamiNumber: another },
    { contractNumber: "A 1", inamiNumber: root },
    { contractNumber: "A 1", inamiNumber: `${root}003` },
  ]);
  t.same(outcomes, ["accepted", "unchanged", "accepted", "accepted", "unchanged", "rejected contractRepeated"]);
  const keys = (await flow.versions(insurer)).map(({ contractNumber, inamiRoot }) => [contractNumber, inamiRoot]);
  t.same(keys, [
    ["A 1", root],
    ["a 1", root],
    ["A 1", another.slice(0, 8)],
  ]);
});

/** Each part of the content, changed. */
const OTHER_CONTENT: Record<string, Fields> = {
  startOn: { startOn: "2019-03-02" },
  contractKind: { contractKind: "combined" },
  "an SSIN more": { ssin: PROVIDERS.current.ssin },
  solidarity: { solidarity: "false" },
  "a language more": { language: "de" },
  "a payment reference more": { paymentReference: "090933755493" },
  "an end more": { endOn: "2024-12-31", reason: "other" },
  "another competence code": { inamiNumber: `${root}003` },
};

t.test("a contract that is stored: the same content is unchanged, any other is rejected and quotes it", async (t) => {
  const insurer = await flow.admit();
  await send(insurer, [{}]);
  const before = await flow.versions(insurer);
  t.same((await send(insurer, [{}])).outcomes, ["unchanged"]);
  t.same((await send(insurer, [{ solidarity: "1" }])).outcomes, ["unchanged"], "true and 1 are the same");
  for (const [what, fields] of Object.entries(OTHER_CONTENT)) {
    const { outcomes, results } = await send(insurer, [fields]);
    t.same(outcomes, ["rejected contractExists"], what);
    t.match(results[0]?.findings, [
      { field: "contractNumber", value: "C-1", details: { contractId: before[0]?.contractId } },
    ]);
  }
  t.same(await flow.versions(insurer), before, "nothing came or changed");
});

t.test("what a stored contract has and the record lacks is another content too", async (t) => {
  const insurer = await flow.admit();
  const stored = {
    ssin: PROVIDERS.current.ssin,
    language: "de",
    paymentReference: "090933755493",
    endOn: "2024-12-31",
    reason: "other",
  };
  await send(insurer, [stored]);
  const { endOn: _endOn, reason: _reason, ...open } = stored;
  const lacking: Record<string, Fields> = {
    ssin: { ...stored, ssin: undefined },
    language: { ...stored, language: undefined },
    paymentReference: { ...stored, paymentReference: undefined },
    end: open,
    "another reason": { ...stored, reason: "death" },
  };
  for (const [what, fields] of Object.entries(lacking)) {
    t.same((await send(insurer, [fields])).outcomes, ["rejected contractExists"], what);
  }
  t.same((await send(insurer, [{ ...stored, inamiNumber: root }])).outcomes, ["unchanged"], "8 digits say no less");
});

t.test("another insurer's contract of the same number is another contract", async (t) => {
  const [one, other] = [await flow.admit(), await flow.admit()];
  t.same((await send(one, [{}])).outcomes, ["accepted"]);
  t.same((await send(other, [{ contractKind: "combined" }])).outcomes, ["accepted"]);
});

t.test("a sender reference belongs to the first record that has it", async (t) => {
  const insurer = await flow.admit();
  const { outcomes, results } = await send(insurer, [
    composeRecord("SAME", { contractNumber: "C-1" }),
    composeRecord("OTHER", { contractNumber: "C-2" }),
    composeRecord(" SAME ", { contractNumber: "C-3" }),
    composeRecord("same", { contractNumber: "C-4" }),
    composeRecord("SAME", { contractNumber: "C-5" }),
  ]);
  const repeated = "rejected senderReferenceRepeated";
  t.same(outcomes, ["accepted", "accepted", repeated, "accepted", repeated]);
  t.match(results[4]?.findings, [{ field: "senderReference", value: "SAME", details: { firstRecordNumber: 1 } }]);
  t.equal((await flow.versions(insurer)).length, 3);
  t.same((await send(insurer, [composeRecord("SAME", { contractNumber: "C-9" })])).outcomes, ["accepted"], "in a file");
});

t.test("a rejected record keeps its sender reference", async (t) => {
  const insurer = await flow.admit();
  const { outcomes } = await send(insurer, [
    composeRecord("SAME", { startOn: "never" }),
    composeRecord("SAME", { contractNumber: "C-2" }),
  ]);
  t.same(outcomes, ["rejected dateInvalid", "rejected senderReferenceRepeated"]);
});

t.test("records without a sender reference, or with an empty one, do not repeat one another", async (t) => {
  const insurer = await flow.admit();
  const nameless = composeRecord("X").replace(' senderReference="X"', "");
  const { outcomes, results } = await send(insurer, [nameless, nameless, composeRecord(""), composeRecord(" ")]);
  t.same(new Set(outcomes), new Set(["rejected requiredFieldMissing"]));
  t.equal(results[0]?.senderReference ?? undefined, undefined);
});

t.test("a rejected record takes no key: the next record of the contract is accepted", async (t) => {
  const insurer = await flow.admit();
  const { outcomes } = await send(insurer, [
    { endOn: "2018-12-31", reason: "other" },
    { ssin: FOREIGN_SSIN },
    { ssin: PROVIDERS.current.ssin },
    { ssin: PROVIDERS.current.ssin },
  ]);
  t.same(outcomes, ["rejected endBeforeStart", "rejected ssinMismatch", "accepted", "unchanged"]);
  t.match(await flow.versions(insurer), [{ ssin: PROVIDERS.current.ssin, recordNumber: 3 }]);
});

t.test("a record with several findings has all of them, in the order of the checks", async (t) => {
  const insurer = await flow.admit();
  const manifold = composeRecord("TWICE", {
    contractNumber: "C".repeat(36),
    inamiNumber: UNKNOWN_INAMI_NUMBER,
    startOn: "1959-12-31",
    contractKind: "plci",
    ssin: "12345678901",
    language: "en",
    paymentReference: "123456789012",
    endOn: "1959-12-30",
    reason: "terminated",
    premiumAmount: "12.00",
  }).replace("<new>", "<new>loose <language>fr</language>");
  const { outcomes, results } = await send(insurer, [composeRecord("TWICE"), manifold]);
  t.equal(
    outcomes[1],
    [
      "rejected",
      // syntax, then schema
      ...["textNotExpected", "fieldRepeated", "valueTooLong", "valueNotInList"],
      // unknown field, check digits, period
      ...["fieldNotKnown", "ssinInvalid", "paymentReferenceInvalid", "startOnOutOfRange", "endBeforeStart"],
      // register, cross rules
      ...["inamiNumberUnknown", "senderReferenceRepeated"],
    ].join(" "),
  );
  t.equal(new Set(results[1]?.findings.map((finding) => finding.byteOffset)).size, 1, "all at the place of the record");
  t.same(outcomes[0], "accepted");
});

t.test("warnings stand behind what rejects a record, and alone they do not", async (t) => {
  const insurer = await flow.admit();
  const inamiNumber = `${PROVIDERS.expiredYesterday.inamiNumber.slice(0, 8)}990`;
  const { outcomes } = await send(insurer, [{ inamiNumber }, { inamiNumber }, { inamiNumber, language: "nl" }]);
  const warnings = "inamiNumberExpired competenceCodeUnknown";
  t.same(outcomes, [
    `acceptedWithWarnings ${warnings}`,
    `unchanged ${warnings}`,
    `rejected ${warnings} contractRepeated`,
  ]);
});

t.test("any file, cut into files in any way, makes the contracts of the first records of each key", async (t) => {
  const someRecord = fc.record({
    contractNumber: fc.constantFrom("A", "B", "C"),
    inamiNumber: fc.constantFrom(PROVIDERS.current.inamiNumber, another),
    contractKind: fc.constantFrom("socialPlci", "combined"),
    startOn: fc.constantFrom("2019-03-01", "2019-03-01", "2019-02-30"),
  });
  const property = fc.asyncProperty(
    fc.array(fc.array(someRecord, { maxLength: 8 }), { maxLength: 3 }),
    async (parts) => {
      const insurer = await flow.admit();
      const kept = new Map<string, string>();
      const expected: string[] = [];
      for (const part of parts) {
        const own = new Set<string>();
        for (const { contractNumber, inamiNumber, contractKind, startOn } of part) {
          const key = `${contractNumber} ${inamiNumber.slice(0, 8)}`;
          const stored = kept.get(key);
          if (startOn === "2019-02-30") expected.push("rejected dateInvalid");
          else if (stored === undefined) {
            expected.push("accepted");
            kept.set(key, contractKind);
            own.add(key);
          } else if (stored === contractKind) expected.push("unchanged");
          else expected.push(`rejected ${own.has(key) ? "contractRepeated" : "contractExists"}`);
        }
      }
      const found: string[] = [];
      for (const part of parts) found.push(...(await send(insurer, part)).outcomes);
      const versions = await flow.versions(insurer);
      const stored = versions.map((version) => [
        `${version.contractNumber} ${version.inamiRoot}`,
        version.contractKind,
      ]);
      if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${found} is not ${expected}`);
      if (JSON.stringify(stored) !== JSON.stringify([...kept])) throw new Error(`${stored} is not ${[...kept]}`);
    },
  );
  await t.resolves(fc.assert(property, { numRuns: 10, interruptAfterTimeLimit: 15_000 }));
});
