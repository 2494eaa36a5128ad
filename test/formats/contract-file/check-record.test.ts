import fc from "fast-check";
import t from "tap";
import { checkRecord } from "../../../src/formats/contract-file/check-record.ts";
import { RECORD_ACTIONS, RECORD_FIELDS } from "../../../src/formats/contract-file/contract-file-vocabulary.ts";
import { NO_FINDINGS, NO_VALUES, type RawRecord } from "../../../src/formats/contract-file/raw-record.ts";
import { TODAY } from "./read-contract-file.ts";

const CONTEXT = { kind: "initialLoad", today: TODAY } as const;
const DELTA = { kind: "delta", today: TODAY } as const;

const SOUND: RawRecord = {
  recordNumber: 1,
  line: 3,
  byteOffset: 234,
  byteLength: 400,
  senderReference: "R-1",
  action: "new",
  values: {
    ...NO_VALUES,
    contractNumber: "P-1",
    inamiNumber: "12345625001",
    startOn: "2019-03-01",
    contractKind: "combined",
    solidarity: "1",
  },
  findings: NO_FINDINGS,
};

function withValues(values: Partial<RawRecord["values"]>, action: string = "new"): RawRecord {
  return { ...SOUND, action, values: { ...SOUND.values, ...values } };
}

function listCodes(raw: RawRecord, context: Parameters<typeof checkRecord>[1] = CONTEXT): string[] {
  return checkRecord(raw, context).findings.map((finding) => `${finding.code} ${finding.field}`);
}

t.test("a sound record keeps its values, with booleans and payment references in one form", async (t) => {
  const checked = checkRecord(withValues({ paymentReference: "***090/9337/55493***", ssin: "85073003328" }), CONTEXT);
  t.same(checked, {
    recordNumber: 1,
    line: 3,
    byteOffset: 234,
    byteLength: 400,
    senderReference: "R-1",
    action: "new",
    contractNumber: "P-1",
    inamiNumber: "12345625001",
    startOn: "2019-03-01",
    effectiveOn: undefined,
    endOn: undefined,
    reason: undefined,
    contractKind: "combined",
    ssin: "85073003328",
    solidarity: true,
    language: undefined,
    paymentReference: "090933755493",
    findings: [],
  });
  t.equal(checkRecord(withValues({ solidarity: "false" }), CONTEXT).solidarity, false);
});

t.test("a value that has a finding of its own is no value", async (t) => {
  const wrong = withValues({ startOn: "2019-02-30", ssin: "1", contractKind: "x", solidarity: "x", effectiveOn: "y" });
  const checked = checkRecord(wrong, CONTEXT);
  t.same(
    [checked.startOn, checked.ssin, checked.contractKind, checked.solidarity, checked.effectiveOn],
    [undefined, undefined, undefined, undefined, undefined],
  );
  t.equal(checked.contractNumber, "P-1");
});

t.test("findings come in the order schema, unknown field, check digits, period", async (t) => {
  const structural = { code: "fieldNotKnown", field: "x" } as const;
  const wrong = { ...withValues({ language: "x", ssin: "1", startOn: "1900-01-01" }), findings: [structural] };
  t.same(listCodes(wrong), [
    "valueNotInList language",
    "fieldNotKnown x",
    "ssinInvalid ssin",
    "startOnOutOfRange startOn",
  ]);
});

t.test("a record that came from no file has findings without line and offset", async (t) => {
  const [finding] = checkRecord({ ...withValues({ ssin: "1" }), line: 0, byteOffset: 0 }, CONTEXT).findings;
  t.same(finding, {
    code: "ssinInvalid",
    field: "ssin",
    value: "1",
    details: { reason: "lengthInvalid" },
    recordNumber: 1,
    senderReference: "R-1",
  });
});

t.test("a finding quotes at most a hundred units of a value, and no half character", async (t) => {
  const quote = (value: string) => checkRecord(withValues({ contractKind: value }), CONTEXT).findings[0]?.value;
  t.equal(quote("x".repeat(150)), "x".repeat(100));
  t.equal(quote(`${"x".repeat(99)}😀😀`), "x".repeat(99));
  t.equal(quote(`${"x".repeat(98)}😀😀`), `${"x".repeat(98)}😀`);
});

