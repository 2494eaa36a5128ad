import t from "tap";
import { generateInput } from "./crash-inputs.ts";
import { TWO_BATCHES } from "./crash-places.ts";
import { checkSameOutcome, openScene, readUninterruptedOutcome } from "./crash-scene.ts";
import { KILLS } from "./kill-budget.ts";
import { findHalfMerged } from "./outcome.ts";

t.setTimeout(300_000);

const ATTEMPTS = 3;
const LOG_LEVEL_ERROR = 50;

/** The only one with a second batch: the plan hits it and no other. */
const poison = generateInput({ insurer: "alpha", reference: "POISON", records: TWO_BATCHES, seed: 150 });
const neighbours = (["alpha", "beta", "alpha", "beta"] as const).map((insurer, index) =>
  generateInput({ insurer, reference: `NEIGHBOUR-${index}`, records: 300, seed: 151 + index, errors: 0.1 }),
);
const files = [poison, ...neighbours];

t.test("a submission that ends its process too often is set aside, and all others go on", async (t) => {
  const expected = await readUninterruptedOutcome(t, files);
  const scene = await openScene(t, files);
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
  t.comment(`${scene.kills()} processes killed`);
  t.equal(scene.kills(), KILLS.quarantine);
});
