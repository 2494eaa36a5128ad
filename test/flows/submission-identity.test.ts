import t from "tap";
import { receiveSubmission } from "../../src/intake/receive-submission.ts";
import type { Reception } from "../../src/intake/store-submission.ts";
import { cancelSubmission, listSubmissions } from "../../src/intake/submission-queries.ts";
import { composeFile, composeNoise, composeRecord, composeRecords } from "./compose-file.ts";
import { type Insurer, openIntake } from "./open-intake.ts";
import { FOREIGN_SSIN, loadTestRegister, makeInamiNumber } from "./test-register.ts";

const flow = await openIntake(t, { transferSlots: 20 });
await loadTestRegister(t, flow.database);

const file = (insurer: Insurer, reference: string, parts: Partial<Parameters<typeof composeFile>[0]> = {}) =>
  composeFile({ sender: insurer.enterpriseNumber, reference, ...parts });

const listAll = (insurer: Insurer) => listSubmissions(flow.database.asInsurer(insurer.insurerId), { limit: 100 });

async function countChunks(insurer: Insurer): Promise<number> {
  const [row] = await flow.owner<{ count: number }[]>`
    select count(*) as count from submission_payload where insurer_id = ${insurer.insurerId}`;
  return row!.count;
}

t.test("same reference, same bytes: the first ticket and the identical receipt, and nothing is done", async (t) => {
  const insurer = await flow.admit();
  const bytes = file(insurer, "AGAIN", { complete: true });
  const first = await flow.receive(insurer, bytes);
  t.equal(first.repeated, false);

  const isFirst = async (when: string) => {
    const again = await flow.receive(insurer, bytes, 7);
    t.same(again, { submissionId: first.submissionId, receipt: first.receipt, repeated: true }, when);
  };
  await isFirst("while it waits");
  await flow.processAll();
  const processed = await flow.find(insurer, first.submissionId);
  t.equal(processed.state, "processed");
  await isFirst("after it was processed");
  const [row] = await flow.owner`
    select initial_load_completed_at is not null as closed from insurer where insurer_id = ${insurer.insurerId}`;
  t.equal(row?.closed, true);
  await isFirst("after the initial load was closed");

  await flow.processAll();
  t.same(await listAll(insurer), [processed], "there is one submission, as it was");
  t.equal((await flow.versions(insurer)).length, 1);
  t.equal(await countChunks(insurer), 1, "and its bytes once");
});

t.test("ten transfers at once of the same bytes are one submission", async (t) => {
  const insurer = await flow.admit();
  // Beyond one stored chunk, so that each transfer has written some before the reference decides.
  const noise = composeNoise(12);
  const bytes = file(insurer, "AT-ONCE", { records: [...noise, composeRecord("R-1")], recordCount: 1 });
  const receptions = await Promise.all(Array.from({ length: 10 }, () => flow.receive(insurer, bytes)));
  t.equal(new Set(receptions.map((reception) => reception.submissionId)).size, 1);
  t.equal(new Set(receptions.map((reception) => reception.receipt.jws)).size, 1);
  t.equal(receptions.filter((reception) => !reception.repeated).length, 1);
  const chunks = await countChunks(insurer);
  t.ok(chunks > 0, "the winner's bytes are kept");
  await flow.processAll();
  t.match(await listAll(insurer), [{ state: "processed", counts: { received: 1, accepted: 1 } }]);
  t.equal(await countChunks(insurer), chunks, "and nobody else's");
  const [stored] = await flow.owner`
    select count(distinct submission_id) as submissions from submission_payload where insurer_id = ${insurer.insurerId}`;
  t.equal(stored?.submissions, 1);
});

