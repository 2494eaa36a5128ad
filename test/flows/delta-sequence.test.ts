import t from "tap";
import { endInitialLoad } from "../../src/intake/complete-initial-load.ts";
import { findLastSequence, settleOverdueDeltas } from "../../src/intake/delta-queue.ts";
import { cancelSubmission, listSubmissions } from "../../src/intake/submission-queries.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { composeFile, composeRecord } from "./compose-file.ts";
import { type Insurer, openIntake, until } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const flow = await openIntake(t, { processingAttempts: 1 });
await loadTestRegister(t, flow.database);

const HOUR_MS = 3_600_000;

/** A delta that declares one contract named after its number. */
const delta = (insurer: Insurer, sequence: number, parts: Partial<Parameters<typeof composeFile>[0]> = {}) =>
  composeFile({
    sender: insurer.enterpriseNumber,
    reference: `D-${sequence}`,
    kind: "delta",
    attributes: ` sequence="${sequence}"`,
    records: [composeRecord("R-1", { contractNumber: `C-${sequence}` })],
    ...parts,
  });

const load = (insurer: Insurer, reference = "LOAD", complete = true) =>
  composeFile({ sender: insurer.enterpriseNumber, reference, records: [], complete });

async function openLive(): Promise<Insurer> {
  const insurer = await flow.admit();
  await flow.submit(insurer, load(insurer));
  return insurer;
}

/** State, and what a held one waits for. */
async function tell(insurer: Insurer, ...tickets: string[]): Promise<string[]> {
  const submissions = await Promise.all(tickets.map((ticket) => flow.find(insurer, ticket)));
  return submissions.map(({ state, heldReason }) => (heldReason ? `${state} ${heldReason}` : state));
}

async function receive(insurer: Insurer, ...sequences: number[]): Promise<string[]> {
  const tickets: string[] = [];
  for (const sequence of sequences) tickets.push((await flow.receive(insurer, delta(insurer, sequence))).submissionId);
  return tickets;
}

const later = (hours: number) => settleOverdueDeltas(flow.intake, new Date(Date.now() + hours * HOUR_MS));

async function declared({ insurerId }: Insurer): Promise<string[]> {
  const rows = await flow.owner<{ number: string }[]>`
    select contract_number as number from contract where insurer_id = ${insurerId} order by contract_id`;
  return rows.map(({ number }) => number);
}

t.test("deltas run in the order of their numbers, whatever the order in which they came", async (t) => {
  const insurer = await openLive();
  const [three, two] = await receive(insurer, 3, 2);
  t.same(await tell(insurer, three!, two!), ["held sequenceGap", "held sequenceGap"]);
  const { receipt } = await flow.receive(insurer, delta(insurer, 4));
  t.match(receipt.receipt, { state: "held", heldReason: "sequenceGap", awaitedSequence: 1, heldUntil: String });
  const awaited = async () => (await flow.find(insurer, three!)).awaitedSequence;
  t.equal(await awaited(), 1);
  const [seven] = await receive(insurer, 7);
  await receive(insurer, 1);
  t.equal(await awaited(), undefined, "it waits no more");
  t.equal((await flow.find(insurer, seven!)).awaitedSequence, 5, "the first that is missing now");
  const listed = await listSubmissions(flow.database.asInsurer(insurer.insurerId), { limit: 10, state: "held" });
  t.same(
    listed.map(({ awaitedSequence }) => awaitedSequence),
    [5],
  );
  const used = await flow.receive(insurer, delta(insurer, 7, { reference: "OTHER" }));
  t.match(used.receipt.receipt.findings, [{ code: "sequenceUsed", details: { next: 5 } }]);
  t.same(await tell(insurer, two!, three!), ["received", "received"], "the first lets the others go");
  await flow.processAll();
  t.same(await declared(insurer), ["C-1", "C-2", "C-3", "C-4"]);
});

