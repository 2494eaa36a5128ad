import t, { type Test } from "tap";
import type { Step } from "../../src/intake/steps.ts";
import { generateInput, type InputFile, miscount } from "./crash-inputs.ts";
import { type Place, PROCESS_PLACES, TWO_BATCHES } from "./crash-places.ts";
import { checkSameOutcome, findVictim, openScene, readUninterruptedOutcome, waitUntil } from "./crash-scene.ts";
import type { LogLine } from "./gateway-process.ts";
import { KILLS } from "./kill-budget.ts";
import { findHalfMerged } from "./outcome.ts";

/** Where a file that is refused once it is read passes, besides those where the reading is. */
const REFUSAL_PLACES = PROCESS_PLACES.filter(({ step }) =>
  ["process.beforeCommit", "process.afterCommit"].includes(step),
);
/** A survivor notices within the poll interval of 100 ms; the rest is patience with a busy machine. */
const TAKEOVER_MS = 5_000;
const RESUMED = "a submission is taken up again from its beginning";

const inTurn = generateInput({ insurer: "alpha", reference: "IN-TURN", records: TWO_BATCHES, seed: 31, errors: 0.05 });
const refused = miscount(generateInput({ insurer: "beta", reference: "REFUSED", records: 300, seed: 32, errors: 0.1 }));
const takenOver = PROCESS_PLACES.map(({ occurrence }, index) =>
  generateInput({
    insurer: "alpha",
    reference: `TAKEN-${index}`,
    records: occurrence === 1 ? 400 : TWO_BATCHES,
    seed: 40 + index,
    errors: 0.1,
  }),
);
const files = [inTurn, refused, ...takenOver];
const expected = await readUninterruptedOutcome(t, files);
const scene = await openScene(t);
const { owner: sql } = scene;
// The door only receives: no plan about processing reaches it.
const door = await scene.startReady({ ROLES: "serve" });

async function readAttempts(submissionId: string): Promise<number> {
  const [row] = await sql<{ attempts: number }[]>`
    select attempts from submission where submission_id = ${submissionId}`;
  return row!.attempts;
}

const stateAfter = (step: Step, endState: string) => (step === "process.afterCommit" ? endState : "processing");

/** What the sender is told of it while it is processed: nothing once it has ended. */
const phaseAfter = (step: Step) => {
  if (step === "process.afterCommit") return undefined;
  return step === "process.claimed" || step === "process.batchStaged" ? "reading" : "merging";
};

/** One process after the other dies on the same submission, each a step later, until one has committed. */
async function killInTurn(t: Test, file: InputFile, places: readonly Place[], endState: string): Promise<void> {
  const sender = scene.senders[file.insurer];
  const { submissionId } = await sender.submit(file);
  for (const { step, occurrence } of places) {
    scene.plan(step, occurrence);
    const victim = scene.start({ ROLES: "worker" });
    t.same(await victim.ended, { code: null, signal: "SIGKILL" }, `${step} ${occurrence}`);
    const { state, progress } = await sender.find(submissionId);
    t.equal(state, stateAfter(step, endState), "the sender sees its state");
    if (endState === "processed") t.equal(progress?.phase, phaseAfter(step), `${step}: and how far it is`);
    t.same(await findHalfMerged(sql), [], "nobody sees it half merged");
  }
  t.equal((await sender.follow(submissionId)).state, endState);
  t.equal(await readAttempts(submissionId), places.length, "each process took it up anew");
}

t.test("a submission whose process dies at every step in turn is merged once", async (t) => {
  await killInTurn(t, inTurn, PROCESS_PLACES, "processed");
});

t.test("a submission whose process dies while refusing it is refused once", async (t) => {
  await killInTurn(t, refused, REFUSAL_PLACES, "refused");
});

t.test("of two processes at work the one that is left takes over at once", async (t) => {
  let survivor = await scene.startReady({ ROLES: "worker" });
  const sender = scene.senders.alpha;
  for (const [index, { step, occurrence }] of PROCESS_PLACES.entries()) {
    const workers = [survivor, await scene.startReady({ ROLES: "worker" })];
    scene.plan(step, occurrence);
    const { submissionId } = await sender.submit(takenOver[index]!);
    const victim = await findVictim(workers);
    const diedAt = performance.now();
    survivor = workers.find((worker) => worker !== victim)!;
    if (step !== "process.afterCommit") {
      await waitUntil(async () => (await readAttempts(submissionId)) === 2, `${step} is taken over`);
      const tookMs = Math.round(performance.now() - diedAt);
      t.ok(tookMs < TAKEOVER_MS, `${step} ${occurrence}: taken over after ${tookMs} ms`);
      const saysSo = ({ msg, ...line }: LogLine) =>
        msg === RESUMED && line.submissionId === submissionId && line.attempt === 2;
      await waitUntil(() => survivor.log.some(saysSo), "the log says that it is taken up again");
    }
    t.equal((await sender.follow(submissionId)).state, "processed");
    t.same(await findHalfMerged(sql), []);
  }
  survivor.signal("SIGTERM");
  t.same(await survivor.ended, { code: 0, signal: null }, "the last survivor ends in good order");
});

t.test("nothing was lost, doubled or changed by the deaths while processing", async (t) => {
  await checkSameOutcome(t, scene.owner, expected);
  door.signal("SIGTERM");
  t.same(await door.ended, { code: 0, signal: null });
  t.comment(`${scene.kills()} processes killed`);
  t.ok(scene.kills() >= KILLS["process-steps"]);
});
