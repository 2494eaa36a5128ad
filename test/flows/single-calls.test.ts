import t, { type Test } from "tap";
import { CallRefused, type RecordCall } from "../../src/intake/record-call.ts";
import { type SubmittedRecord, submitRecord } from "../../src/intake/submit-record.ts";
import { composeFile, composeRecord } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { loadTestRegister, PROVIDERS } from "./test-register.ts";

const NEW: RecordCall = {
  reference: "K-1",
  action: "new",
  values: {
    contractNumber: "S-1",
    inamiNumber: PROVIDERS.current.inamiNumber,
    startOn: "2020-01-01",
    contractKind: "socialPlci",
    solidarity: "true",
  },
};
const modify = (reference: string, contractId: string, kind: string): RecordCall => ({
  reference,
  action: "modify",
  contractId,
  expectedVersions: [1],
  values: { effectiveOn: "2024-01-01", contractKind: kind, solidarity: "true" },
});

async function openLive(t: Test) {
  const open = await openIntake(t);
  await loadTestRegister(t, open.database);
  const insurer = await open.admit();
  await open.owner`update insurer set phase = 'live', initial_load_completed_at = now()`;
  const submit = (call: RecordCall, who: Insurer = insurer) =>
    submitRecord(open.intake, { insurer: who, actor: "test", alsoCommit: async () => {} }, call);
  return { ...open, insurer, submit };
}

/** The code of a refusal, or what was answered. */
const settle = (answer: Promise<SubmittedRecord>) =>
  answer.then(
    ({ repeated }) => (repeated ? "repeated" : "done"),
    (error: unknown) => {
      if (error instanceof CallRefused) return error.code;
      throw error;
    },
  );

t.test("one key is one call, however many gateways get it at once", async (t) => {
  const { submit, versions, insurer } = await openLive(t);
  const answers = await Promise.all(Array.from({ length: 6 }, () => settle(submit(NEW))));
  t.equal(answers.filter((answer) => answer === "done").length, 1);
  t.same(
    answers.filter((answer) => !["done", "repeated", "keyInUse"].includes(answer)),
    [],
  );
  t.equal((await versions(insurer)).length, 1);
});

t.test("of two calls that saw the same version one changes the contract, the other is told", async (t) => {
  const { submit, versions, insurer } = await openLive(t);
  const contractId = String((await submit(NEW)).result.contractId);
  const answers = await Promise.all(
    ["combined", "deathCover"].map((kind) => settle(submit(modify(`M-${kind}`, contractId, kind)))),
  );
  t.same(answers.sort(), ["done", "versionChanged"]);
  t.equal((await versions(insurer)).filter(({ supersededAt }) => supersededAt === null).length, 2);
});

t.test("a call and a file that change one contract at the same moment come one after the other", async (t) => {
  const { submit, receive, processAll, versions, insurer } = await openLive(t);
  const contractId = String((await submit(NEW)).result.contractId);
  const { startOn: _none, ...content } = NEW.values;
  const records = [
    composeRecord("R-1", { ...content, effectiveOn: "2023-01-01", contractKind: "deathCover" }, "modify"),
  ];
  const sender = insurer.enterpriseNumber;
  await receive(
    insurer,
    composeFile({ sender, reference: "D-1", kind: "delta", records, attributes: ' sequence="1"' }),
  );
  const { expectedVersions: _any, ...unguarded } = modify("M-1", contractId, "combined");
  const [answer] = await Promise.all([settle(submit(unguarded)), processAll()]);
  t.equal(answer, "done");
  const known = (await versions(insurer)).filter(({ supersededAt }) => supersededAt === null);
  const held = known.map(({ validFrom, contractKind }) => `${validFrom} ${contractKind}`).sort();
  const callFirst = ["2020-01-01 socialPlci", "2023-01-01 deathCover"];
  const fileFirst = [...callFirst, "2024-01-01 combined"];
  t.ok(
    [callFirst, fileFirst].some((one) => JSON.stringify(one) === JSON.stringify(held)),
    held.join(", "),
  );
});

t.test("a call on a contract that was cancelled and declared again does not reach its successor", async (t) => {
  const { submit, versions, insurer } = await openLive(t);
  const contractId = String((await submit(NEW)).result.contractId);
  const cancel: RecordCall = { reference: "X-1", action: "cancel", contractId, values: { reason: "error" } };
  t.equal((await submit(cancel)).result.outcome, "accepted");
  t.equal((await submit({ ...cancel, reference: "X-2" })).result.outcome, "unchanged");
  await submit({ ...NEW, reference: "K-2" });
  const before = await versions(insurer);
  t.equal(await settle(submit({ ...cancel, reference: "X-3" })), "otherContract");
  t.same(await versions(insurer), before);
});

t.test("a call on a contract with a successor is not judged by that, and keeps its key", async (t) => {
  const { submit, versions, insurer } = await openLive(t);
  const contractId = String((await submit(NEW)).result.contractId);
  await submit({ reference: "X-1", action: "cancel", contractId, values: { reason: "error" } });
  const successor = await submit({ ...NEW, reference: "K-2", values: { ...NEW.values, startOn: "2025-01-01" } });
  const before = await versions(insurer);
  const { expectedVersions: _any, ...modified } = modify("M-1", contractId, "combined");
  const close = { reference: "M-1", action: "close", contractId } as const;
  const calls: RecordCall[] = [
    modified,
    { ...modified, values: { ...modified.values, effectiveOn: "2025-06-01" } },
    { ...close, values: { endOn: "2024-01-01", reason: "terminated" } },
    { ...close, values: { endOn: "2025-06-30", reason: "terminated" } },
    { ...close, action: "reopen", values: { reason: "wrong" } },
  ];
  for (const call of calls) t.equal(await settle(submit(call)), "otherContract", JSON.stringify(call.values));
  t.same(await versions(insurer), before);
  const onSuccessor = { ...close, contractId: String(successor.result.contractId) };
  const values = { endOn: "2025-06-30", reason: "terminated" };
  t.equal(await settle(submit({ ...onSuccessor, values })), "done", "the key was not used up");
});

t.test("a contract of another insurer is none", async (t) => {
  const { submit, admit, owner } = await openLive(t);
  const contractId = String((await submit(NEW)).result.contractId);
  const other = await admit();
  await owner`update insurer set phase = 'live', initial_load_completed_at = now()`;
  t.equal(await settle(submit(modify("M-1", contractId, "combined"), other)), "contractNotFound");
  t.equal(await settle(submit(NEW, other)), "done", "keys are each insurer's own");
});
