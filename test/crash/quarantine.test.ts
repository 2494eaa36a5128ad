import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import type { Sql } from "../../src/database/sql.ts";
import { connectAsOwner } from "../database.ts";
import { holdLock } from "../flows/hold-lock.ts";
import { generateInput, type InsurerName, SENDERS } from "./crash-inputs.ts";
import { NOISE_BYTES, TWO_BATCHES } from "./crash-places.ts";
import { checkSameOutcome, openScene, readUninterruptedOutcome, waitUntil } from "./crash-scene.ts";
import { KILLS } from "./kill-budget.ts";
import { findHalfMerged } from "./outcome.ts";
import { generateDrop, openSftpScene } from "./sftp-scene.ts";

const ATTEMPTS = 3;
const LOG_LEVEL_ERROR = 50;
/** Time for a second lane to take up what it may. */
const SETTLING_MS = 500;

/** The only one with a second batch: the plan hits it and no other. */
const poison = generateInput({ insurer: "alpha", reference: "POISON", records: TWO_BATCHES, seed: 150 });
const neighbours = (["alpha", "beta", "alpha", "beta"] as const).map((insurer, index) =>
  generateInput({ insurer, reference: `NEIGHBOUR-${index}`, records: 200, seed: 151 + index, errors: 0.1 }),
);
const files = [poison, ...neighbours];
let kills = 0;

t.test("a submission that ends its process too often is set aside, and all others go on", async (t) => {
  const expected = await readUninterruptedOutcome(t, files);
  const scene = await openScene(t);
  const { owner: sql } = scene;
  await scene.startReady({ ROLES: "serve" });
  const receipts = await Promise.all(files.map((file) => scene.senders[file.insurer].submit(file)));
  const follow = (index: number) => scene.senders[files[index]!.insurer].follow(receipts[index]!.submissionId);
  const { submissionId } = receipts[0]!;

  const worker = { ROLES: "worker", WORKER_CONCURRENCY: "1", PROCESSING_ATTEMPTS: String(ATTEMPTS) };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    scene.plan("process.batchStaged", 2);
    t.same(await scene.start(worker).ended, { code: null, signal: "SIGKILL" }, `attempt ${attempt}`);
    t.equal((await scene.senders.alpha.find(submissionId)).state, "processing", "the sender sees that it is tried");
  }
  for (const index of [2, 4]) t.equal((await follow(index)).state, "processed", "the other insurer did not wait");

  const last = await scene.startReady(worker);
  t.equal((await follow(0)).state, "quarantined");
  for (const index of [1, 3]) t.equal((await follow(index)).state, "processed", "the same insurer goes on");
  t.match(
    last.log.filter(({ code }) => code === "submissionQuarantined"),
    [{ level: LOG_LEVEL_ERROR, details: { submissionId } }],
    "operators are alarmed, once",
  );
  t.same(await findHalfMerged(sql), [], "nothing of it was merged");

  // As docs/operations.md says, once the cause is mended.
  await sql`update submission set state = 'received', attempts = 0, retry_at = null where state = 'quarantined'`;
  t.equal((await follow(0)).state, "processed", "replayed it is like any other");
  await checkSameOutcome(t, scene.owner, expected);
  kills += scene.kills();
});

t.test("a submission beside one that ends its process is not set aside with it", async (t) => {
  const [culprit, bystander] = [
    generateInput({ insurer: "alpha", reference: "CULPRIT", records: 200, seed: 160 }),
    generateInput({ insurer: "beta", reference: "BYSTANDER", records: 200, seed: 161 }),
  ];
  const scene = await openScene(t);
  const { owner, senders } = scene;
  await scene.startReady({ ROLES: "serve" });
  const receipts = [await senders.alpha.submit(culprit), await senders.beta.submit(bystander)] as const;
  // Of its own: a client of the driver that serves transactions and other queries can lose track of both.
  const holder = connectAsOwner(scene.url);
  t.teardown(() => holder.end());
  const hold = (insurer: InsurerName) =>
    holdLock(holder, (tx) => tx`select 1 from insurer where enterprise_number = ${SENDERS[insurer]} for no key update`);

  // Neither gets beyond its lock, and then only the culprit: the other is at work, and cannot be the one to die.
  const settings = { ROLES: "worker", WORKER_CONCURRENCY: "2", PROCESSING_ATTEMPTS: "2" };
  const worker = { ...scene.namedCertificates, ...settings };
  const releaseBystander = await hold("beta");
  for (const attempt of [1, 2]) {
    const releaseCulprit = await hold("alpha");
    scene.plan("process.contractsMerged");
    const victim = scene.start(worker);
    const isTried = async () => (await countLockWaits(owner)) >= (attempt === 1 ? 2 : 1);
    await waitUntil(isTried, "the submissions are being processed");
    await sleep(SETTLING_MS);
    await releaseCulprit();
    t.same(await victim.ended, { code: null, signal: "SIGKILL" }, `attempt ${attempt}`);
    // PostgreSQL looks for a client that is gone only every few seconds while a statement of it waits for a lock.
    await owner`select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
  }
  await releaseBystander();
  await scene.startReady(worker);
  t.equal((await senders.alpha.follow(receipts[0].submissionId)).state, "quarantined");
  t.equal((await senders.beta.follow(receipts[1].submissionId)).state, "processed", "it was tried by itself");
  kills += scene.kills();
});

async function countLockWaits(owner: Sql): Promise<number> {
  const [row] = await owner<{ waiting: number }[]>`
    select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return row!.waiting;
}

t.test("a file in IN that ends its process too often is set aside, and those of others are taken", async (t) => {
  const scene = await openSftpScene(t);
  const settings = { PROCESSING_ATTEMPTS: String(ATTEMPTS) };
  // The only one with a second chunk: the plan hits it and no other.
  const culprit = generateDrop("alpha", "CULPRIT-DROP", NOISE_BYTES);
  const bystander = generateDrop("beta", "BYSTANDER-DROP");
  const name = scene.drop(culprit);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    scene.plan("receive.chunkStored", 2);
    t.same(await scene.start(settings).ended, { code: null, signal: "SIGKILL" }, `attempt ${attempt}`);
    const [drop] = await scene.owner`select state, attempts from exchange_drop where name = ${name}`;
    t.match(drop, { state: "waiting", attempts: attempt }, "the attempt is counted");
  }
  scene.drop(bystander);
  const last = await scene.startReady(settings);
  t.match(await scene.answered(bystander), { receipts: { length: 1 }, reports: { length: 1 } });
  const isSetAside = () => last.log.some(({ code }) => code === "dropQuarantined");
  await waitUntil(isSetAside, "the file is set aside");
  t.match(
    last.log.filter(({ code }) => code === "dropQuarantined"),
    [{ level: LOG_LEVEL_ERROR, details: { fileName: name, reason: "processEnded" } }],
    "operators are alarmed, once",
  );
  t.same(scene.waiting().toSorted(), [name, name.replace("FI", "GO")], "it is kept");

  // As `infoss drops replay` does, once the cause is mended.
  await scene.owner`update exchange_drop set state = 'waiting', attempts = 0, retry_at = null`;
  t.match(await scene.answered(culprit), { receipts: { length: 1 }, reports: { length: 1 } }, "replayed it is taken");
  kills += scene.kills();
});

t.test("these were as many deaths as planned", async (t) => {
  t.comment(`${kills} processes killed`);
  t.equal(kills, KILLS.quarantine);
});
