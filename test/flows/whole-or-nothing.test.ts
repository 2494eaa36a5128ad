import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { startWorker } from "../../src/intake/worker.ts";
import { composeFile, composeRecord, composeRecords } from "./compose-file.ts";
import { holdLock, untilLocksAreAwaited } from "./hold-lock.ts";
import { type Insurer, openIntake, until } from "./open-intake.ts";
import { loadTestRegister } from "./test-register.ts";

const RECORDS = 9_000;
const REJECTED_EVERY = 10;

const flow = await openIntake(t);
await loadTestRegister(t, flow.database);
const { owner: plain } = flow;

/** What any reader sees of an insurer at one instant. */
interface Sight {
  readonly state: string;
  readonly recordsRead: number;
  readonly counted: boolean;
  readonly contracts: number;
  readonly versions: number;
  readonly results: number;
  readonly blocks: number;
}

async function look({ insurerId }: Insurer, submissionId: string): Promise<Sight> {
  const [sight] = await plain<Sight[]>`
    select state, records_read as "recordsRead", accepted_count is not null as counted,
      (select count(*) from contract where insurer_id = ${insurerId}) as contracts,
      (select count(*) from contract_version where insurer_id = ${insurerId}) as versions,
      (select count(*) from record_result where insurer_id = ${insurerId}) as results,
      (select coalesce(sum(record_count), 0)::int from quiet_result_block where insurer_id = ${insurerId}) as blocks
    from submission where insurer_id = ${insurerId} and submission_id = ${submissionId}`;
  return sight!;
}

const REJECTED = RECORDS / REJECTED_EVERY;
const ACCEPTED = RECORDS - REJECTED;
const WHOLE = { counted: true, contracts: ACCEPTED, versions: ACCEPTED, results: REJECTED, blocks: ACCEPTED };
const NOTHING = { counted: false, contracts: 0, versions: 0, results: 0, blocks: 0 };

t.test("while a file is processed nobody sees any of it, then everybody sees all of it", async (t) => {
  const insurer = await flow.admit();
  const records = Array.from({ length: RECORDS }, (_, index) =>
    composeRecord(`R-${index}`, {
      contractNumber: `C-${index}`,
      ...(index % REJECTED_EVERY === 0 && { startOn: "2019-02-30" }),
    }),
  );
  const file = composeFile({ sender: insurer.enterpriseNumber, reference: "WHOLE", records });
  const { submissionId } = await flow.receive(insurer, file);

  const steps: unknown[] = [];
  const onStep = (step: unknown) => {
    steps.push(step);
    // A slow machine: long enough for progress to be shown between the batches.
    if (step === "process.batchStaged") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  };
  subscribe("infoss:step", onStep);
  t.teardown(() => unsubscribe("infoss:step", onStep));

  // The last table that is written before the end: the contracts are merged by then, and not committed.
  const release = await holdLock(flow.owner, (tx) => tx`lock table quiet_result_block in exclusive mode`);
  const sights: Sight[] = [];
  let watching = true;
  const watcher = (async () => {
    while (watching) {
      sights.push(await look(insurer, submissionId));
      await sleep(2);
    }
  })();
  const worker = startWorker(flow.intake, { concurrency: 1, pollIntervalMs: 20 });
  await until(() => steps.includes("process.contractsMerged"));
  await untilLocksAreAwaited(flow.owner, 1);
  const merged = sights.length;
  await until(() => sights.length > merged + 20);
  t.match(
    sights.at(-1),
    { state: "processing", recordsRead: RECORDS, ...NOTHING },
    "merged and not committed is nothing yet",
  );
  await release();
  await until(async () => (await look(insurer, submissionId)).state === "processed");
  watching = false;
  await watcher;
  await worker.stop(5_000);

  const otherwise = sights.filter(({ state, recordsRead: _read, ...sight }) => {
    const expected = state === "processed" ? WHOLE : NOTHING;
    return JSON.stringify(sight) !== JSON.stringify(expected);
  });
  t.same(otherwise, [], `${sights.length} looks, each whole or nothing`);
  t.match(await look(insurer, submissionId), { state: "processed", recordsRead: RECORDS, ...WHOLE });

  const progress = sights.filter((sight) => sight.state === "processing").map((sight) => sight.recordsRead);
  t.same(
    progress,
    progress.toSorted((one, other) => one - other),
    "progress only grows",
  );
  t.ok(
    progress.some((read) => read > 0 && read < RECORDS),
    `progress is shown on the way: ${[...new Set(progress)]}`,
  );
});

t.test("a file refused at its last byte leaves no contract, no version and no outcome", async (t) => {
  const insurer = await flow.admit();
  const records = composeRecords(3_000);
  const sound = (reference: string, recordCount = records.length) =>
    composeFile({ sender: insurer.enterpriseNumber, reference, records, recordCount });
  const files: Record<string, [file: string | Buffer, code: string]> = {
    "without its last character": [sound("REFUSED-1").trimEnd().slice(0, -1), "notWellFormed"],
    "without its last tag": [sound("REFUSED-2").replace("</contractFile>\n", ""), "notWellFormed"],
    "with one record less than it says": [sound("REFUSED-3", records.length + 1), "recordCountMismatch"],
    "with one record more than it says": [sound("REFUSED-4", records.length - 1), "recordCountMismatch"],
    "with something after its end": [`${sound("REFUSED-5")}x`, "notWellFormed"],
    "with a second root": [`${sound("REFUSED-6")}<contractFile/>`, "notWellFormed"],
    "with a byte that is not UTF-8 at its end": [
      Buffer.concat([Buffer.from(sound("REFUSED-7")), Buffer.from([0xff])]),
      "encodingNotSupported",
    ],
  };
  for (const [what, [file, code]] of Object.entries(files)) {
    const submission = await flow.submit(insurer, file);
    t.match(submission, { state: "refused", findings: [{ code }], endedAt: Date }, what);
    t.equal(submission.counts, undefined);
    t.match(await look(insurer, submission.submissionId), NOTHING);
    t.same(await flow.results(insurer, submission.submissionId), []);
  }
  t.equal((await flow.submit(insurer, sound("REFUSED-1"))).state, "processed", "whole, the first is taken");
});

t.test("a file cut off anywhere is refused and leaves nothing", async (t) => {
  const insurer = await flow.admit();
  const whole = composeFile({
    sender: insurer.enterpriseNumber,
    reference: "CUT",
    records: composeRecords(2),
  }).trimEnd();
  const lengths = Array.from({ length: whole.length }, (_, length) => length).filter((length) => length % 13 === 0);
  const tickets: string[] = [];
  for (const length of lengths) {
    // Under a reference of its own, or the second would be a file sent before: the same length, another name.
    const reference = `C${String(length).padStart(2, "0")}`.slice(-3);
    const file = whole.replace('reference="CUT"', `reference="${reference}"`).slice(0, length);
    tickets.push((await flow.receive(insurer, file)).submissionId);
  }
  await flow.processAll();
  for (const [index, ticket] of tickets.entries()) {
    const { state, findings } = await flow.find(insurer, ticket);
    const code = lengths[index] === 0 ? "emptyFile" : "notWellFormed";
    if (state !== "refused" || findings[0]?.code !== code) t.fail(`cut at ${lengths[index]}: ${state}`);
  }
  t.ok(tickets.length > 50);
  t.match(await look(insurer, tickets[0]!), NOTHING);
});
