import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createRandom } from "../../src/synthetic/random.ts";
import { contradict, generateInput, type InputFile, miscount, resend, reuseReference } from "./crash-inputs.ts";
import { checkSameOutcome, openScene, readUninterruptedOutcome, waitUntil } from "./crash-scene.ts";
import { KILLS } from "./kill-budget.ts";
import { countOutcomes, findHalfMerged } from "./outcome.ts";
import type { HeldReceipt } from "./sender.ts";

t.setTimeout(600_000);

/** Repeat a run with CRASH_SEED=… npm test -- test/crash/random-kills.test.ts: same victims, same pauses. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000_000);
const SHORTEST_LIFE_MS = 20;
const LONGEST_LIFE_MS = 1_200;
/** Of so many rounds in a row one leaves nobody alive. */
const ROUNDS_TO_NOBODY = 5;
const SHARE_AFTER_RECEIPT = 0.7;
const SHARE_WHILE_STARTING = 0.2;
const OBSERVATION_PAUSE_MS = 100;

const files = generateFiles();

function generateFiles(): InputFile[] {
  const independent = Array.from({ length: 22 }, (_, index) =>
    generateInput({
      insurer: index % 3 === 2 ? "beta" : "alpha",
      reference: `RANDOM-${index}`,
      records: index % 7 === 4 ? 3_000 : 200 + 40 * index,
      seed: 100 + index,
      errors: index % 4 === 0 ? 0 : 0.15,
    }),
  );
  const [first, second, third] = independent as [InputFile, InputFile, InputFile];
  return [
    ...independent,
    miscount(generateInput({ insurer: "alpha", reference: "MISCOUNTED", records: 300, seed: 131 })),
    generateInput({ insurer: "beta", reference: "CIRCUIT", records: 200, seed: 132, environment: "T" }),
    resend(second, "SENT-AGAIN"),
    contradict(first, "CONTRADICTED"),
    reuseReference(third),
    resend(third, "SENT-AGAIN"),
    generateInput({ insurer: "beta", reference: "LAST-BETA", records: 200, seed: 133, errors: 0.5 }),
    generateInput({ insurer: "alpha", reference: "LAST", records: 200, seed: 134, complete: true }),
  ];
}

t.test("processes killed at random lose, double and change nothing", async (t) => {
  t.comment(`seed ${SEED}`);
  const random = createRandom(SEED, 4);
  const expected = await readUninterruptedOutcome(t, files);
  const scene = await openScene(t, files);
  const { owner: sql } = scene;

  const halfMerged: string[] = [];
  let observations = 0;
  let isObserved = true;
  const observer = (async () => {
    for (; isObserved; observations += 1, await sleep(OBSERVATION_PAUSE_MS)) {
      halfMerged.push(...(await findHalfMerged(sql)));
    }
  })();

  const receipts = new Map<InputFile, Promise<HeldReceipt>>();
  const submit = async (file: InputFile): Promise<HeldReceipt> => {
    const sender = scene.senders[file.insurer];
    // The last file ends the initial load: whatever comes later than it is refused.
    const before = files.filter(({ reference }) => file.reference === "LAST" || reference === file.after);
    for (const [other, receipt] of [...receipts]) {
      if (!before.includes(other)) continue;
      const { submissionId } = await receipt;
      if (other.reference === file.after) await sender.follow(submissionId);
    }
    return await sender.submit(file);
  };
  /** Now and then one that is still starting, otherwise one at work. */
  const candidates = () => {
    const alive = scene.alive();
    const atWork = alive.filter((gateway) => gateway.address() !== undefined);
    return random.chance(SHARE_WHILE_STARTING) || atWork.length === 0 ? alive : atWork;
  };
  const isServed = () => scene.alive().some((gateway) => gateway.address() !== undefined);

  for (const [round, file] of files.entries()) {
    while (scene.alive().length < 2) scene.start();
    await waitUntil(isServed, "a gateway serves");
    const receiving = submit(file);
    receipts.set(file, receiving);
    if (random.chance(SHARE_AFTER_RECEIPT)) await receiving;
    // Early more often than late: most files are done within a tenth of a second.
    await sleep(SHORTEST_LIFE_MS + random.fraction() ** 2 * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
    const isForAll = round % ROUNDS_TO_NOBODY === ROUNDS_TO_NOBODY - 1;
    const victims = isForAll ? scene.alive() : [random.pick(candidates())];
    for (const victim of victims) victim.signal("SIGKILL");
    await Promise.all(victims.map(({ ended }) => ended));
  }
  t.comment(`${scene.kills()} processes killed`);
  t.ok(scene.kills() >= KILLS["random-kills"]);

  await scene.startReady();
  for (const [file, receiving] of receipts) {
    const receipt = await receiving;
    const { state } = await scene.senders[file.insurer].follow(receipt.submissionId);
    t.match(state, /^(processed|refused|tested)$/, file.reference);
    const kept = await sql`select receipt_jws as jws from submission where submission_id = ${receipt.submissionId}`;
    t.same([...kept], [{ jws: receipt.jws }], "its receipt is the one given");
  }
  const [again] = await sql<{ attempts: number }[]>`
    select sum(attempts - 1) as attempts from submission where attempts > 1`;
  t.ok(again!.attempts > 0, `${again!.attempts} times a submission was being processed when its process died`);
  isObserved = false;
  await observer;
  t.same(halfMerged, [], `half merged was never to be seen, in ${observations} looks`);
  await checkSameOutcome(t, scene.owner, expected);
  const occurred = await countOutcomes(sql);
  t.comment(occurred);
  for (const outcome of [
    "quiet accepted",
    "acceptedWithWarnings",
    "quiet unchanged",
    "rejected",
    "refused",
    "tested",
  ]) {
    t.ok(occurred[outcome], `${outcome} occurs`);
  }
  for (const gateway of scene.alive()) {
    gateway.signal("SIGTERM");
    t.same(await gateway.ended, { code: 0, signal: null }, "the survivors end in good order");
  }
  t.same(scene.printed(), [], "no process printed an error that nobody caught");
});
