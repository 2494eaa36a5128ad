import { readFileSync } from "node:fs";
import t from "tap";
import { type CheckedOutcome, checkContractFile } from "../../src/client/check-contract-file.ts";
import type { FindingCode } from "../../src/findings/finding-codes.ts";
import { type RenderedFinding, renderFinding } from "../../src/findings/render-finding.ts";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { settleOptions } from "../../src/synthetic/generation-options.ts";
import { composeFile, composeRecord } from "../flows/compose-file.ts";
import { TODAY } from "../flows/test-register.ts";
import { BAD_INPUTS } from "../formats/contract-file/bad-input.ts";

/** What the gateway answered to each, in whole: recorded by test/flows/bad-input.test.ts. */
const ANSWERS: Record<string, { readonly report: Report }> = JSON.parse(
  readFileSync(new URL("../flows/bad-input.expected.json", import.meta.url), "utf8"),
);

interface Report {
  readonly state: "processed" | "refused";
  readonly findings: readonly RenderedFinding[];
  readonly records: readonly {
    readonly recordNumber: number;
    readonly findings: readonly Omit<RenderedFinding, "recordNumber" | "senderReference">[];
  }[];
}

/** Only the gateway can say these: it knows the register, what it holds, who sends and where to. */
const GATEWAY_ONLY: ReadonlySet<FindingCode> = new Set([
  ...([
    "environmentMismatch",
    "senderMismatch",
    "inamiNumberUnknown",
    "inamiNumberNotValidOn",
    "ssinMismatch",
  ] as const),
  ...(["inamiNumberExpired", "inamiNumberReplaced", "competenceCodeUnknown", "contractExists"] as const),
]);

async function check(content: Buffer | string) {
  const outcomes: CheckedOutcome[] = [];
  async function* stream() {
    yield Buffer.from(content);
  }
  const options = { today: TODAY, onOutcomes: async (more: readonly CheckedOutcome[]) => void outcomes.push(...more) };
  return { ...(await checkContractFile(stream(), options)), outcomes };
}

t.test("every bad input gets the gateway's own findings, but for those that only the gateway can tell", async (t) => {
  let compared = 0;
  for (const [name, { content }] of BAD_INPUTS) {
    const { state, findings, records } = ANSWERS[name]!.report;
    const { refusal, outcomes } = await check(content);
    const ofGateway = findings.filter(({ code }) => !GATEWAY_ONLY.has(code));
    if (state === "refused" && ofGateway.length > 0) {
      t.strictSame(refusal && [renderFinding(refusal, "en")], ofGateway, name);
      compared += 1;
      continue;
    }
    const told = outcomes.flatMap(({ findings }) => findings.map((finding) => renderFinding(finding, "en")));
    const expected = records.flatMap(({ findings }) => findings.filter(({ code }) => !GATEWAY_ONLY.has(code)));
    const placed = told.map(({ recordNumber: _number, senderReference: _reference, ...finding }) => finding);
    if (state === "processed") t.strictSame(placed, expected, name);
    compared += expected.length;
  }
  t.ok(compared >= BAD_INPUTS.size, `${compared} findings compared`);
});

t.test("what is twice in a file is judged as the gateway does", async (t) => {
  const record = (senderReference: string, fields: Parameters<typeof composeRecord>[1] = {}) =>
    composeRecord(senderReference, fields);
  const said = async (...records: string[]) => {
    const { outcomes, counts } = await check(composeFile({ sender: "0403019261", reference: "TWICE", records }));
    const told = outcomes.map(({ recordNumber, outcome, findings }) => [
      recordNumber,
      outcome,
      ...findings.map(({ code, details }) => `${code} ${details?.firstRecordNumber ?? ""}`),
    ]);
    t.equal(counts.received, records.length);
    return told;
  };
  t.same(await said(record("A"), record("A", { contractNumber: "OTHER" })), [
    [2, "rejected", "senderReferenceRepeated 1"],
  ]);
  t.same(await said(record("A"), record("B")), [[2, "unchanged"]]);
  t.same(await said(record("A"), record("B", { solidarity: "false" })), [[2, "rejected", "contractRepeated 1"]]);
  t.same(
    await said(record("A", { startOn: "1066-01-01" }), record("B"), record("C", { solidarity: "false" })),
    [
      [1, "rejected", "startOnOutOfRange "],
      [3, "rejected", "contractRepeated 2"],
    ],
    "a declaration that is rejected does not count as the first",
  );
});

t.test(
  "a generated file without errors passes whole, and one with errors has what was planted, however it is cut",
  async (t) => {
    for (const errors of [0, 0.2]) {
      const file = Buffer.from(
        (await Array.fromAsync(generateContractFile(settleOptions({ records: 3_000, errors, seed: 7 })))).join(""),
      );
      const whole = await check(file);
      t.equal(whole.refusal, undefined);
      t.equal(whole.counts.received, 3_000);
      t.equal(whole.counts.rejected > 0, errors > 0);
      async function* pieces() {
        for (let start = 0; start < file.length; start += 997) yield file.subarray(start, start + 997);
      }
      const outcomes: CheckedOutcome[] = [];
      await checkContractFile(pieces(), { today: TODAY, onOutcomes: async (more) => void outcomes.push(...more) });
      t.same(outcomes, whole.outcomes);
    }
  },
);
