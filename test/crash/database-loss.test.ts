import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { generateInput, type InputFile, padWithNoise } from "./crash-inputs.ts";
import { NOISE_BYTES, type Place, PROCESS_PLACES, RECEIVE_PLACES, TWO_BATCHES } from "./crash-places.ts";
import { checkSameOutcome, openScene, readUninterruptedOutcome, type Scene } from "./crash-scene.ts";
import { findHalfMerged } from "./outcome.ts";
import { openOwnDatabase } from "./own-database.ts";

interface Loss extends Place {
  readonly file: InputFile;
}

const losses = [...RECEIVE_PLACES, ...PROCESS_PLACES].map((place, index): Loss => {
  const isReceived = place.step.startsWith("receive.");
  const file = generateInput({
    insurer: index % 2 === 0 ? "alpha" : "beta",
    reference: `LOSS-${index}`,
    records: !isReceived && place.occurrence > 1 ? TWO_BATCHES : 200,
    seed: 70 + index,
    errors: 0.1,
  });
  return { ...place, file: isReceived ? padWithNoise(file, NOISE_BYTES) : file };
});
/** Restarts take longer than cut connections, for the same effect: one while receiving, one while processing. */
const restarts = losses.filter(({ step }) => ["receive.beforeCommit", "process.contractsMerged"].includes(step));

/**
 * A gateway is halted at each place, loses its database, and goes on: it must live and lose nothing. What it was
 * doing is done again, by the sender before the receipt, by itself afterwards.
 */
async function loseDatabase(t: Test, scene: Scene, places: readonly Loss[], lose: (place: Loss) => Promise<void>) {
  const { owner: sql } = scene;
  const gateway = await scene.startReady();
  for (const place of places) {
    const { step, occurrence, file } = place;
    const sender = scene.senders[file.insurer];
    const retriesBefore = sender.retries();
    scene.plan(step, occurrence, "SIGSTOP");
    const receiving = sender.submit(file);
    await scene.planCarriedOut();
    await lose(place);
    gateway.signal("SIGCONT");
    const ended = receiving.then(({ submissionId }) => sender.follow(submissionId));
    const died = gateway.ended.then(() => ({ state: gateway.printed.join("\n") }));
    t.equal((await Promise.race([ended, died])).state, "processed", `${step} ${occurrence}`);

    const [row] = await sql<{ attempts: number }[]>`
      select attempts from submission where reference = ${file.reference} and state = 'processed'`;
    if (step.startsWith("process.") && step !== "process.afterCommit") t.ok(row!.attempts > 1, "processed again");
    if (step.startsWith("receive.") && step !== "receive.afterCommit") t.ok(sender.retries() > retriesBefore, "resent");
    t.same(await sender.submit(file), await receiving, "the receipt given stays the receipt");
    t.same(await findHalfMerged(sql), [], "nobody sees it half merged");
  }
  gateway.signal("SIGTERM");
  t.same(await gateway.ended, { code: 0, signal: null }, "the same process ends in good order");
}

t.test("a gateway whose connections are cut at any step loses nothing", async (t) => {
  const files = losses.map(({ file }) => file);
  const expected = await readUninterruptedOutcome(t, files);
  const scene = await openScene(t);
  await loseDatabase(t, scene, losses, async () => {
    // Those of this test too: they come back like the gateway's.
    await scene.owner`select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
  });
  await checkSameOutcome(t, scene.owner, expected);
});

t.test("a PostgreSQL that is restarted, or ends without a goodbye, loses nothing", async (t) => {
  const files = restarts.map(({ file }) => file);
  const expected = await readUninterruptedOutcome(t, files);
  const folder = mkdtempSync(join(tmpdir(), "infoss-crash-database-"));
  const own = await openOwnDatabase(t, folder);
  const scene = await openScene(t, own);
  await loseDatabase(t, scene, restarts, async ({ step }) => {
    if (step.startsWith("process.")) await killPostgres(folder);
    await own.restart();
  });
  await checkSameOutcome(t, own.owner, expected);
});

/** SIGQUIT ends a PostgreSQL at once, without a checkpoint: its next start recovers from the log as after a power cut. */
async function killPostgres(folder: string): Promise<void> {
  const [pid] = (await readFile(join(folder, "cluster", "postmaster.pid"), "utf8")).split("\n");
  process.kill(Number(pid), "SIGQUIT");
}
