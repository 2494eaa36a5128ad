import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import t, { type Test } from "tap";
import { checkSameOutcome, waitUntil } from "./crash-scene.ts";
import {
  checkAnswers,
  dropAmong,
  dropInOrder,
  endWell,
  generateDrops,
  openSftpScene,
  readUndisturbedDrops,
} from "./sftp-scene.ts";

t.setTimeout(600_000);

t.test("a database that is away for a while loses nothing", async (t) => {
  await dropAmong(t, generateDrops("DATABASE", 12), async ({ url }, index) => {
    if (index % 4 !== 1) return;
    const { pathname } = new URL(url);
    const name = pathname.slice(1);
    const other = postgres(new URL("/postgres", url).href, { max: 1, onnotice: () => {} });
    await other.unsafe(`alter database ${name} with allow_connections false`);
    await other`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`;
    await sleep(2_000);
    await other.unsafe(`alter database ${name} with allow_connections true`);
    await other.end();
  });
});

t.test("a database without room takes nothing, says so, and goes on when there is room", async (t) => {
  const files = generateDrops("FULL", 4);
  await dropAmong(t, files, async ({ owner, waiting, nameOf, answersTo }, index) => {
    if (index !== 1) return;
    const file = files[index]!;
    await owner`create function no_room() returns trigger language plpgsql as
      'begin raise exception ''could not extend file: No space left on device'' using errcode = ''53100''; end'`;
    await owner`create trigger no_room before insert on submission for each row execute function no_room()`;
    await owner`select pg_sleep(1)`;
    const [late] = await owner<{ count: number }[]>`select count(*) as count from exchange_drop where attempts > 0`;
    const isTaken = answersTo(file).receipts.length > 0;
    t.ok(isTaken || (late!.count > 0 && waiting().includes(nameOf(file))), "what was not taken waits in IN");
    await owner`drop trigger no_room on submission`;
    await owner`drop function no_room`;
  });
});

/** A disk of one page, full; undefined where this machine refuses mounts. */
function fillDisk(t: Test, folder: string): { makeRoom(): void } | undefined {
  const mount = (...args: string[]) => spawnSync("mount", [...args, folder], { stdio: "ignore" }).status === 0;
  if (process.getuid?.() !== 0 || !mount("-t", "tmpfs", "-o", "size=4k,mode=0700", "infoss")) return undefined;
  t.teardown(() => {
    spawnSync("umount", [folder]);
  });
  const filler = join(folder, "filler");
  writeFileSync(filler, Buffer.alloc(4096));
  return {
    makeRoom() {
      mount("-o", "remount,size=64m");
      rmSync(filler);
    },
  };
}

t.test("a server without room keeps the answers waiting, not the files", async (t) => {
  const files = generateDrops("NO-ROOM", 4);
  const expected = await readUndisturbedDrops(t, files);
  const scene = await openSftpScene(t);
  const disks = (["alpha", "beta"] as const).map((insurer) => fillDisk(t, join(scene.folderOf(insurer), "OUT")));
  const isMounted = disks.every((disk) => disk !== undefined);
  const gateway = await scene.startReady();
  await dropInOrder(scene, files);
  await waitUntil(async () => {
    const [row] = await scene.owner<{ count: number }[]>`
      select count(*) as count from submission where ended_at is not null`;
    return row!.count === files.length;
  }, "all are processed");
  if (isMounted) {
    t.same(
      files.map((file) => scene.answersTo(file)),
      files.map(() => ({ receipts: [], reports: [] })),
      "no answer is there, whole or half",
    );
  } else t.comment("SKIP: a full disk takes a mount, which this machine or user may not make: run as root");
  for (const disk of disks) disk?.makeRoom();
  await checkAnswers(t, scene, files);
  await checkSameOutcome(t, scene.owner, expected);
  await endWell(t, scene, gateway);
});
