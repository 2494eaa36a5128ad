import { readFileSync } from "node:fs";
import t from "tap";
import { BAD_INPUTS } from "../formats/contract-file/bad-input.ts";
import { ALPHA } from "../http/open-door.ts";
import { composeFile, composeRecord } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

interface Told {
  readonly code: string;
  readonly line?: number;
}
interface Report {
  readonly state: string;
  readonly findings: readonly Told[];
  readonly records: readonly { readonly recordNumber: number; readonly findings: readonly Told[] }[];
}

/** What an initial load is told (test/flows/bad-input.test.ts). */
const expected: Record<string, { readonly report: Report }> = JSON.parse(
  readFileSync(new URL("bad-input.expected.json", import.meta.url), "utf8"),
);
/** Where a delta is told something else, because it is one. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "header-closure-share-on-initial-load": ["processed"],
  // A sequence was there already.
  "header-sequence-on-initial-load": ["refused", "notWellFormed 2"],
  "later-contract-repeated": ["processed", "2 contractExists 15"],
  "record-action-not-in-initial-load": ["processed", "1 contractUnknown 3"],
};

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

/** The same bytes but for the kind, as the first delta of the insurer; undefined where they name none that could be changed. */
function asDelta(content: Buffer, { enterpriseNumber }: Insurer): Buffer | undefined {
  const text = content.toString("latin1");
  if (!text.includes('kind="initialLoad"')) return undefined;
  const delta = text.replace('kind="initialLoad"', 'kind="delta" sequence="1"').replaceAll(ALPHA, enterpriseNumber);
  return Buffer.from(delta, "latin1");
}

const tell = ({ state, findings, records }: Report) => [
  state,
  ...findings.map(({ code, line }) => `${code} ${line}`),
  ...records.flatMap(({ recordNumber, findings: own }) =>
    own.map(({ code, line }) => `${recordNumber} ${code} ${line}`),
  ),
];

t.test(
  "each bad input is told the same as a delta, keeps nothing, and its number only where it was processed",
  async (t) => {
    const sent: { readonly name: string; readonly insurer: Insurer; readonly submissionId: string }[] = [];
    for (const [name, { content }] of BAD_INPUTS) {
      const insurer = await flow.admit();
      await flow.owner`update insurer set phase = 'live', initial_load_completed_at = now() where insurer_id = ${insurer.insurerId}`;
      const delta = asDelta(content, insurer);
      if (delta) sent.push({ name, insurer, ...(await flow.receive(insurer, delta)) });
    }
    t.ok(sent.length > 100, `${sent.length} of ${BAD_INPUTS.size} inputs`);
    await flow.processAll();
    for (const { name, insurer, submissionId } of sent) {
      const submission = await flow.find(insurer, submissionId);
      const results = await flow.results(insurer, submissionId);
      const told = tell({ ...submission, records: results });
      t.same(told, OTHERWISE[name] ?? tell(expected[name]!.report), name);
      const accepted = results.filter(({ outcome }) => outcome.startsWith("accepted")).length;
      t.equal((await flow.versions(insurer)).length, accepted, `${name}: nothing else is kept`);
      // The next number is free.
      const sequence = submission.state === "processed" ? 2 : 1;
      const sound = {
        sender: insurer.enterpriseNumber,
        reference: "SOUND",
        kind: "delta",
        attributes: ` sequence="${sequence}"`,
      };
      await flow.receive(
        insurer,
        composeFile({ ...sound, records: [composeRecord("R-1", { contractNumber: "SOUND" })] }),
      );
    }
    await flow.processAll();
    const [row] = await flow.owner<{ count: number }[]>`
    select count(*) as count from submission where reference = 'SOUND' and state = 'processed' and accepted_count = 1`;
    t.equal(row!.count, sent.length, "each insurer's next delta runs");
  },
);