t.test("same reference, other bytes: refused with 133, quoting the first ticket", async (t) => {
  const insurer = await flow.admit();
  const first = await flow.receive(insurer, file(insurer, "REUSED"));
  const isReused = async (when: string) => {
    const other = file(insurer, "REUSED", { records: composeRecords(2, when.slice(0, 5)) });
    const { submissionId, receipt } = await flow.receive(insurer, other);
    t.not(submissionId, first.submissionId, when);
    const details = { submissionId: first.submissionId };
    const finding = { code: "referenceReused", field: "reference", value: "REUSED", details };
    t.match(receipt.receipt, { submissionId, state: "refused", findings: [finding] });
    t.match(await flow.find(insurer, submissionId), { state: "refused", findings: [finding], reference: "REUSED" });
  };
  await isReused("while it waits");
  await flow.processAll();
  await isReused("after it was processed");
  await flow.submit(insurer, file(insurer, "LAST", { complete: true, records: [] }));
  await isReused("after the initial load was closed");
  t.equal((await flow.versions(insurer)).length, 1, "nothing of the others was merged");
  const again = await flow.receive(insurer, file(insurer, "REUSED"));
  t.equal(again.submissionId, first.submissionId, "the first is still the one that counts");
});

t.test("ten transfers at once of ten files under one reference: one counts, the others quote it", async (t) => {
  const insurer = await flow.admit();
  const files = Array.from({ length: 10 }, (_, index) =>
    file(insurer, "RACE", { records: composeRecords(1, `${index}`) }),
  );
  const receptions = await Promise.all(files.map((bytes) => flow.receive(insurer, bytes)));
  const winners = receptions.filter(({ receipt }) => receipt.receipt.state === "received");
  t.equal(winners.length, 1);
  const quoted = receptions.flatMap(({ receipt }) =>
    receipt.receipt.findings.map((found) => found.details?.submissionId),
  );
  t.same(
    quoted,
    Array.from({ length: 9 }, () => winners[0]?.submissionId),
  );
});

t.test("other reference, same records: runs, finds all unchanged and names the earlier ticket", async (t) => {
  const insurer = await flow.admit();
  const records = composeRecords(4_321);
  const first = await flow.submit(insurer, file(insurer, "A", { records }));
  // Whatever stands around the records, and however many bytes further they stand.
  const shifted = [`<!--${"-x".repeat(15_000)}-->\n`, ...records];
  const second = await flow.submit(insurer, file(insurer, "OTHER", { records: shifted, recordCount: records.length }));
  t.match(second.counts, { received: 4_321, accepted: 0, unchanged: 4_321, rejected: 0 });
  const warning = { code: "sameRecordsAsEarlier", details: { submissionId: first.submissionId } };
  t.match(second.findings, [warning]);
  t.equal(second.state, "processed");
  const third = await flow.submit(insurer, file(insurer, "THIRD", { records }));
  t.match(third.findings, [warning], "the third names the first too");
  t.equal((await flow.versions(insurer)).length, 4_321);
});

t.test("records refused by the register can be sent again once it knows better", async (t) => {
  const insurer = await flow.admit();
  const late = makeInamiNumber("600999");
  const records = [composeRecord("R-1", { inamiNumber: late })];
  const first = await flow.submit(insurer, file(insurer, "TOO-EARLY", { records }));
  t.match(first.counts, { rejected: 1 });
  await flow.owner`
    insert into provider (inami_root, inami_number, ssin, valid_from)
    values (${late.slice(0, 8)}, ${late}, ${FOREIGN_SSIN}, '2000-01-01')`;
  const second = await flow.submit(insurer, file(insurer, "IN-TIME", { records }));
  t.match(second.counts, { accepted: 1, rejected: 0 });
  t.match(second.findings, [{ code: "sameRecordsAsEarlier", details: { submissionId: first.submissionId } }]);
});

t.test(
  "other records are other records: in content, in order, in number, and where only a wrong value differs",
  async (t) => {
    const insurer = await flow.admit();
    const records = [composeRecord("R-1", { ssin: "85073003300" }), composeRecord("R-2", { contractNumber: "C-2" })];
    await flow.submit(insurer, file(insurer, "FIRST", { records }));
    const variants: Record<string, string[]> = {
      "another wrong SSIN": [composeRecord("R-1", { ssin: "85073003301" }), records[1]!],
      "another sender reference": [records[0]!, composeRecord("R-3", { contractNumber: "C-2" })],
      "another content": [records[0]!, composeRecord("R-2", { contractNumber: "C-2", language: "fr" })],
      "another order": [records[1]!, records[0]!],
      "one less": [records[0]!],
    };
    for (const [what, changed] of Object.entries(variants)) {
      const { findings } = await flow.submit(insurer, file(insurer, what, { records: changed }));
      t.same(findings, [], what);
    }
  },
);

