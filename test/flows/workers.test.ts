import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createDatabase } from "../../src/database/connection.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { generateContractFile } from "../../src/synthetic/contract-file.ts";
import { composeFile, composeRecords } from "./compose-file.ts";
import { holdLock, holdMerges, untilLocksAreAwaited } from "./hold-lock.ts";
import { type Insurer, openIntake, until } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const flow = await openIntake(t, { transferSlots: 50 });
await loadTestRegister(t, flow.database);

const file = (insurer: Insurer, reference: string, recordCount = 5) =>
  composeFile({ sender: insurer.enterpriseNumber, reference, records: composeRecords(recordCount, reference) });

const isProcessed = async (insurer: Insurer, submissionId: string) =>
  (await flow.find(insurer, submissionId)).state === "processed";

async function findAttempts(submissionId: string): Promise<number> {
  const [row] = await flow.owner<{ attempts: number }[]>`
    select attempts from submission where submission_id = ${submissionId}`;
  return row!.attempts;
}

/** The intake of another process: with connections of its own. */
function openAnotherProcess() {
  const database = createDatabase(flow.url);
  t.teardown(() => database.close());
  return { ...flow.intake, database };
}

t.test("two workers of two lanes each process every submission once", async (t) => {
  const insurers = await Promise.all(Array.from({ length: 4 }, () => flow.admit()));
  const workers = [flow.intake, openAnotherProcess()].map((intake) =>
    startWorker(intake, { concurrency: 2, pollIntervalMs: 5 }),
  );
  const sent = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const insurer = insurers[index % insurers.length]!;
      const { submissionId } = await flow.receive(insurer, file(insurer, `FILE-${index}`));
      return { insurer, submissionId };
    }),
  );
  await until(async () =>
    (await Promise.all(sent.map(({ insurer, submissionId }) => isProcessed(insurer, submissionId)))).every(Boolean),
  );
  await Promise.all(workers.map((worker) => worker.stop(5_000)));

  const attempts = await Promise.all(sent.map(({ submissionId }) => findAttempts(submissionId)));
  t.same(new Set(attempts), new Set([1]));
  for (const insurer of insurers) {
    const versions = await flow.versions(insurer);
    t.equal(versions.length, 50);
    t.same(new Set(versions.map((version) => version.version)), new Set([1]));
  }
  const ended = flow.logLines.filter((line) => line.msg === "submission processed").map((line) => line.submissionId);
  t.same(ended.toSorted(), sent.map(({ submissionId }) => submissionId).toSorted(), "each has one end in the log");
  t.same(
    flow.logLines.filter((line) => line.code !== undefined),
    [],
    "and nothing failed",
  );
});

t.test("a big file of one insurer does not delay a small one of another", async (t) => {
  const [big, small] = [await flow.admit(), await flow.admit()];
  const bytes = [...generateContractFile({ records: 30_000, seed: 5, sender: big.enterpriseNumber })].join("");
  const slow = await flow.receive(big, bytes);
  const worker = startWorker(flow.intake, { concurrency: 2, pollIntervalMs: 10 });
  await until(async () => (await flow.find(big, slow.submissionId)).state === "processing");
  const quick = await flow.receive(small, file(small, "SMALL"));
  await until(() => isProcessed(small, quick.submissionId));
  await until(() => isProcessed(big, slow.submissionId));
  await worker.stop(5_000);
  const [slowEnd, quickEnd] = [await flow.find(big, slow.submissionId), await flow.find(small, quick.submissionId)];
  t.ok(quickEnd.endedAt! < slowEnd.endedAt!, "the small one was first, though sent second");
});

t.test("files of one insurer never have all lanes of a process", async (t) => {
  const [big, small] = [await flow.admit(), await flow.admit()];
  const release = await holdMerges(flow.owner, big);
  const waiting = [await flow.receive(big, file(big, "BIG-1")), await flow.receive(big, file(big, "BIG-2"))];
  const worker = startWorker(flow.intake, { concurrency: 2, pollIntervalMs: 10 });
  await untilLocksAreAwaited(flow.owner, 1);
  // Time enough for the other lane to take what it may.
  await sleep(100);
  const quick = await flow.receive(small, file(small, "SMALL-2"));
  await until(() => isProcessed(small, quick.submissionId));
  t.same(await Promise.all(waiting.map(({ submissionId }) => findAttempts(submissionId))), [1, 0]);
  await release();
  for (const { submissionId } of waiting) await until(() => isProcessed(big, submissionId));
  await worker.stop(5_000);
});

