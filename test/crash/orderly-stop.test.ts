import { once } from "node:events";
import { connect } from "node:tls";
import t from "tap";
import { generateInput, padWithNoise } from "./crash-inputs.ts";
import { NOISE_BYTES, TWO_BATCHES } from "./crash-places.ts";
import { checkSameOutcome, openScene, readUninterruptedOutcome } from "./crash-scene.ts";

const IN_GOOD_ORDER = { code: 0, signal: null };

const handedBack = generateInput({ insurer: "alpha", reference: "HANDED-BACK", records: TWO_BATCHES, seed: 160 });
const finished = generateInput({
  insurer: "beta",
  reference: "FINISHED",
  records: TWO_BATCHES,
  seed: 161,
  errors: 0.1,
});
const received = padWithNoise(
  generateInput({ insurer: "alpha", reference: "RECEIVED", records: 200, seed: 162, errors: 0.1 }),
  NOISE_BYTES,
);
const waiting = [163, 164, 165].map((seed) =>
  generateInput({ insurer: "beta", reference: `WAITING-${seed}`, records: 200, seed }),
);
const files = [handedBack, finished, received, ...waiting];
const expected = await readUninterruptedOutcome(t, files);
const scene = await openScene(t);
const { owner: sql } = scene;
const door = await scene.startReady({ ROLES: "serve" });

async function readProgress(submissionId: string) {
  const rows = await sql`select state, attempts from submission where submission_id = ${submissionId}`;
  return { ...rows[0] };
}

t.test("SIGTERM while processing hands back what takes too long, and another process takes it up", async (t) => {
  const { submissionId } = await scene.senders.alpha.submit(handedBack);
  scene.plan("process.claimed", 1, "SIGTERM");
  const stopped = scene.start({ ROLES: "worker", SHUTDOWN_TIMEOUT_MS: "0" });
  t.same(await stopped.ended, IN_GOOD_ORDER);
  t.same(await readProgress(submissionId), { state: "received", attempts: 0 }, "a stop is not a failed attempt");

  scene.plan("process.claimed", 1, "SIGTERM");
  const workers = [1, 2].map(() => scene.start({ ROLES: "worker", SHUTDOWN_TIMEOUT_MS: "0" }));
  t.equal((await scene.senders.alpha.follow(submissionId)).state, "processed", "one is stopped, the other works on");
  t.same(await readProgress(submissionId), { state: "processed", attempts: 1 });
  for (const worker of workers) {
    await worker.ready;
    worker.signal("SIGTERM");
    t.same(await worker.ended, IN_GOOD_ORDER);
  }
});

t.test("SIGTERM while processing finishes what it has time for", async (t) => {
  const { submissionId } = await scene.senders.beta.submit(finished);
  scene.plan("process.batchStaged", 1, "SIGTERM");
  t.same(await scene.start({ ROLES: "worker" }).ended, IN_GOOD_ORDER);
  t.same(await readProgress(submissionId), { state: "processed", attempts: 1 });
});

t.test("SIGTERM takes no further submission, however long a request keeps the door from closing", async (t) => {
  for (const file of waiting) await scene.senders.beta.submit(file);
  const stateOfWaiting = sql`reference like 'WAITING-%' and environment = 'S'`;
  await sql`update submission set retry_at = now() + interval '1 hour' where ${stateOfWaiting}`;
  const gateway = await scene.startReady({
    ROLES: "serve,worker",
    WORKER_CONCURRENCY: "1",
    SHUTDOWN_TIMEOUT_MS: "3000",
  });
  const { hostname, port } = new URL(gateway.address()!);
  const stuck = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  stuck.on("error", () => {});
  await once(stuck, "secureConnect");
  stuck.write("POST /auth/token HTTP/1.1\r\nHost: localhost\r\nX-Unfinished: ");
  scene.plan("process.claimed", 1, "SIGTERM");
  await sql`update submission set retry_at = null where ${stateOfWaiting}`;
  t.same(await gateway.ended, IN_GOOD_ORDER);
  const states = await sql`select state from submission where ${stateOfWaiting} order by state`;
  t.same(
    states.map(({ state }) => state),
    ["processed", "received", "received"],
    "the one in hand is finished, the others are for the next process",
  );
});

t.test("SIGTERM while receiving lets the transfer end, and its sender gets the receipt", async (t) => {
  const retriesBefore = scene.senders.alpha.retries();
  scene.plan("receive.chunkStored", 1, "SIGTERM");
  const { submissionId } = await scene.senders.alpha.submit(received);
  t.same(await door.ended, IN_GOOD_ORDER);
  t.equal(scene.senders.alpha.retries(), retriesBefore, "at the first try");
  t.same(await readProgress(submissionId), { state: "received", attempts: 0 });
});

t.test("nothing was lost, doubled or changed by these stops", async (t) => {
  const gateway = await scene.startReady();
  await scene.sendAll(files);
  await checkSameOutcome(t, scene.owner, expected);
  gateway.signal("SIGTERM");
  t.same(await gateway.ended, IN_GOOD_ORDER);
  t.same(scene.printed(), [], "no process printed an error that nobody caught");
});
