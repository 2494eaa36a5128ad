import t from "tap";
import { listEvents } from "../../src/events/feed.ts";
import { endInitialLoad } from "../../src/intake/complete-initial-load.ts";
import { settleOverdueDeltas } from "../../src/intake/delta-queue.ts";
import { receiveSubmission } from "../../src/intake/receive-submission.ts";
import { cancelSubmission } from "../../src/intake/submission-queries.ts";
import { startWorker } from "../../src/intake/worker.ts";
import { listHeld, refuseSubmission, releaseSubmission } from "../../src/operator/held-submissions.ts";
import { listNotices } from "../../src/operator/notices.ts";
import { replaySubmission } from "../../src/operator/quarantine.ts";
import { composeFile, composeRecord, composeRecords, type Fields } from "./compose-file.ts";
import { type Insurer, openIntake, until } from "./open-intake.ts";
import { loadTestRegister, PROVIDERS } from "./test-register.ts";

const flow = await openIntake(t, { processingAttempts: 1, massChange: { percent: 10, minimum: 3 } });
const { database, owner } = flow;
await loadTestRegister(t, database);

const CONTRACTS = 40;
const HOUR_MS = 3_600_000;
const OPERATOR = { account: "mia" };

/** An insurer with contracts C-1 to C-40, of which four may be closed at once. */
async function openLive(contracts = CONTRACTS): Promise<Insurer> {
  const insurer = await flow.admit();
  const sender = insurer.enterpriseNumber;
  await flow.submit(insurer, composeFile({ sender, reference: "LOAD", records: composeRecords(contracts) }));
  await endInitialLoad(database.asInsurer(insurer.insurerId), new Date());
  return insurer;
}

const key = (number: number | string) => ({
  contractNumber: typeof number === "number" ? `C-${number}` : number,
  inamiNumber: PROVIDERS.current.inamiNumber,
});
const closing = (number: number, endOn = "2026-12-31", fields: Fields = {}) =>
  composeRecord(`R-${number}`, { ...key(number), endOn, reason: "terminated", ...fields }, "close");
const cancelling = (number: number) => composeRecord(`X-${number}`, { ...key(number), reason: "error" }, "cancel");
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const closingAll = (count: number) => upTo(count).map((number) => closing(number));

function delta({ enterpriseNumber: sender }: Insurer, sequence: number, records: string[], share?: string): string {
  const attributes = ` sequence="${sequence}"${share === undefined ? "" : ` expectedClosureShare="${share}"`}`;
  return composeFile({ sender, reference: `D-${sequence}`, kind: "delta", attributes, records });
}

async function tell(insurer: Insurer, ...tickets: string[]): Promise<string[]> {
  const submissions = await Promise.all(tickets.map((ticket) => flow.find(insurer, ticket)));
  return submissions.map(({ state, heldReason }) => (heldReason ? `${state} ${heldReason}` : state));
}

async function told({ insurerId }: Insurer): Promise<string[]> {
  const events = await listEvents(database.asInsurer(insurerId), { after: 0, limit: 100 });
  return events.map(({ kind, details }) =>
    [kind, details.reference, details.heldReason].filter((part) => part !== undefined).join(" "),
  );
}

const release = (submissionId: string) =>
  database.institute.begin((tx) => releaseSubmission(tx, OPERATOR, { submissionId }));
const refuse = (submissionId: string) =>
  database.institute.begin((tx) => refuseSubmission(tx, OPERATOR, { submissionId }));
const countEnded = async ({ insurerId }: Insurer) => {
  const [row] = await owner<{ count: number }[]>`
    select count(*)::int as count from contract_version
    where insurer_id = ${insurerId} and superseded_at is null and (end_on is not null or action = 'cancel')`;
  return row!.count;
};

