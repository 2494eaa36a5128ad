import t from "tap";
import { receiveSubmission, type Transfer } from "../../src/intake/receive-submission.ts";
import { listSubmissions } from "../../src/intake/submission-queries.ts";
import { composeFile, composeNoise, composeRecord } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);

/** What the door of a client with several grants does with a file. */
async function receive(insurers: readonly Insurer[], bytes: string | Buffer, options: Partial<Transfer<Insurer>> = {}) {
  const told: Insurer[] = [];
  async function* body() {
    for (let start = 0; start < bytes.length; start += 16_384) yield Buffer.from(bytes.slice(start, start + 16_384));
  }
  const onInsurer = (insurer: Insurer) => told.push(insurer);
  const transfer = { insurers, channel: "sftp", body: body(), onInsurer, ...options } as const;
  const { submissionId, receipt } = await receiveSubmission(flow.intake, transfer);
  return { submissionId, receipt: receipt.receipt, told };
}

const list = ({ insurerId }: Insurer) => listSubmissions(flow.database.asInsurer(insurerId), { limit: 10 });

t.test("the sender in the root says which of several insurers a file belongs to", async (t) => {
  const [first, second] = [await flow.admit(), await flow.admit()];
  const file = composeFile({ sender: second.enterpriseNumber, reference: "CHOSEN" });
  const { submissionId, receipt, told } = await receive([first, second], file);
  t.match(receipt, { sender: second.enterpriseNumber, state: "received", findings: [] });
  t.same(told, [second]);
  await flow.processAll();
  t.equal((await flow.find(second, submissionId)).state, "processed");
  t.same(await list(first), []);
  t.equal((await flow.versions(first)).length, 0);
  t.equal((await flow.versions(second)).length, 1);
});

t.test("references are each insurer's own, also where one client sends for both", async (t) => {
  const insurers = [await flow.admit(), await flow.admit()];
  for (const { enterpriseNumber } of insurers) {
    const { receipt } = await receive(insurers, composeFile({ sender: enterpriseNumber, reference: "SAME" }));
    t.match(receipt, { sender: enterpriseNumber, state: "received" });
  }
});

t.test("a sender that none of them is gets a refusal under the first, which names no other", async (t) => {
  const [first, second, stranger] = [await flow.admit(), await flow.admit(), await flow.admit()];
  const file = composeFile({ sender: stranger.enterpriseNumber, reference: "STRANGER" });
  const { receipt } = await receive([first, second], file);
  t.match(receipt, { sender: first.enterpriseNumber, state: "refused" });
  const place = { line: 2, byteOffset: 39 };
  t.same(receipt.findings, [{ code: "senderMismatch", field: "sender", value: stranger.enterpriseNumber, ...place }]);
  t.match(await list(first), [{ state: "refused" }]);
  t.same(await list(second), []);
  t.same(await list(stranger), []);
});

t.test("a file without a readable root is the first one's too", async (t) => {
  const insurers = [await flow.admit(), await flow.admit()];
  t.match((await receive(insurers, "")).receipt, { state: "refused", findings: [{ code: "emptyFile" }] });
  t.match((await receive(insurers, "<other/>")).receipt, { state: "refused", findings: [{ code: "rootNotExpected" }] });
  t.equal((await list(insurers[0]!)).length, 2);
  t.same(await list(insurers[1]!), []);
});

t.test("the root may stand behind more comments than fit the first chunk, but not behind any number", async (t) => {
  const [first, second] = [await flow.admit(), await flow.admit()];
  const behind = (comments: number, reference: string) => {
    const [declaration, root] = composeFile({ sender: second.enterpriseNumber, reference }).split("?>\n");
    return `${declaration}?>\n${composeNoise(comments).join("")}${root}`;
  };
  t.match((await receive([first, second], behind(20, "BEHIND"))).receipt, { sender: second.enterpriseNumber });
  const far = await receive([first, second], behind(150, "FAR"));
  t.match(far.receipt, { sender: first.enterpriseNumber, findings: [{ code: "senderMismatch" }] });
  t.match((await receive([second], behind(150, "FAR"))).receipt, { state: "received", reference: "FAR" });
});

t.test("what the door throws when it learns whose file it is leaves nothing behind", async (t) => {
  const insurers = [await flow.admit(), await flow.admit()];
  const records = [...composeNoise(40), composeRecord("R-1")];
  const file = composeFile({ sender: insurers[1]!.enterpriseNumber, reference: "STOPPED", records, recordCount: 1 });
  const onInsurer = () => {
    throw new Error("not this one");
  };
  await t.rejects(receive(insurers, file, { onInsurer }), { message: "not this one" });
  t.same(await list(insurers[1]!), []);
  t.match((await receive(insurers, file)).receipt, { state: "received" });
});

t.test("a file refused by its door is stored with that finding first, and is no repetition", async (t) => {
  const insurer = await flow.admit();
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: "NAMED" });
  const fileName = `FI.DICO.${insurer.enterpriseNumber}.20261122.00001.S`;
  const good = await receive([insurer], file, { fileName });
  t.match(good.receipt, { state: "received", fileName });
  const bad = await receive([insurer], file, {
    fileName: "FI.WRONG",
    refusals: [{ code: "environmentLetterInvalid", value: "X" }],
  });
  t.match(bad.receipt, { state: "refused", fileName: "FI.WRONG", findings: [{ code: "environmentLetterInvalid" }] });
  t.not(bad.submissionId, good.submissionId);
  t.match(await flow.find(insurer, bad.submissionId), { state: "refused", fileName: "FI.WRONG" });
  const worse = await receive([insurer], composeFile({ sender: "0428759497", reference: "NAMED-2" }), {
    refusals: [{ code: "environmentLetterInvalid", value: "X" }],
  });
  t.same(
    worse.receipt.findings.map(({ code }) => code),
    ["environmentLetterInvalid", "senderMismatch"],
  );
  await flow.processAll();
  t.equal((await flow.find(insurer, good.submissionId)).state, "processed");
});