t.test("a refused submission uses up no reference", async (t) => {
  const insurer = await flow.admit();
  const refused = await flow.receive(insurer, file(insurer, "ONCE", { environment: "R" }));
  t.equal(refused.receipt.receipt.state, "refused");
  const truncated = await flow.submit(insurer, file(insurer, "ONCE").slice(0, -3));
  t.equal(truncated.state, "refused");
  const sound = await flow.submit(insurer, file(insurer, "ONCE"));
  t.equal(sound.state, "processed");
  const again = await flow.receive(insurer, file(insurer, "ONCE").slice(0, -3));
  t.match(again.receipt.receipt, { state: "refused", findings: [{ code: "referenceReused" }] });
});

t.test("a cancelled submission uses up no reference", async (t) => {
  const insurer = await flow.admit();
  const first = await flow.receive(insurer, file(insurer, "BACK"));
  t.equal(await cancelSubmission(flow.database.asInsurer(insurer.insurerId), first.submissionId), "cancelled");
  const same = await flow.receive(insurer, file(insurer, "BACK"));
  t.not(same.submissionId, first.submissionId, "the same bytes are a new submission");
  t.equal(same.repeated, false);
  t.equal(await cancelSubmission(flow.database.asInsurer(insurer.insurerId), same.submissionId), "cancelled");
  const other = await flow.submit(insurer, file(insurer, "BACK", { records: composeRecords(2) }));
  t.equal(other.state, "processed");
});

t.test("a circuit test (letter T) ends with its receipt and uses up no reference", async (t) => {
  const insurer = await flow.admit();
  const test = file(insurer, "CIRCUIT", { environment: "T" });
  const receptions = await Promise.all(Array.from({ length: 3 }, () => flow.receive(insurer, test)));
  t.equal(new Set(receptions.map((reception) => reception.submissionId)).size, 3);
  for (const { submissionId, receipt } of receptions) {
    t.match(receipt.receipt, { state: "tested", environment: "T", findings: [] });
    t.match(await flow.find(insurer, submissionId), { state: "tested", endedAt: Date, recordsRead: 0 });
  }
  t.equal((await flow.submit(insurer, file(insurer, "CIRCUIT"))).state, "processed");
  t.equal((await flow.receive(insurer, test)).receipt.receipt.state, "tested");
  t.equal((await flow.versions(insurer)).length, 1, "only the letter S made a contract");
});

t.test("another insurer may use the same reference, with the same bytes or others", async (t) => {
  const [one, other] = [await flow.admit(), await flow.admit()];
  t.equal((await flow.submit(one, file(one, "SHARED"))).state, "processed");
  const second = await flow.submit(other, file(other, "SHARED"));
  t.match(second, { state: "processed", findings: [] });
  // The very bytes of the one are not the other's to send: the sender inside is another.
  const stolen = await flow.receive(other, file(one, "SHARED-2"));
  t.match(stolen.receipt.receipt, { state: "refused", findings: [{ code: "senderMismatch" }] });
  t.equal((await flow.submit(other, file(other, "SHARED-2"))).state, "processed");
});

t.test("both doors share references", async (t) => {
  const insurer = await flow.admit();
  const receive = (channel: "rest" | "sftp", bytes: string): Promise<Reception> => {
    async function* body() {
      yield Buffer.from(bytes);
    }
    return receiveSubmission(flow.intake, { insurers: [insurer], channel, body: body() });
  };
  const first = await receive("sftp", file(insurer, "DOORS"));
  t.same((await receive("rest", file(insurer, "DOORS"))).receipt, first.receipt);
  const other = await receive("rest", file(insurer, "DOORS", { records: composeRecords(3) }));
  t.match(other.receipt.receipt, { state: "refused", channel: "rest", findings: [{ code: "referenceReused" }] });
});

t.test("white space around a reference does not make another one", async (t) => {
  const insurer = await flow.admit();
  const first = await flow.receive(insurer, file(insurer, "A B"));
  const { receipt } = await flow.receive(insurer, file(insurer, "  A\n B "));
  t.match(receipt.receipt.findings, [{ code: "referenceReused", details: { submissionId: first.submissionId } }]);
});