t.test("a delta that closes too many contracts is held whole; insurer and operators are told", async (t) => {
  const insurer = await openLive();
  const before = await flow.versions(insurer);
  const records = [...closingAll(5), composeRecord("N", { contractNumber: "N-1" })];
  const held = await flow.submit(insurer, delta(insurer, 1, records));
  const details = { closures: 5, contracts: CONTRACTS, percent: 10 };
  t.match(held, { state: "held", heldReason: "massChange", findings: [{ code: "massChange", details }] });
  t.same([held.heldUntil, held.endedAt, held.counts], [undefined, undefined, undefined]);
  t.same(await flow.versions(insurer), before, "nothing of it is merged");
  t.same(await told(insurer), ["submissionProcessed LOAD", "submissionHeld D-1 massChange"]);
  const { submissionId } = held;
  const [notice] = await listNotices(database.asInsurer(insurer.insurerId), { limit: 10 });
  t.match(notice, { kind: "massChangeHeld", details: { submissionId, reference: "D-1", closures: 5 } });
  const alarm = { code: "massChangeHeld", submissionId, closures: 5, contracts: CONTRACTS, msg: "alarm" };
  t.match(
    flow.logLines.filter(({ code }) => code === "massChangeHeld"),
    [alarm],
  );
  t.match(await listHeld(database.institute, { limit: 10 }), [
    { submissionId, enterpriseNumber: insurer.enterpriseNumber, sequence: 1, ...details },
  ]);

  const [two, four] = [
    await flow.receive(insurer, delta(insurer, 2, [cancelling(9)])),
    await flow.receive(insurer, delta(insurer, 4, [])),
  ].map((reception) => reception.submissionId) as [string, string];
  await settleOverdueDeltas(flow.intake, new Date(Date.now() + 1_000 * HOUR_MS));
  t.same(await tell(insurer, two, four), ["held predecessorHeld", "held predecessorHeld"], "without limit");
  const act = await release(submissionId);
  t.match(act, { act: "submissionReleased", insurerId: insurer.insurerId, details: { submissionId, ...details } });
  await flow.processAll();
  t.same(await tell(insurer, submissionId, two, four), ["processed", "processed", "held sequenceGap"]);
  const done = await flow.find(insurer, submissionId);
  t.match(done, { findings: [{ code: "massChange", details }], counts: { received: 6, accepted: 6 } });
  t.equal(await countEnded(insurer), 6);
  t.same(
    (await told(insurer)).filter((line) => line.includes("D-1")),
    ["submissionHeld D-1 massChange", "submissionReleased D-1", "submissionProcessed D-1"],
  );
  await t.rejects(release(submissionId), { code: "notHeld" });
  await settleOverdueDeltas(flow.intake, new Date(Date.now() + 24.1 * HOUR_MS));
  t.same(await tell(insurer, four), ["refused"], "the patience with the gap behind it began when it was processed");
});

t.test("what counts is what the merge did, not what the file says", async (t) => {
  const free: [string, string[], string?][] = [
    ["as many as the share", closingAll(4)],
    ["fewer than the least number", closingAll(2), "0"],
    ["rejected ones", [...closingAll(4), ...upTo(9).map((n) => cancelling(n + 100))]],
    ["a contract twice", [...closingAll(4), cancelling(4)]],
    [
      "closes that are taken back",
      [...closingAll(9), ...upTo(5).map((n) => composeRecord(`B-${n}`, { ...key(n), reason: "no" }, "reopen"))],
    ],
    [
      "contracts that the file itself declares",
      [
        ...upTo(9).map((n) => composeRecord(`N-${n}`, { contractNumber: `C-${n + 100}` })),
        ...upTo(9).map((n) => closing(n + 100)),
      ],
    ],
    ["what the root announces", closingAll(20), "0.5"],
  ];
  for (const [what, records, share] of free) {
    const insurer = await openLive();
    t.equal((await flow.submit(insurer, delta(insurer, 1, records, share))).state, "processed", what);
  }
  const held: [string, string[], number, string?][] = [
    ["closed and cancelled ones", [...closingAll(3), cancelling(7), cancelling(8)], 5],
    ["more than announced", closingAll(21), 21, "0.5"],
    ["announcing less than is allowed allows no less", closingAll(5), 5, "0.01"],
    ["new ones do not make room", [...closingAll(5), ...composeRecords(50, "N")], 5],
    [
      "a start that is mended by cancel and new",
      upTo(5).flatMap((n) => [
        cancelling(n),
        composeRecord(`S-${n}`, { contractNumber: `C-${n}`, startOn: "2020-01-01" }),
      ]),
      5,
    ],
  ];
  for (const [what, records, closures, share] of held) {
    const insurer = await openLive();
    const { state, findings } = await flow.submit(insurer, delta(insurer, 1, records, share));
    t.match({ state, findings }, { state: "held", findings: [{ details: { closures, contracts: CONTRACTS } }] }, what);
  }
});

t.test("an end that is corrected counts where it covers fewer days", async (t) => {
  const insurer = await openLive();
  await flow.submit(insurer, delta(insurer, 1, closingAll(40), "1"));
  const later = upTo(9).map((number) => closing(number, "2027-06-30"));
  t.equal((await flow.submit(insurer, delta(insurer, 2, later))).state, "processed");
  const earlier = upTo(9).map((number) => closing(number, "2025-06-30"));
  t.match(await flow.submit(insurer, delta(insurer, 3, earlier)), {
    state: "held",
    findings: [{ details: { closures: 9 } }],
  });
});

t.test("a refused one is refused for good, its number is free, and those behind it wait for it", async (t) => {
  const insurer = await openLive();
  const held = await flow.submit(insurer, delta(insurer, 1, closingAll(9)));
  const { submissionId: two } = await flow.receive(insurer, delta(insurer, 2, [cancelling(20)]));
  await refuse(held.submissionId);
  const details = { closures: 9, contracts: CONTRACTS };
  t.match(await flow.find(insurer, held.submissionId), {
    state: "refused",
    findings: [{ code: "massChangeRefused", details }],
    endedAt: Date,
  });
  await settleOverdueDeltas(flow.intake, new Date());
  t.same(await tell(insurer, two), ["held sequenceGap"]);
  t.match((await flow.find(insurer, two)).heldUntil, Date);
  await t.rejects(refuse(held.submissionId), { code: "notHeld" });
  const mended = await flow.submit(insurer, delta(insurer, 1, closingAll(2)));
  t.same(await tell(insurer, mended.submissionId, two), ["processed", "processed"]);
  t.equal(await countEnded(insurer), 3);
});

