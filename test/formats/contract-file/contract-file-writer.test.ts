import fc from "fast-check";
import t from "tap";
import type { ContractFileHeader } from "../../../src/formats/contract-file/contract-file-header.ts";
import { ACTION_FIELDS, RECORD_ACTIONS } from "../../../src/formats/contract-file/contract-file-vocabulary.ts";
import { renderContractFile, type WritableRecord } from "../../../src/formats/contract-file/contract-file-writer.ts";
import { collapseWhiteSpace } from "../../../src/formats/contract-file/token-text.ts";
import { judge } from "./libxml2-verdict.ts";
import { readContractFile } from "./read-contract-file.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
const UNWRITABLE = /[\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]/gu;

/** Any text that XML can hold and that collapsing leaves as it is. */
const text = (maxLength: number) =>
  fc
    .string({
      unit: fc.oneof(fc.constantFrom(..."<>&\"'] \u00a0\u0085é😀-"), fc.string({ unit: "grapheme", maxLength: 1 })),
      maxLength,
    })
    .map((value) => collapseWhiteSpace(value.replace(UNWRITABLE, "")))
    .filter((value) => value !== "");

const instant = fc
  .date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const base = {
  sender: fc.constantFrom("0403019261", "0428759497", "1000000021"),
  reference: text(10),
  environment: fc.constantFrom("R" as const, "S" as const, "T" as const),
  createdAt: instant,
};
const initialLoad = fc.record({
  ...base,
  kind: fc.constant("initialLoad" as const),
  complete: fc.boolean(),
  sequence: fc.constant(undefined),
  expectedClosureShare: fc.constant(undefined),
});
const delta = fc.record({
  ...base,
  kind: fc.constant("delta" as const),
  complete: fc.constant(false),
  sequence: fc.integer({ min: 1, max: 999_999_999 }),
  expectedClosureShare: fc.option(
    fc.nat(1_000_000).map((millionths) => millionths / 1_000_000),
    { nil: undefined },
  ),
});
const record: fc.Arbitrary<WritableRecord> = fc.constantFrom(...RECORD_ACTIONS).chain((action) =>
  fc.record({
    senderReference: text(20),
    action: fc.constant(action),
    values: fc.record(
      Object.fromEntries(ACTION_FIELDS[action].map((field) => [field, fc.option(text(40), { nil: undefined })])),
    ),
  }),
);

function render(header: Omit<ContractFileHeader, "recordCount">, records: readonly WritableRecord[]): string {
  return [...renderContractFile({ ...header, recordCount: records.length }, records)].join("");
}

t.test("reading what was written gives back the header and the records", async (t) => {
  const property = fc.property(fc.oneof(initialLoad, delta), fc.array(record, { maxLength: 4 }), (header, records) => {
    const read = readContractFile(render(header, records));
    if (read.refusal !== undefined || read.header === undefined) return false;
    const { prefix, namespaces, place, startTagEndOffset, ...readHeader } = read.header;
    const readRecords = read.records.map(({ senderReference, action, values }) => [
      senderReference,
      action,
      sortValues(values),
    ]);
    const written = records.map(({ senderReference, action, values }) => [senderReference, action, sortValues(values)]);
    return (
      JSON.stringify(sortValues(readHeader)) ===
        JSON.stringify(sortValues({ ...header, recordCount: records.length })) &&
      JSON.stringify(readRecords) === JSON.stringify(written)
    );
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});

function sortValues(values: object): [string, unknown][] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

t.test("a file of sound records is valid for libxml2 and for us", async (t) => {
  const values = {
    contractNumber: "A & <B> ]]>",
    inamiNumber: "12345625001",
    startOn: "2019-03-01",
    contractKind: "combined",
    solidarity: "true",
  };
  const header = {
    sender: "0403019261",
    reference: `"L"\t1`,
    environment: "S",
    kind: "initialLoad",
    createdAt: "2026-11-22T10:00:00Z",
    complete: true,
    sequence: undefined,
    expectedClosureShare: undefined,
  } as const;
  const file = render(header, [{ senderReference: "R", action: "new", values }]);
  t.equal(judge(Buffer.from(file)).verdict, "valid");
  t.same(readContractFile(file).findings, []);
});

t.test("what XML cannot carry is not written", async (t) => {
  const header = {
    sender: "0403019261",
    reference: "L",
    environment: "S",
    kind: "delta",
    createdAt: "2026-11-22T10:00:00Z",
    complete: false,
    sequence: 1,
    expectedClosureShare: 0,
  } as const;
  for (const character of ["\u0000", "\u000b", "\ufffe", "\ud800"]) {
    t.throws(() => render({ ...header, reference: `a${character}` }, []), RangeError);
  }
});