t.test("a gap is waited for as long as 24 hours from the arrival, then what lies behind it is refused", async (t) => {
  const insurer = await openLive();
  const [two, four] = await receive(insurer, 2, 4);
  t.match((await flow.find(insurer, two!)).heldUntil, Date);
  await later(23.9);
  t.same(await tell(insurer, two!, four!), ["held sequenceGap", "held sequenceGap"]);
  await later(24.1);
  t.same(await tell(insurer, two!, four!), ["refused", "refused"]);
  const finding = { code: "sequenceGapExpired", field: "sequence", value: "4", details: { missing: 1 } };
  t.match(await flow.find(insurer, four!), { findings: [finding], endedAt: Date });
  const [one, again] = await receive(insurer, 1, 2);
  await flow.processAll();
  t.same(await tell(insurer, one!, again!), ["processed", "processed"], "the number and the reference are free again");
});

t.test(
  "a number that waits or was processed is refused and quoted, a refused, cancelled or tested one is free",
  async (t) => {
    const insurer = await openLive();
    const [waiting] = await receive(insurer, 1);
    const used = (submissionId: string | undefined) => [
      { code: "sequenceUsed", value: "1", details: { submissionId, next: 2 } },
    ];
    const second = await flow.receive(insurer, delta(insurer, 1, { reference: "OTHER" }));
    t.match(second.receipt.receipt, { state: "refused", findings: used(waiting) });
    await flow.processAll();
    const third = await flow.receive(insurer, delta(insurer, 1, { reference: "THIRD" }));
    t.match(third.receipt.receipt, { state: "refused", findings: used(waiting) });
    t.ok((await flow.receive(insurer, delta(insurer, 1))).repeated, "the same bytes get the first ticket again");

    const tested = await flow.receive(insurer, delta(insurer, 2, { environment: "T" }));
    t.equal(tested.receipt.receipt.state, "tested");
    const miscounted = await flow.submit(insurer, delta(insurer, 2, { recordCount: 9 }));
    t.equal(miscounted.state, "refused");
    const [taken] = await receive(insurer, 2);
    t.equal(await cancelSubmission(flow.database.asInsurer(insurer.insurerId), taken!), "cancelled");
    const [again] = await receive(insurer, 2);
    await flow.processAll();
    t.same(await tell(insurer, again!), ["processed"]);
  },
);

t.test("one that is refused or cancelled makes those behind it wait for its number again", async (t) => {
  const insurer = await openLive();
  const bad = await flow.receive(insurer, delta(insurer, 1, { recordCount: 9 }));
  const [two, three] = await receive(insurer, 2, 3);
  t.same(await tell(insurer, two!, three!), ["received", "received"]);
  await flow.processAll();
  t.same(await tell(insurer, bad.submissionId, two!, three!), ["refused", "held sequenceGap", "held sequenceGap"]);
  await receive(insurer, 1);
  t.equal(await cancelSubmission(flow.database.asInsurer(insurer.insurerId), two!), "cancelled");
  await flow.processAll();
  t.same(await tell(insurer, three!), ["held sequenceGap"]);
  await receive(insurer, 2);
  await flow.processAll();
  t.same(await declared(insurer), ["C-1", "C-2", "C-3"]);
});

t.test("behind a quarantined one the others wait without limit, until it is replayed", async (t) => {
  const insurer = await openLive();
  const [one, two] = await receive(insurer, 1, 2);
  const [chunk] = await flow.owner<{ bytes: Buffer }[]>`
    select bytes from submission_payload where submission_id = ${one!}`;
  await flow.owner`update submission_payload set bytes = ${Buffer.from("damaged")} where submission_id = ${one!}`;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await flow.owner`update submission set retry_at = null where submission_id = ${one!}`;
    const worker = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 10 });
    await until(
      async () =>
        !["received", "processing"].includes((await flow.find(insurer, one!)).state) ||
        (await flow.owner`select 1 from submission where submission_id = ${one!} and retry_at is not null`).length > 0,
    );
    await worker.stop(5_000);
  }
  t.same(await tell(insurer, one!, two!), ["quarantined", "held predecessorQuarantined"]);
  const [three] = await receive(insurer, 3);
  t.same(await tell(insurer, three!), ["held predecessorQuarantined"]);
  await later(1_000);
  t.same(await tell(insurer, two!, three!), ["held predecessorQuarantined", "held predecessorQuarantined"]);
  await flow.owner`update submission_payload set bytes = ${chunk!.bytes} where submission_id = ${one!}`;
  await flow.owner`
    update submission set state = 'received', attempts = 0, retry_at = null where submission_id = ${one!}`;
  await flow.processAll();
  t.same(await declared(insurer), ["C-1", "C-2", "C-3"]);
});

