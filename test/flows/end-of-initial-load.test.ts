import t, { type Test } from "tap";
import { cancelSubmission } from "../../src/intake/submission-queries.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { composeFile, composeRecord, composeRecords } from "./compose-file.ts";
import { holdMerges, untilLocksAreAwaited } from "./hold-lock.ts";
import { type Insurer, openIntake, until } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const flow = await openIntake(t, { processingAttempts: 1 });
await loadTestRegister(t, flow.database);
const { owner: plain } = flow;

const file = (insurer: Insurer, reference: string, parts: Partial<Parameters<typeof composeFile>[0]> = {}) =>
  composeFile({ sender: insurer.enterpriseNumber, reference, records: composeRecords(2, reference), ...parts });

async function phaseOf({ insurerId }: Insurer): Promise<string> {
  const [row] = await plain<{ phase: string; completed: boolean }[]>`
    select phase, initial_load_completed_at is not null as completed from insurer where insurer_id = ${insurerId}`;
  return `${row!.phase}${row!.completed ? ", completed" : ""}`;
}

const OPEN = "loading";
const ENDED = "live, completed";

/** Puts a waiting submission aside, as the pause after a failed attempt does, or lets it go on. */
async function postpone({ insurerId }: Insurer, submissionId: string, postponed: boolean): Promise<void> {
  await plain`
    update submission set retry_at = ${postponed ? new Date(Date.now() + 3_600_000) : null}
    where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
}

const stateOf = async (insurer: Insurer, submissionId: string) => (await flow.find(insurer, submissionId)).state;

/** An earlier file that waits while a complete one, received after it, is processed. */
async function overtake(t: Test, insurer: Insurer, earlierFile: string): Promise<string> {
  const earlier = await flow.receive(insurer, earlierFile);
  await postpone(insurer, earlier.submissionId, true);
  const last = await flow.submit(insurer, file(insurer, "LAST", { complete: true }));
  t.equal(last.state, "processed");
  t.equal(await phaseOf(insurer), OPEN, "an earlier file still waits");
  return earlier.submissionId;
}

t.test("a complete file ends the initial load once it is processed", async (t) => {
  const insurer = await flow.admit();
  await flow.submit(insurer, file(insurer, "FIRST", { complete: false }));
  t.equal(await phaseOf(insurer), OPEN, "a file that is not complete ends nothing");
  await flow.receive(insurer, file(insurer, "LAST", { complete: true }));
  t.equal(await phaseOf(insurer), OPEN, "a file that waits ends nothing");
  await flow.processAll();
  t.equal(await phaseOf(insurer), ENDED);
  t.equal((await flow.versions(insurer)).length, 4);
});

t.test("a complete file without records, or with rejected ones only, ends it too", async (t) => {
  const [empty, rejected] = [await flow.admit(), await flow.admit()];
  await flow.submit(empty, file(empty, "LAST", { complete: true, records: [] }));
  t.equal(await phaseOf(empty), ENDED);
  const records = [composeRecord("R-1", { startOn: "never" })];
  await flow.submit(rejected, file(rejected, "LAST", { complete: true, records }));
  t.equal(await phaseOf(rejected), ENDED);
});

t.test("a refused complete file ends nothing, nor does a circuit test", async (t) => {
  const insurer = await flow.admit();
  t.equal((await flow.submit(insurer, file(insurer, "LAST", { complete: true, recordCount: 3 }))).state, "refused");
  t.equal((await flow.submit(insurer, file(insurer, "LAST", { complete: true, environment: "T" }))).state, "tested");
  t.equal(await phaseOf(insurer), OPEN);
});

t.test("a file sent after the end is refused at its reception", async (t) => {
  const insurer = await flow.admit();
  await flow.submit(insurer, file(insurer, "LAST", { complete: true }));
  const { receipt, submissionId } = await flow.receive(insurer, file(insurer, "LATER"));
  const finding = { code: "initialLoadClosed", field: "kind", value: "initialLoad" };
  t.match(receipt.receipt, { state: "refused", findings: [finding] });
  t.match(await flow.find(insurer, submissionId), { state: "refused", findings: [finding] });
  t.equal((await flow.versions(insurer)).length, 2);
  const other = await flow.admit();
  t.equal((await flow.submit(other, file(other, "LATER"))).state, "processed", "another insurer's is still open");
});

t.test("an earlier file that waits keeps the load open until it is processed", async (t) => {
  const insurer = await flow.admit();
  const earlier = await overtake(t, insurer, file(insurer, "EARLIER"));
  t.equal((await flow.submit(insurer, file(insurer, "MEANWHILE"))).state, "processed", "and others may still come");
  t.equal(await phaseOf(insurer), OPEN);
  await postpone(insurer, earlier, false);
  await flow.processAll();
  t.equal(await stateOf(insurer, earlier), "processed");
  t.equal(await phaseOf(insurer), ENDED);
  t.equal((await flow.versions(insurer)).length, 6);
});

t.test("an earlier file that waits keeps the load open until it is refused", async (t) => {
  const insurer = await flow.admit();
  const earlier = await overtake(t, insurer, file(insurer, "EARLIER", { recordCount: 9 }));
  await postpone(insurer, earlier, false);
  await flow.processAll();
  t.equal(await stateOf(insurer, earlier), "refused");
  t.equal(await phaseOf(insurer), ENDED);
});

t.test("an earlier file that waits keeps the load open until it is cancelled", async (t) => {
  const insurer = await flow.admit();
  const earlier = await overtake(t, insurer, file(insurer, "EARLIER"));
  t.equal(await cancelSubmission(flow.database.asInsurer(insurer.insurerId), earlier), "cancelled");
  t.equal(await phaseOf(insurer), ENDED);
});

t.test("a cancelled complete file ends nothing", async (t) => {
  const insurer = await flow.admit();
  const { submissionId } = await flow.receive(insurer, file(insurer, "LAST", { complete: true }));
  t.equal(await cancelSubmission(flow.database.asInsurer(insurer.insurerId), submissionId), "cancelled");
  await flow.submit(insurer, file(insurer, "FIRST"));
  t.equal(await phaseOf(insurer), OPEN);
});

t.test("a quarantined earlier file keeps the load open until it is replayed", async (t) => {
  const insurer = await flow.admit();
  const earlier = await overtake(t, insurer, file(insurer, "EARLIER"));
  const [{ bytes }] = (await plain`
    select bytes from submission_payload where submission_id = ${earlier}`) as unknown as [{ bytes: Buffer }];
  await plain`update submission_payload set bytes = ${Buffer.from("damaged")} where submission_id = ${earlier}`;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await postpone(insurer, earlier, false);
    await flow.processAll();
  }
  t.equal(await stateOf(insurer, earlier), "quarantined");
  t.equal(await phaseOf(insurer), OPEN);
  await plain`update submission_payload set bytes = ${bytes} where submission_id = ${earlier}`;
  await plain`
    update submission set state = 'received', attempts = 0, retry_at = null
    where insurer_id = ${insurer.insurerId} and submission_id = ${earlier} and state = 'quarantined'`;
  await flow.processAll();
  t.equal(await stateOf(insurer, earlier), "processed");
  t.equal(await phaseOf(insurer), ENDED);
});

/**
 * Two files of one insurer that two lanes have staged at the same time and whose merges are let go in a given order;
 * answers their states at the end.
 */
async function mergeAtOnce(insurer: Insurer, files: readonly [string, string], order: readonly number[]) {
  const tickets: string[] = [];
  for (const each of files) tickets.push((await flow.receive(insurer, each)).submissionId);
  for (const ticket of tickets) await postpone(insurer, ticket, true);
  const release = await holdMerges(flow.owner, insurer);
  // One lane more than the files need: an insurer never has them all.
  const worker = startWorker(flow.intake, { concurrency: 3, pollIntervalMs: 10 });
  for (const [index, place] of order.entries()) {
    await postpone(insurer, tickets[place]!, false);
    await untilLocksAreAwaited(flow.owner, index + 1);
  }
  await release();
  const states = () => Promise.all(tickets.map((ticket) => stateOf(insurer, ticket)));
  await until(async () => (await states()).every((state) => state !== "received" && state !== "processing"));
  await worker.stop(5_000);
  return await states();
}

const ORDERS = [
  [0, 1],
  [1, 0],
] as const;

for (const order of ORDERS) {
  const which = order[0] === 0 ? "the earlier" : "the later";

  t.test(`two files at once, only the later complete, ${which} merged first: both count, then it ends`, async (t) => {
    const insurer = await flow.admit();
    const files = [file(insurer, "PART"), file(insurer, "LAST", { complete: true })] as const;
    t.same(await mergeAtOnce(insurer, files, order), ["processed", "processed"]);
    t.equal(await phaseOf(insurer), ENDED);
    t.equal((await flow.versions(insurer)).length, 4);
  });

  t.test(`two complete files at once, ${which} merged first: the load ends with them`, async (t) => {
    const insurer = await flow.admit();
    const files = [file(insurer, "ONE", { complete: true }), file(insurer, "TWO", { complete: true })] as const;
    // Merged first, the earlier one ends the load on its own; merged last, it was received before the end it ends.
    const second = order[0] === 0 ? "refused" : "processed";
    t.same(await mergeAtOnce(insurer, files, order), ["processed", second]);
    t.equal(await phaseOf(insurer), ENDED);
    t.equal((await flow.versions(insurer)).length, second === "refused" ? 2 : 4);
  });
}

t.test("a file received after the complete one and merged after it is refused, merged before it counts", async (t) => {
  for (const order of ORDERS) {
    const insurer = await flow.admit();
    const files = [file(insurer, "LAST", { complete: true }), file(insurer, "AFTER")] as const;
    const second = order[0] === 0 ? "refused" : "processed";
    t.same(await mergeAtOnce(insurer, files, order), ["processed", second]);
    t.equal(await phaseOf(insurer), ENDED);
  }
});
