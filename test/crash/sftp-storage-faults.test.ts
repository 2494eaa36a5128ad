import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import t, { type Test } from "tap";
import { checkSameOutcome, waitUntil } from "./crash-scene.ts";
import { openOwnDatabase } from "./own-database.ts";
import {
  checkAnswers,
  dropInOrder,
  endWell,
  generateDrop,
  generateDrops,
  openSftpScene,
  readUndisturbedDrops,
  type SftpScene,
} from "./sftp-scene.ts";

/** Longer than each pause and lease there is: 20 s of the driver, 30 s of a round that fails, leases of 10 s. */
const MINUTE_MS = 60_000;

/** Nobody reaches the database meanwhile, and who did is cut off. */
async function takeAway({ url }: SftpScene, meanwhile: () => Promise<void>): Promise<void> {
  const { pathname } = new URL(url);
  const name = pathname.slice(1);
  const other = postgres(new URL("/postgres", url).href, { max: 1, onnotice: () => {} });
  await other.unsafe(`alter database ${name} with allow_connections false`);
  await other`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`;
  await meanwhile();
  await other.unsafe(`alter database ${name} with allow_connections true`);
  await other.end();
}

t.test("a database that is away for a moment, and for a minute, loses nothing", async (t) => {
  const files = generateDrops("DATABASE", 10);
  const expected = await readUndisturbedDrops(t, files);
  const scene = await openSftpScene(t);
  const gateway = await scene.startReady();
  for (const [first, awayMs] of [
    [0, 1_000],
    [5, MINUTE_MS],
  ] as const) {
    // The last one before is taken just then; two come while there is no database.
    await dropInOrder(scene, files.slice(first, first + 3));
    for (const file of files.slice(0, first + 2)) await scene.answered(file);
    const late = files.slice(first + 3, first + 5);
    await takeAway(scene, async () => {
      for (const file of late) scene.drop(file);
      await sleep(awayMs);
      const waiting = scene.waiting();
      for (const file of late) {
        t.ok(waiting.includes(scene.nameOf(file)), "what came meanwhile waits");
        t.same(scene.answersTo(file), { receipts: [], reports: [] }, "no receipt that nothing stands for");
      }
    });
  }
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  const [aside] = await scene.owner<{ count: number }[]>`
    select count(*) as count from exchange_drop where state = 'quarantined'`;
  t.equal(aside!.count, 0, "no file is blamed for it");
  await endWell(t, scene, gateway);
});

const canMount = process.getuid?.() === 0 && canMountHere();
const skip = canMount ? false : "a full disk takes a mount: run as root, where mounts are allowed";

function mount(folder: string, ...options: string[]): boolean {
  return spawnSync("mount", [...options, folder], { stdio: "ignore" }).status === 0;
}

function canMountHere(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "infoss-mount-"));
  const isMounted = mount(folder, "-t", "tmpfs", "-o", "size=4k", "infoss");
  if (isMounted) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return isMounted;
}

/** Whether there was room for all of it. */
function write(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") return false;
    throw error;
  }
}

/** A disk of its own in `folder`. */
function mountDisk(t: Test, folder: string, size: string) {
  if (!mount(folder, "-t", "tmpfs", "-o", `size=${size},mode=0700`, "infoss")) throw new Error("the mount was refused");
  t.teardown(() => {
    spawnSync("umount", ["--lazy", folder]);
  });
  const filler = join(folder, "filler");
  return {
    /** To the last page. */
    fill() {
      const file = openSync(filler, "w");
      // PostgreSQL takes and gives back pages meanwhile: until none is left, the last of them one by one.
      for (const bytes of [2 ** 20, 4096]) while (write(file, bytes));
      closeSync(file);
    },
    free() {
      rmSync(filler);
    },
  };
}

t.test("a full disk of the database takes nothing, and loses nothing", { skip }, async (t) => {
  // So large that their bytes are not what a page has room for still.
  const files = ["alpha", "beta", "alpha"].map((insurer, index) =>
    generateDrop(insurer as "alpha" | "beta", `FULL-${index}`, 1_000_000),
  );
  const expected = await readUndisturbedDrops(t, files);
  const folder = mkdtempSync(join(tmpdir(), "infoss-crash-full-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const disk = mountDisk(t, folder, "600m");
  const own = await openOwnDatabase(t, join(folder, "database"));
  const scene = await openSftpScene(t, undefined, own);
  const gateway = await scene.startReady();
  await dropInOrder(scene, files.slice(0, 1));
  await scene.answered(files[0]!);
  disk.fill();
  const late = files.slice(1);
  for (const file of late) scene.drop(file);
  await waitUntil(
    () => gateway.log.some(({ code, err }) => code === "roundFailed" && err?.code === "53100"),
    "PostgreSQL has said that its disk is full",
  );
  t.same(
    late.map(scene.answersTo),
    late.map(() => ({ receipts: [], reports: [] })),
    "nothing is acknowledged",
  );
  t.ok(
    late.every((file) => scene.waiting().includes(scene.nameOf(file))),
    "what was not taken waits in IN",
  );
  disk.free();
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  await endWell(t, scene, gateway);
});

t.test("a server whose disk is full keeps the answers waiting, not the files", { skip }, async (t) => {
  const files = generateDrops("NO-ROOM", 4);
  const expected = await readUndisturbedDrops(t, files);
  const scene = await openSftpScene(t);
  const disks = (["alpha", "beta"] as const).map((insurer) =>
    mountDisk(t, join(scene.folderOf(insurer), "OUT"), "64m"),
  );
  for (const disk of disks) disk.fill();
  const gateway = await scene.startReady();
  await dropInOrder(scene, files);
  await waitUntil(async () => {
    const [row] = await scene.owner<{ count: number }[]>`
      select count(*) as count from submission where ended_at is not null`;
    return row!.count === files.length;
  }, "all are processed");
  t.same(
    files.map(scene.answersTo),
    files.map(() => ({ receipts: [], reports: [] })),
    "no answer is there, whole or half",
  );
  for (const disk of disks) disk.free();
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  await endWell(t, scene, gateway);
});