t.test("files that others hold, however many, hide none that waits", async (t) => {
  const insurers = await Promise.all(Array.from({ length: 25 }, () => flow.admit()));
  const held: string[] = [];
  for (const insurer of insurers) held.push((await flow.receive(insurer, file(insurer, "HELD"))).submissionId);
  const release = await holdLock(
    flow.owner,
    (tx) => tx`select pg_advisory_xact_lock(hashtextextended(id, 0)) from unnest(${held}::text[]) id`,
  );
  const last = await flow.admit();
  const { submissionId } = await flow.receive(last, file(last, "LAST"));
  const worker = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 10 });
  await until(() => isProcessed(last, submissionId));
  t.same(new Set(await Promise.all(held.map(findAttempts))), new Set([0]));
  await release();
  for (const [index, insurer] of insurers.entries()) await until(() => isProcessed(insurer, held[index]!));
  await worker.stop(5_000);
});

t.test("an insurer whose file gets no further waits behind the others with all its files", async (t) => {
  const [stuck, other] = [await flow.admit(), await flow.admit()];
  const release = await holdMerges(flow.owner, stuck);
  const waiting = [await flow.receive(stuck, file(stuck, "STUCK-1"))];
  const first = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 10 });
  await untilLocksAreAwaited(flow.owner, 1);
  for (const reference of ["STUCK-2", "STUCK-3"]) waiting.push(await flow.receive(stuck, file(stuck, reference)));
  const later = await flow.receive(other, file(other, "OTHER"));
  const second = startWorker(openAnotherProcess(), { concurrency: 1, pollIntervalMs: 10 });
  await until(() => isProcessed(other, later.submissionId));
  t.pass("the other insurer's file, sent last, went first");
  await release();
  for (const { submissionId } of waiting) await until(() => isProcessed(stuck, submissionId));
  await Promise.all([first.stop(5_000), second.stop(5_000)]);
  t.equal((await flow.versions(stuck)).length, 15);
});

t.test("an orderly stop hands back what is not finished, without counting an attempt", async (t) => {
  const insurer = await flow.admit();
  const { submissionId } = await flow.receive(insurer, file(insurer, "HANDED-BACK", 6_000));
  const worker = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 10 });
  const stopped = Promise.withResolvers<void>();
  const onStep = (step: unknown) => {
    if (step === "process.batchStaged") stopped.resolve(worker.stop(0));
  };
  subscribe("infoss:step", onStep);
  await stopped.promise;
  unsubscribe("infoss:step", onStep);
  t.match(await flow.find(insurer, submissionId), { state: "received", endedAt: undefined });
  t.equal(await findAttempts(submissionId), 0);
  t.same(await flow.versions(insurer), []);
  await flow.processAll();
  t.match(await flow.find(insurer, submissionId), { state: "processed", counts: { accepted: 6_000 } });
  t.equal(await findAttempts(submissionId), 1);
  t.equal((await flow.versions(insurer)).length, 6_000);
});

t.test("a stop finishes what can be finished in its time", async (t) => {
  const insurer = await flow.admit();
  const { submissionId } = await flow.receive(insurer, file(insurer, "FINISHED"));
  const waiting = await flow.receive(insurer, file(insurer, "NOT-BEGUN"));
  const release = await holdMerges(flow.owner, insurer);
  const worker = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 10 });
  await untilLocksAreAwaited(flow.owner, 1);
  const stopped = worker.stop(5_000);
  await release();
  await stopped;
  t.equal((await flow.find(insurer, submissionId)).state, "processed");
  t.equal((await flow.find(insurer, waiting.submissionId)).state, "received", "and takes nothing new");
  await flow.processAll();
});

t.test("a submission is noticed at once, long before the worker would look by itself", async (t) => {
  const insurer = await flow.admit();
  const worker = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 3_600_000 });
  await until(async () => {
    const [row] = await flow.owner`select 1 from pg_stat_activity where query like 'listen%'`;
    return row !== undefined;
  });
  const { submissionId } = await flow.receive(insurer, file(insurer, "NOTICED"));
  await until(() => isProcessed(insurer, submissionId));
  await worker.stop(5_000);
  t.equal((await flow.find(insurer, submissionId)).state, "processed", "without waiting for an hour");
});
