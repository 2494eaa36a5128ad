import t from "tap";
import { generateInput, type InputFile, padWithNoise } from "./crash-inputs.ts";
import { NOISE_BYTES, RECEIVE_PLACES } from "./crash-places.ts";
import { checkSameOutcome, findVictim, openScene, readUninterruptedOutcome } from "./crash-scene.ts";
import { KILLS } from "./kill-budget.ts";

function generateFiles(prefix: string, seed: number): InputFile[] {
  return RECEIVE_PLACES.map((_, index) => {
    const file = generateInput({
      insurer: index % 2 === 0 ? "alpha" : "beta",
      reference: `${prefix}-${index}`,
      records: 200,
      seed: seed + index,
      errors: 0.1,
    });
    return padWithNoise(file, NOISE_BYTES);
  });
}

const alone = generateFiles("ALONE", 50);
const beside = generateFiles("BESIDE", 60);
const expected = await readUninterruptedOutcome(t, [...alone, ...beside]);
const scene = await openScene(t);
const { owner: sql } = scene;

async function countSubmissions(reference: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*) as count from submission where reference = ${reference}`;
  return row!.count;
}

/** What is stored once the process has died: after the commit the submission, before it nothing at all. */
const storedAfter = (step: string) => (step === "receive.afterCommit" ? 1 : 0);

t.test("a sender whose only gateway dies while receiving repeats until it has a receipt", async (t) => {
  let gateway = await scene.startReady({ ROLES: "serve" });
  for (const [index, { step, occurrence }] of RECEIVE_PLACES.entries()) {
    const file = alone[index]!;
    scene.plan(step, occurrence);
    const receiving = scene.senders[file.insurer].submit(file);
    t.same(await gateway.ended, { code: null, signal: "SIGKILL" }, `${step} ${occurrence}`);
    t.equal(await countSubmissions(file.reference), storedAfter(step), "nothing is stored by halves");
    gateway = await scene.startReady({ ROLES: "serve" });
    const receipt = await receiving;
    t.equal(receipt.state, "received");
    t.equal(await countSubmissions(file.reference), 1, "exactly one submission results");
    t.same(await scene.senders[file.insurer].submit(file), receipt, "sent once more it gets the same receipt");
  }
});

t.test("a sender whose gateway dies while receiving gets its receipt from the one beside it", async (t) => {
  for (const [index, { step, occurrence }] of RECEIVE_PLACES.entries()) {
    const file = beside[index]!;
    const gateways = [...scene.alive(), await scene.startReady({ ROLES: "serve" })];
    scene.plan(step, occurrence);
    const receipt = await scene.senders[file.insurer].submit(file);
    const victim = await findVictim(gateways);
    t.same(await victim.ended, { code: null, signal: "SIGKILL" }, `${step} ${occurrence}`);
    t.equal(await countSubmissions(file.reference), 1, "exactly one submission results");
    t.same(await scene.senders[file.insurer].submit(file), receipt, "sent once more it gets the same receipt");
  }
});

t.test("nothing was lost, doubled or changed by the deaths while receiving", async (t) => {
  const worker = await scene.startReady({ ROLES: "worker" });
  for (const file of [...alone, ...beside]) {
    const sender = scene.senders[file.insurer];
    const { submissionId } = await sender.submit(file);
    t.equal((await sender.follow(submissionId)).state, "processed", file.reference);
  }
  await checkSameOutcome(t, scene.owner, expected);
  t.ok(worker.isAlive());
  t.comment(`${scene.kills()} processes killed`);
  t.ok(scene.kills() >= KILLS["receive-steps"]);
});