t.test("what each action needs and what it does not know", async (t) => {
  const bare = (action: string) => listCodes({ ...SOUND, action, values: NO_VALUES }, DELTA);
  const missing = (...fields: string[]) => fields.map((field) => `requiredFieldMissing ${field}`);
  t.same(bare("new"), missing("contractNumber", "inamiNumber", "startOn", "contractKind", "solidarity"));
  t.same(bare("modify"), missing("contractNumber", "inamiNumber", "effectiveOn", "contractKind", "solidarity"));
  t.same(bare("close"), missing("contractNumber", "inamiNumber", "endOn", "reason"));
  t.same(bare("reopen"), missing("contractNumber", "inamiNumber", "reason"));
  t.same(bare("cancel"), missing("contractNumber", "inamiNumber", "reason"));
  const all = Object.fromEntries(RECORD_FIELDS.map((field) => [field, "x"])) as RawRecord["values"];
  const unknown = (action: string) =>
    listCodes({ ...SOUND, action, values: all }, DELTA).filter((code) => code.startsWith("fieldNotKnown"));
  t.same(unknown("new"), ["fieldNotKnown effectiveOn"]);
  t.same(unknown("modify"), ["fieldNotKnown startOn", "fieldNotKnown endOn", "fieldNotKnown reason"]);
  t.equal(unknown("close").length, 7);
  t.equal(unknown("cancel").length, 8);
});

t.test("the reason is a word of a list where a contract ends, and free text where that is taken back", async (t) => {
  const end = { ...NO_VALUES, contractNumber: "P", inamiNumber: "12345625", endOn: "2027-01-31", reason: "by mistake" };
  t.same(listCodes({ ...SOUND, action: "close", values: end }, DELTA), ["valueNotInList reason"]);
  const back = { ...end, endOn: undefined };
  t.same(listCodes({ ...SOUND, action: "reopen", values: back }, DELTA), []);
  t.same(listCodes({ ...SOUND, action: "cancel", values: { ...back, reason: "é".repeat(201) } }, DELTA), [
    "valueTooLong reason",
  ]);
});

t.test("an initial load takes no action but new", async (t) => {
  const end = { ...NO_VALUES, contractNumber: "P", inamiNumber: "12345625", endOn: "2020-01-31", reason: "death" };
  const close = { ...SOUND, action: "close", values: end };
  t.same(listCodes(close, CONTEXT), ["actionNotInInitialLoad action"]);
  t.same(listCodes(close, DELTA), []);
});

t.test("without an action nothing else can be said of the fields", async (t) => {
  t.same(listCodes({ ...SOUND, action: undefined }), ["requiredFieldMissing action"]);
  const unknown = checkRecord({ ...withValues({ ssin: "1" }), action: "update" }, CONTEXT);
  t.same([unknown.action, unknown.contractNumber], [undefined, undefined]);
  t.match(unknown.findings, [{ code: "actionNotKnown", value: "update" }]);
});

t.test("a contract starts between 1960 and one year after today", async (t) => {
  const start = (startOn: string, today: string) => listCodes(withValues({ startOn }), { kind: "initialLoad", today });
  t.same(start("1960-01-01", TODAY), []);
  t.same(start("1959-12-31", TODAY), ["startOnOutOfRange startOn"]);
  t.same(start("2027-11-22", TODAY), []);
  t.same(start("2027-11-23", TODAY), ["startOnOutOfRange startOn"]);
  t.same(start("2025-02-28", "2024-02-29"), []);
  t.same(start("2025-03-01", "2024-02-29"), ["startOnOutOfRange startOn"]);
  const [finding] = checkRecord(withValues({ startOn: "2030-01-01" }), { kind: "delta", today: "2024-02-29" }).findings;
  t.same(finding?.details, { earliest: "1960-01-01", latest: "2025-02-28" });
});

t.test("an end and its reason come together, and not before the start", async (t) => {
  t.same(listCodes(withValues({ endOn: "2019-03-01", reason: "death" })), []);
  t.same(listCodes(withValues({ endOn: "2019-02-28", reason: "death" })), ["endBeforeStart endOn"]);
  t.same(listCodes(withValues({ endOn: "2019-02-28" })), ["requiredFieldMissing reason", "endBeforeStart endOn"]);
  t.same(listCodes(withValues({ reason: "death" })), ["requiredFieldMissing endOn"]);
  t.same(listCodes(withValues({ endOn: "2019-02-30", reason: "death" })), ["dateInvalid endOn"]);
});

t.test("whatever is sent, a value survives exactly when no blocking finding names its field", async (t) => {
  const text = fc.constantFrom(
    undefined,
    "",
    "x",
    "12345625",
    "2019-03-01",
    "2019-02-30",
    "true",
    "combined",
    "death",
    "fr",
    "85073003328",
    "090933755493",
  );
  const values = fc.record(Object.fromEntries(RECORD_FIELDS.map((field) => [field, text])));
  const property = fc.property(values, fc.constantFrom(...RECORD_ACTIONS), (sent, action) => {
    const raw = { ...SOUND, action, values: { ...NO_VALUES, ...sent } };
    const checked = checkRecord(raw, DELTA);
    const named = new Set(checked.findings.filter(({ code }) => code !== "endBeforeStart").map(({ field }) => field));
    return RECORD_FIELDS.every(
      (field) => (checked[field] !== undefined) === (raw.values[field] !== undefined && !named.has(field)),
    );
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});