t.test("its insurer may cancel it; then nobody can release it", async (t) => {
  const insurer = await openLive();
  const held = await flow.submit(insurer, delta(insurer, 1, closingAll(9)));
  const { submissionId: two } = await flow.receive(insurer, delta(insurer, 2, [cancelling(20)]));
  t.equal(await cancelSubmission(database.asInsurer(insurer.insurerId), held.submissionId), "cancelled");
  t.same(await tell(insurer, held.submissionId, two), ["cancelled", "held sequenceGap"]);
  await t.rejects(release(held.submissionId), { code: "notHeld" });
  await t.rejects(release("019aa9d2-5f4e-7cc1-9b3a-2f1c5f0e7a10"), { code: "submissionNotFound" });
  t.equal(await countEnded(insurer), 0);
});

t.test("a release and a cancellation at once: one of them wins", async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const insurer = await openLive();
    const { submissionId } = await flow.submit(insurer, delta(insurer, 1, closingAll(9)));
    const [released, cancelled] = await Promise.allSettled([
      release(submissionId),
      cancelSubmission(database.asInsurer(insurer.insurerId), submissionId),
    ]);
    await flow.processAll();
    const [state] = await tell(insurer, submissionId);
    const isReleased = released.status === "fulfilled";
    // What is released waits for a worker, and may still be cancelled there.
    if (state === "processed") t.ok(isReleased);
    else t.match(cancelled, { value: "cancelled" });
    t.equal(await countEnded(insurer), state === "processed" ? 9 : 0);
  }
});

t.test("several gateways: it is held once, and after the release merged once", async (t) => {
  const insurer = await openLive();
  const workers = upTo(3).map(() => startWorker(flow.intake, { concurrency: 2, pollIntervalMs: 5 }));
  const tickets: string[] = [];
  for (const [sequence, records] of [closingAll(9), [cancelling(20)], [cancelling(21)]].entries()) {
    tickets.push((await flow.receive(insurer, delta(insurer, sequence + 1, records))).submissionId);
  }
  const first = tickets[0]!;
  await until(async () => (await tell(insurer, ...tickets)).every((state) => state.startsWith("held")));
  t.same(await tell(insurer, ...tickets), ["held massChange", "held predecessorHeld", "held predecessorHeld"]);
  await release(first);
  await until(async () => (await tell(insurer, ...tickets)).every((state) => state === "processed"));
  await Promise.all(workers.map((worker) => worker.stop(5_000)));
  t.equal(await countEnded(insurer), 11);
  t.equal((await told(insurer)).filter((line) => line === "submissionHeld D-1 massChange").length, 1);
  const notices = await listNotices(database.asInsurer(insurer.insurerId), { limit: 10 });
  t.equal(notices.length, 1);
});

t.test("a released one that is quarantined and replayed is still released", async (t) => {
  const insurer = await openLive();
  const { submissionId } = await flow.submit(insurer, delta(insurer, 1, closingAll(9)));
  await release(submissionId);
  await owner`update submission set attempts = 1 where submission_id = ${submissionId}`;
  await flow.processAll();
  t.same(await tell(insurer, submissionId), ["quarantined"]);
  await t.rejects(
    database.institute.begin((tx) => tx`update submission set state = 'held' where submission_id = ${submissionId}`),
    { code: /42501|23514/ },
  );
  await database.institute.begin((tx) => replaySubmission(tx, OPERATOR, { submissionId }));
  await flow.processAll();
  t.same(await tell(insurer, submissionId), ["processed"]);
});

t.test("operators can refuse nothing that was not held for what it changes", async (t) => {
  const insurer = await openLive();
  const { submissionId } = await flow.receive(insurer, delta(insurer, 2, []));
  const { count } = await database.institute.begin(
    (tx) => tx`update submission set state = 'refused', held_reason = null where submission_id = ${submissionId}`,
  );
  t.equal(count, 0);
  t.same(await tell(insurer, submissionId), ["held sequenceGap"]);
});

t.test("a dry run says the same as the real run, and is held by nobody", async (t) => {
  const insurer = await openLive();
  const file = delta(insurer, 1, closingAll(9));
  const body = (async function* () {
    yield Buffer.from(file);
  })();
  const dry = await receiveSubmission(flow.intake, { insurers: [insurer], channel: "rest", body, isDryRun: true });
  await flow.processAll();
  const { state, findings } = await flow.find(insurer, dry.submissionId);
  t.equal(state, "tested");
  const real = await flow.submit(insurer, file);
  t.same(findings, real.findings);
  t.equal(real.state, "held");
  t.equal((await listNotices(database.asInsurer(insurer.insurerId), { limit: 10 })).length, 1);
});