t.test(
  "before the end of the initial load deltas wait without limit; the patience with a gap begins there",
  async (t) => {
    const insurer = await flow.admit();
    const [one, three] = await receive(insurer, 1, 3);
    await later(1_000);
    t.same(await tell(insurer, one!, three!), ["held initialLoadOpen", "held initialLoadOpen"]);
    t.equal((await flow.find(insurer, three!)).heldUntil, undefined);
    await flow.submit(insurer, load(insurer));
    t.same(await tell(insurer, one!, three!), ["processed", "held sequenceGap"]);
    await later(23.9);
    t.same(await tell(insurer, three!), ["held sequenceGap"]);
    await later(24.1);
    t.same(await tell(insurer, three!), ["refused"]);
  },
);

t.test(
  "the insurer ends the load itself, unless one of its files waits; an operator does without asking",
  async (t) => {
    const insurer = await flow.admit();
    const tenant = flow.database.asInsurer(insurer.insurerId);
    const part = await flow.receive(insurer, load(insurer, "PART", false));
    const [one] = await receive(insurer, 1);
    t.equal(await endInitialLoad(tenant, new Date()), "busy");
    t.equal(await cancelSubmission(tenant, part.submissionId), "cancelled");
    t.equal(await endInitialLoad(tenant, new Date()), "ended");
    t.equal(await endInitialLoad(tenant, new Date()), "ended", "twice is the same as once");
    await flow.processAll();
    t.same(await tell(insurer, one!), ["processed"]);
    t.equal((await flow.receive(insurer, load(insurer, "LATE"))).receipt.receipt.state, "refused");

    const other = await flow.admit();
    const [held] = await receive(other, 1);
    await flow.owner`
    update insurer set phase = 'live', initial_load_completed_at = now() where insurer_id = ${other.insurerId}`;
    await later(0);
    await flow.processAll();
    t.same(await tell(other, held!), ["processed"], "what was held for the load is let go by the workers");
  },
);

t.test("several workers at once, and files that arrive meanwhile, keep the order", async (t) => {
  const insurers = [await openLive(), await openLive()];
  const workers = [1, 2].map(() => startWorker(flow.intake, { concurrency: 3, pollIntervalMs: 5 }));
  const order = [5, 2, 8, 1, 3, 7, 4, 6];
  for (const insurer of insurers)
    await Promise.all(order.map((sequence) => flow.receive(insurer, delta(insurer, sequence))));
  await until(async () => {
    const last = insurers.map(({ insurerId }) =>
      flow.database.asInsurer(insurerId).run((tx) => findLastSequence(tx, insurerId)),
    );
    return (await Promise.all(last)).every((sequence) => sequence === 8);
  });
  await Promise.all(workers.map((worker) => worker.stop(5_000)));
  const wanted = order.toSorted().map((sequence) => `C-${sequence}`);
  for (const insurer of insurers) {
    const rows = await flow.owner<{ number: string }[]>`
      select contract_number as number from contract join contract_version using (insurer_id, contract_id)
      where insurer_id = ${insurer.insurerId} order by recorded_at`;
    t.same(
      rows.map(({ number }) => number),
      wanted,
    );
  }
});

t.test("an insurer whose deltas wait delays no other", async (t) => {
  const [blocked, free] = [await openLive(), await openLive()];
  const [held] = await receive(blocked, 2);
  const [runs] = await receive(free, 1);
  await flow.processAll();
  t.same([await tell(blocked, held!), await tell(free, runs!)], [["held sequenceGap"], ["processed"]]);
});
