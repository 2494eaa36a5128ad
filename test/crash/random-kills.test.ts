import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import type { Sql } from "../../src/database/sql.ts";
import { createRandom, type Random } from "../../src/synthetic/random.ts";
import { contradict, generateInput, generateMixture, type InputFile } from "./crash-inputs.ts";
import {
  checkSameOutcome,
  endSurvivors,
  openScene,
  readUninterruptedOutcome,
  type Scene,
  waitUntil,
} from "./crash-scene.ts";
import type { GatewayProcess } from "./gateway-process.ts";
import { KILLS } from "./kill-budget.ts";
import { countOutcomes, findHalfMerged } from "./outcome.ts";
import type { HeldReceipt } from "./sender.ts";

/** Repeat a run with CRASH_SEED=… npm test -- test/crash/random-kills.test.ts: same victims, same pauses. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000_000);
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 400;
/** Of so many rounds one leaves nobody alive. */
const ROUNDS_TO_NOBODY = 4;
const SHARE_AFTER_RECEIPT = 0.7;
const SHARE_WHILE_STARTING = 0.2;
const OBSERVATION_PAUSE_MS = 250;
const OUTCOMES = ["quiet accepted", "acceptedWithWarnings", "quiet unchanged", "rejected", "refused", "tested"];

const mixture = generateMixture({
  name: "RANDOM",
  count: 20,
  seed: 100,
  records: (index) => (index % 7 === 4 ? 3_000 : 200 + 40 * index),
});
const files: readonly InputFile[] = [
  ...mixture,
  contradict(mixture[0]!, "CONTRADICTED"),
  generateInput({ insurer: "alpha", reference: "LAST", records: 200, seed: 134, complete: true }),
];

type Receipts = Map<InputFile, Promise<HeldReceipt>>;

/** Sends a file once those it depends on have ended. The last one ends the initial load: nothing may come after it. */
async function submit(scene: Scene, receipts: Receipts, file: InputFile): Promise<HeldReceipt> {
  const sender = scene.senders[file.insurer];
  for (const [other, receiving] of [...receipts]) {
    const isBase = other.reference === file.after && other.insurer === file.insurer;
    if (!isBase && file.reference !== "LAST") continue;
    const { submissionId } = await receiving;
    if (isBase) await sender.follow(submissionId);
  }
  return await sender.submit(file);
}

/** One gateway that does all and one that only works; whoever is missing starts. */
function fillUp(scene: Scene, fleet: { whole?: GatewayProcess; worker?: GatewayProcess }): void {
  if (!fleet.whole?.isAlive()) fleet.whole = scene.start();
  if (!fleet.worker?.isAlive()) fleet.worker = scene.start({ ROLES: "worker" });
}

/** All, or one: now and then one that is still starting, otherwise one at work. */
function chooseVictims(alive: readonly GatewayProcess[], random: Random, round: number): readonly GatewayProcess[] {
  if (round % ROUNDS_TO_NOBODY === ROUNDS_TO_NOBODY - 1) return alive;
  const atWork = alive.filter((gateway) => gateway.isReady());
  return [random.pick(random.chance(SHARE_WHILE_STARTING) || atWork.length === 0 ? alive : atWork)];
}

/** In each round a file is sent and somebody dies while it is received or processed. */
async function sendAmongDeaths(scene: Scene, random: Random): Promise<Receipts> {
  const receipts: Receipts = new Map();
  const fleet = {};
  for (const [round, file] of files.entries()) {
    fillUp(scene, fleet);
    await waitUntil(() => scene.alive().some((gateway) => gateway.address() !== undefined), "a gateway serves");
    const receiving = submit(scene, receipts, file);
    receipts.set(file, receiving);
    if (random.chance(SHARE_AFTER_RECEIPT)) await receiving;
    // Early more often than late: most files are done within a tenth of a second.
    await sleep(SHORTEST_PAUSE_MS + random.fraction() ** 2 * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    const victims = chooseVictims(scene.alive(), random, round);
    for (const victim of victims) victim.signal("SIGKILL");
    await Promise.all(victims.map(({ ended }) => ended));
  }
  return receipts;
}

/** Looks again and again for a submission that is to be seen half merged, until told to stop. */
function observe(sql: Sql) {
  const halfMerged: string[] = [];
  let looks = 0;
  let isWanted = true;
  const looking = (async () => {
    for (; isWanted; looks += 1, await sleep(OBSERVATION_PAUSE_MS)) halfMerged.push(...(await findHalfMerged(sql)));
  })();
  return async () => {
    isWanted = false;
    await looking;
    return { halfMerged, looks };
  };
}

t.test("processes killed at random lose, double and change nothing", async (t) => {
  t.comment(`seed ${SEED}`);
  const expected = await readUninterruptedOutcome(t, files);
  const scene = await openScene(t);
  const { owner: sql } = scene;
  const stopObserving = observe(sql);
  const receipts = await sendAmongDeaths(scene, createRandom(SEED, 4));
  t.comment(`${scene.kills()} processes killed`);
  t.ok(scene.kills() >= KILLS["random-kills"]);

  await scene.startReady();
  for (const [file, receiving] of receipts) {
    const { submissionId, jws } = await receiving;
    const { state } = await scene.senders[file.insurer].follow(submissionId);
    t.match(state, /^(processed|refused|tested)$/, file.reference);
    const kept = await sql`select receipt_jws as jws from submission where submission_id = ${submissionId}`;
    t.same([...kept], [{ jws }], "its receipt is the one given");
  }
  const [again] = await sql<{ times: number }[]>`
    select coalesce(sum(attempts - 1), 0)::bigint as times from submission where attempts > 1`;
  t.ok(again!.times > 0, `${again!.times} times a submission was being processed when its process died`);
  const { halfMerged, looks } = await stopObserving();
  t.same(halfMerged, [], `half merged was never to be seen, in ${looks} looks`);
  await checkSameOutcome(t, sql, expected);
  const occurred = await countOutcomes(sql);
  t.comment(occurred);
  for (const outcome of OUTCOMES) t.ok(occurred[outcome], `${outcome} occurs`);
  await endSurvivors(t, scene);
});
