import t from "tap";
import type { Step } from "../../src/intake/steps.ts";
import { releaseSubmission } from "../../src/operator/held-submissions.ts";
import { followUp, generateInput } from "./crash-inputs.ts";
import { PROCESS_PLACES } from "./crash-places.ts";
import { checkSameOutcome, openScene, readUninterruptedOutcome } from "./crash-scene.ts";
import { KILLS } from "./kill-budget.ts";
import { findHalfMerged, readOutcome } from "./outcome.ts";
import type { HeldReceipt } from "./sender.ts";

/** Records of a delta are staged in batches of 250: it passes every place, the second batch too. */
const load = generateInput({
  insurer: "alpha",
  reference: "LOAD",
  records: 300,
  seed: 71,
  errors: 0.03,
  complete: true,
});
const deltas = [1, 2, 3].map((sequence) => followUp(load, `DELTA-${sequence}`, sequence));
const expected = await readUninterruptedOutcome(t, [load, ...deltas]);
const scene = await openScene(t);
const door = await scene.startReady({ ROLES: "serve" });

t.test("a delta whose process dies at every step in turn is merged once, and the next ones behind it", async (t) => {
  const sender = scene.senders.alpha;
  const loader = scene.start({ ROLES: "worker" });
  await sender.follow((await sender.submit(load)).submissionId);
  loader.signal("SIGTERM");
  await loader.ended;
  // Received in the wrong order: the one that comes last runs first.
  const receipts: HeldReceipt[] = [];
  for (const delta of deltas.toReversed()) receipts.push(await sender.submit(delta));
  t.same(
    receipts.map(({ state }) => state),
    ["held", "held", "received"],
  );
  for (const { step, occurrence } of PROCESS_PLACES) {
    scene.plan(step, occurrence);
    const victim = scene.start({ ROLES: "worker" });
    t.same(await victim.ended, { code: null, signal: "SIGKILL" }, `${step} ${occurrence}`);
    t.same(await findHalfMerged(scene.owner), [], "nobody sees a delta half merged");
  }
  const survivors = [scene.start({ ROLES: "worker" }), scene.start({ ROLES: "worker" })];
  for (const { submissionId } of receipts) t.equal((await sender.follow(submissionId)).state, "processed");
  for (const survivor of survivors) survivor.signal("SIGTERM");
});

t.test("contracts and their histories are those of an uninterrupted run", async (t) => {
  await checkSameOutcome(t, scene.owner, expected);
  const { lines } = await readOutcome(scene.owner);
  for (const action of ["close", "modify", "reopen", "cancel"])
    t.ok(
      lines.some((line) => line.includes(`"action":"${action}"`)),
      `${action} occurs`,
    );
});

t.test("one that is held for what it changes is held once, and released merged once", async (t) => {
  const sender = scene.senders.alpha;
  const announced = followUp(load, "DELTA-4", 4);
  const body = Buffer.from(announced.body.toString().replace(' expectedClosureShare="1"', ""));
  const { submissionId } = await sender.submit({ ...announced, body });
  const stateOf = async () =>
    (await scene.owner`select state, held_reason as reason from submission where submission_id = ${submissionId}`)[0];
  const dieAt = async (step: Step) => {
    scene.plan(step);
    t.same(await scene.start({ ROLES: "worker" }).ended, { code: null, signal: "SIGKILL" }, step);
  };
  for (const step of ["process.contractsMerged", "process.beforeCommit"] as const) {
    await dieAt(step);
    t.match(await stateOf(), { state: "processing" });
  }
  await dieAt("process.afterCommit");
  t.match(await stateOf(), { state: "held", reason: "massChange" });
  const told = await scene.owner`
    select (select count(*)::int from event where kind = 'submissionHeld' and details->>'submissionId' = ${submissionId}) as events,
      (select count(*)::int from notice) as notices, (select count(*)::int from alarm where code = 'massChangeHeld') as alarms`;
  t.same(told[0], { events: 1, notices: 1, alarms: 1 });
  await scene.database.institute.begin((tx) => releaseSubmission(tx, { account: "test" }, { submissionId }));
  await dieAt("process.beforeCommit");
  const survivor = scene.start({ ROLES: "worker" });
  t.equal((await sender.follow(submissionId)).state, "processed");
  t.same(await findHalfMerged(scene.owner), []);
  survivor.signal("SIGTERM");
  await survivor.ended;
  door.signal("SIGTERM");
  t.same(await door.ended, { code: 0, signal: null });
  t.ok(scene.kills() >= KILLS["delta-steps"]);
});
