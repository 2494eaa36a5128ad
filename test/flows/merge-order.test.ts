import t from "tap";
import { composeFile, composeRecord, GOOD_FIELDS } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { readHistory } from "./read-history.ts";
import { loadTestRegister, PROVIDERS } from "./test-register.ts";

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

const KEY = { contractNumber: "C-1", inamiNumber: PROVIDERS.current.inamiNumber };
const { startOn: _none, ...CONTENT } = GOOD_FIELDS;
const modify = (reference: string, effectiveOn: string, contractKind: string) =>
  composeRecord(reference, { ...CONTENT, effectiveOn, contractKind }, "modify");
const close = (reference: string, endOn: string) =>
  composeRecord(reference, { ...KEY, endOn, reason: "terminated" }, "close");
const say = (reference: string, action: string) => composeRecord(reference, { ...KEY, reason: "by mistake" }, action);

/** Each record says something else where another goes before it; likewise each file. */
const DELTAS = [
  [composeRecord("R-1"), modify("R-2", "2024-01-01", "combined"), modify("R-3", "2022-01-01", "deathCover")],
  [
    close("R-1", "2023-12-31"),
    modify("R-2", "2024-06-01", "combined"),
    say("R-3", "reopen"),
    modify("R-4", "2024-06-01", "combined"),
  ],
  [say("R-1", "cancel"), composeRecord("R-2", { contractKind: "combined" }), close("R-3", "2025-12-31")],
];

async function send(insurer: Insurer, order: readonly number[]): Promise<void> {
  await flow.owner`update insurer set phase = 'live', initial_load_completed_at = now() where insurer_id = ${insurer.insurerId}`;
  for (const sequence of order) {
    const root = { sender: insurer.enterpriseNumber, kind: "delta", attributes: ` sequence="${sequence}"` };
    await flow.receive(insurer, composeFile({ ...root, reference: `D-${sequence}`, records: DELTAS[sequence - 1]! }));
    await flow.processAll();
  }
}

t.test("the order is that of records in a file and of files in their sequence, whenever they come", async (t) => {
  const [inOrder, reversed] = [await flow.admit(), await flow.admit()];
  await send(inOrder, [1, 2, 3]);
  await send(reversed, [3, 2, 1]);
  t.same(await readHistory(flow.owner, reversed), await readHistory(flow.owner, inOrder));
  const outcomes: string[] = [];
  for (const { submissionId } of await flow.owner<{ submissionId: string }[]>`
    select submission_id as "submissionId" from submission where insurer_id = ${reversed.insurerId} order by sequence`) {
    const results = await flow.results(reversed, submissionId);
    outcomes.push(results.map(({ outcome, findings }) => findings[0]?.code ?? outcome).join(" "));
  }
  t.same(outcomes, [
    "accepted accepted laterModificationReplaced",
    "accepted contractEndedBefore accepted accepted",
    "accepted accepted accepted",
  ]);
});
