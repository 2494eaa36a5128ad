import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createRandom } from "../../src/synthetic/random.ts";
import { generateMixture } from "./crash-inputs.ts";
import { checkSameOutcome, endSurvivors } from "./crash-scene.ts";
import type { GatewayProcess } from "./gateway-process.ts";
import { KILLS } from "./kill-budget.ts";
import { checkAnswers, dropInOrder, openSftpScene, readUndisturbedDrops, type SftpScene } from "./sftp-scene.ts";

/** Repeat a run with CRASH_SEED=… npm test -- test/crash/sftp-random-kills.test.ts. */
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000_000);
const DROPS = 60;
const DROPS_PER_KILL = 4;
const LONGEST_PAUSE_MS = 300;

const files = generateMixture({
  name: "DROP",
  count: DROPS - 6,
  seed: 300,
  records: (index) => (index % 11 === 5 ? 1_500 : 40 + 5 * index),
});

/** Two gateways: one is a client of the server, the other has the folders on its disk. */
function fillUp(scene: SftpScene, fleet: GatewayProcess[]): void {
  for (const [index, settings] of [{}, scene.ownServerSettings].entries()) {
    if (!fleet[index]?.isAlive()) fleet[index] = scene.start(settings);
  }
}

t.test("gateways killed at random during sixty drops lose, double and change nothing", async (t) => {
  t.comment(`seed ${SEED}`);
  t.equal(files.length, DROPS);
  const expected = await readUndisturbedDrops(t, files);
  const scene = await openSftpScene(t);
  const random = createRandom(SEED, 4);
  const fleet: GatewayProcess[] = [];
  fillUp(scene, fleet);
  await Promise.all(fleet.map(({ ready }) => ready));
  await dropInOrder(scene, files, async (_file, index) => {
    await sleep(random.fraction() * LONGEST_PAUSE_MS);
    if (index % DROPS_PER_KILL !== DROPS_PER_KILL - 1) return;
    // Now and then nobody is left.
    const isAll = random.chance(0.25);
    const victims = isAll ? [...fleet] : [random.pick(fleet)];
    for (const victim of victims) victim.signal("SIGKILL");
    await Promise.all(victims.map(({ ended }) => ended));
    fillUp(scene, fleet);
    await Promise.race(fleet.map(({ ready }) => ready));
  });
  t.comment(`${scene.kills()} processes killed`);
  t.ok(scene.kills() >= KILLS["sftp-random-kills"]);
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  await endSurvivors(t, scene);
});
